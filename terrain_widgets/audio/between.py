"""Between two patches: which numbers have values between them, and what those are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.audio.patch import Patch
from terrain_widgets.core.parameter import Number, Parameter, Value

#: A bent decoder is built again for each amount, and leads over to it by itself; a lower limit on its way could meet an
#: upper one.
_AT_ONCE = ("bend.amount", "bend.level", "latents.low", "latents.high")


def glides(parameter: Parameter) -> TypeGuard[Number]:
    """Whether a parameter has values between two of its values."""
    return (
        isinstance(parameter, Number)
        and not parameter.integer
        and not parameter.transient
        and parameter.address not in _AT_ONCE
    )


@dataclass(frozen=True)
class Way:
    """From one value of a number to another: straight, or, for a number with a logarithmic curve, by equal factors.

    Args:
        start: One value, or one for each latent.
        end: Likewise.
        log: Whether by equal factors.
    """

    start: Value
    end: Value
    log: bool

    @classmethod
    def of(cls, parameter: Parameter, start: Value, end: Value) -> Way | None:
        """The way between two values; ``None`` where there is none, or where they are the same."""
        if not glides(parameter) or start == end:
            return None
        counts = {len(value) for value in (start, end) if isinstance(value, tuple)}
        if len(counts) > 1 or not all(math.isfinite(v) for value in (start, end) for v in _each(value)):
            return None
        return cls(start, end, parameter.curve == "log")

    def at(self, share: float) -> Value:
        """The value at a share of the way, from 0 to 1."""
        if share <= 0.0 or share >= 1.0:
            return self.start if share <= 0.0 else self.end
        many = max(len(_each(self.start)), len(_each(self.end)))
        ends = [_each(value) * (many // len(_each(value))) for value in (self.start, self.end)]
        found = tuple(self._one(a, b, share) for a, b in zip(*ends, strict=True))
        return found if isinstance(self.start, tuple) or isinstance(self.end, tuple) else found[0]

    def _one(self, a: float, b: float, share: float) -> float:
        value = a * (b / a) ** share if self.log else a + (b - a) * share
        return min(max(value, min(a, b)), max(a, b))  # rounding leads nowhere beyond the ends


def ways(one: Patch, other: Patch) -> Mapping[str, Way]:
    """All numbers that lie elsewhere in two patches and have values between, by address.

    Those of a member of a group, such as a playhead, are among them only where both patches have that member.
    """
    found: dict[str, Way] = {}
    members = {group: {*one.members(group)} & {*other.members(group)} for group in PARAMETERS.groups}
    for address in dict.fromkeys([*one, *other]):
        group, _, rest = address.partition(".")
        if group in members and rest.partition(".")[0] not in members[group]:
            continue
        way = Way.of(PARAMETERS.at(address), one[address], other[address])
        if way is not None:
            found[address] = way
    return found


def morphed(one: Patch, other: Patch, share: float) -> Patch:
    """A patch between two: numbers lie on their ways, and all else is as in the nearer one.

    Args:
        one: At 0.
        other: At 1.
        share: From 0 to 1.
    """
    nearer = one if share < 0.5 else other
    return nearer.set({address: way.at(share) for address, way in ways(one, other).items()})


def _each(value: Value) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
