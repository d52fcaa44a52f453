"""The patch: all that can be set of what plays, as one frozen value that is addressed by parameter."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.core.parameter import ParameterTree, Value

#: What changes, by address; ``None`` sets a value back to its default, and removes a group's whole member.
Changes = Mapping[str, Value | None]

_INFINITY = "inf"  # JSON has none


class Patch:
    """Values by address, such as ``playheads.c1.speed``; what is not set has its parameter's default.

    A member of a group (a playhead) exists while one of its values is set. Two patches are equal if all their values
    are.

    Args:
        values: What is set, checked against its parameters.
        parameters: What there is to set.

    Raises:
        KeyError: If there is no such parameter.
        ValueError: If a value is out of its range.
    """

    __slots__ = ("_parameters", "_values")

    def __init__(self, values: Mapping[str, Value] | None = None, parameters: ParameterTree = PARAMETERS) -> None:
        self._parameters = parameters
        checked = {address: parameters.at(address).check(value) for address, value in (values or {}).items()}
        self._values: Mapping[str, Value] = MappingProxyType(checked)

    def __repr__(self) -> str:
        return f"Patch({', '.join(f'{address}={value!r}' for address, value in self._values.items())})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Patch) and dict(self._values) == dict(other._values) and self._order == other._order

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    @property
    def _order(self) -> tuple[str, ...]:
        return tuple(f"{group}.{name}" for group in sorted(self._parameters.groups) for name in self.members(group))

    @property
    def values(self) -> Mapping[str, Value]:
        """What is set, by address."""
        return self._values

    def __getitem__(self, address: str) -> Any:
        """The value at an address, its default where it is not set.

        Raises:
            KeyError: If there is no such parameter.
        """
        return self._values[address] if address in self._values else self._parameters.at(address).default

    def members(self, group: str) -> tuple[str, ...]:
        """Names in a group, such as ``playheads``, in the order in which they came."""
        prefix = f"{group}."
        names = (address[len(prefix) :].partition(".")[0] for address in self._values if address.startswith(prefix))
        return tuple(dict.fromkeys(names)) if group in self._parameters.groups else ()

    def member(self, group: str, name: str) -> dict[str, Any]:
        """All values of a group's member by their last word, defaults included."""
        ends = [p.address.partition(".*.")[2] for p in self._parameters if p.address.startswith(f"{group}.*.")]
        return {end: self[f"{group}.{name}.{end}"] for end in ends}

    def set(self, changes: Changes) -> Patch:
        """A patch with some values changed; itself if none is.

        Raises:
            KeyError: If there is no such parameter; nothing is changed.
            ValueError: If a value is out of its range; nothing is changed.
        """
        values = dict(self._values)
        for address, value in changes.items():
            group, _, name = address.partition(".")
            if value is None and group in self._parameters.groups and name and "." not in name:
                values = {key: old for key, old in values.items() if not key.startswith(f"{address}.")}
            elif value is None:
                self._parameters.at(address)
                values.pop(address, None)
            else:
                values[address] = self._parameters.at(address).check(value)
        made = Patch.__new__(Patch)
        made._parameters, made._values = self._parameters, MappingProxyType(values)
        return self if made == self else made

    def changes_to(self, other: Patch) -> dict[str, Value | None]:
        """What must be changed in this patch to make it the other: ``patch.set(patch.changes_to(other)) == other``."""
        groups = self._parameters.groups
        kept: dict[str, tuple[str, ...]] = {g: () for g in groups}
        changes: dict[str, Value | None] = {}
        for group in groups:
            mine, theirs = self.members(group), other.members(group)
            # A group's order matters and is that of coming: whoever is out of turn goes and comes again.
            common = [name for name in mine if name in theirs]
            stay = tuple(a for a, b in zip(common, theirs, strict=False) if a == b)
            stay = stay if theirs[: len(stay)] == stay else ()
            kept[group] = stay
            changes |= {f"{group}.{name}": None for name in mine if name not in stay}
        for address in self._values:
            group, _, rest = address.partition(".")
            gone = group in groups and rest.partition(".")[0] not in kept[group]
            if not gone and address not in other._values:
                changes[address] = None
        for address, value in other._values.items():
            group, _, rest = address.partition(".")
            fresh = group in groups and rest.partition(".")[0] not in kept[group]
            if fresh or address not in self._values or self._values[address] != value:
                changes[address] = value
        return changes

    def lasting_changes_to(self, other: Patch) -> dict[str, Value | None]:
        """``changes_to`` without those that undo leaves alone."""

        def lasts(address: str) -> bool:
            group, _, rest = address.partition(".")
            whole = group in self._parameters.groups and "." not in rest
            return whole or not self._parameters.at(address).transient

        return {address: value for address, value in self.changes_to(other).items() if lasts(address)}

    def with_transients_of(self, present: Patch) -> Patch:
        """This patch, but what undo must not touch as it is in ``present``, where both have that member."""
        changes: dict[str, Value | None] = {}
        for address in {*self._values, *present._values}:
            if not self._parameters.at(address).transient:
                continue
            group, _, rest = address.partition(".")
            name = rest.partition(".")[0]
            if group in self._parameters.groups and (
                name not in self.members(group) or name not in present.members(group)
            ):
                continue
            changes[address] = present._values.get(address)
        return self.set(changes)

    def to_json(self) -> dict[str, Any]:
        """As data for JSON: infinity is a word there, and a tuple a list."""
        return {address: jsonable(value) for address, value in self._values.items()}

    @classmethod
    def from_json(cls, content: Mapping[str, Any], parameters: ParameterTree = PARAMETERS) -> tuple[Patch, list[str]]:
        """A patch from a file, and a sentence on each value that was left out because this version does not know it.

        Raises:
            ValueError: If the content is no mapping of addresses.
        """
        if not isinstance(content, Mapping):
            raise ValueError(f"a patch is a mapping of addresses to values, got {type(content).__name__}")
        values: dict[str, Value] = {}
        left_out: list[str] = []
        for address, value in content.items():
            try:
                values[str(address)] = parameters.at(str(address)).check(from_jsonable(value))
            except (KeyError, ValueError) as error:
                left_out.append(str(error.args[0]))
        return cls(values, parameters), left_out


def jsonable(value: Value | None) -> Any:
    """A value as JSON takes it."""
    if isinstance(value, tuple):
        return [jsonable(v) for v in value]
    return _INFINITY if isinstance(value, float) and value == math.inf else value


def from_jsonable(value: Any) -> Any:
    """A value as it was before ``jsonable``."""
    if isinstance(value, list):
        return tuple(from_jsonable(v) for v in value)
    return math.inf if value == _INFINITY else value
