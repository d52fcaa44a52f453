"""Numbers of the patch that move by themselves: each mover adds its modulator's movement to what is set."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from terrain_widgets.audio.engine.latents.modulator_settings import ModulatorSettings
from terrain_widgets.audio.engine.latents.modulators import Modulators
from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.audio.patch import Changes, Patch
from terrain_widgets.core.modulation.hashing import Floats
from terrain_widgets.core.parameter import Number, Value

_LATENTS = "latents."


@dataclass(frozen=True, eq=False)
class Mover:
    """What moves which number.

    Args:
        target: Its address; nothing if empty.
        along: How much of the movement each of the target's values takes: one number for all, or one for each.
        settings: Of its one modulator, whose energy is the depth.
    """

    target: str
    along: Value
    settings: ModulatorSettings


class Movers:
    """All movers of an engine, each with its modulator.

    Args:
        frame_rate: Latent frames per second.
        latent_dim: D, the values of a latents' number.
    """

    def __init__(self, frame_rate: float, latent_dim: int) -> None:
        self._frame_rate, self._dim = frame_rate, latent_dim
        self._movers: Mapping[str, Mover] = {}
        self._bank: Modulators | None = None  # of all of them: many cost hardly more than one
        self._moves: list[bool] = []

    def follow(self, movers: Mapping[str, Mover], changes: Changes) -> None:
        """Move like these from the next frame on; each goes on from where it is.

        Args:
            movers: By name.
            changes: What an update sets, of which triggers and starts count.
        """
        names = list(self._movers)
        self._movers = movers
        if not movers:
            self._bank, self._moves = None, []
            return
        settings = ModulatorSettings.joined([mover.settings for mover in movers.values()])
        if self._bank is None:
            self._bank = Modulators(settings, self._frame_rate)
        else:
            self._bank.become(settings, [names.index(name) if name in names else None for name in movers])
        if "modulators.triggers" in changes:
            self._bank.trigger()
        starts = {k: changes.get(f"movers.{name}.start") for k, name in enumerate(movers)}
        if any(start is not None for start in starts.values()):
            phases = self._bank.phases
            for k, start in starts.items():
                phases[k] = phases[k] if start is None else start
            self._bank.place(tuple(phases.tolist()))
        moves = settings.moves
        self._bank.rest(~moves)
        self._moves = moves.tolist()

    def restart(self) -> None:
        """What is smoothed begins from rest; phases stay."""
        if self._bank is not None:
            self._bank.restart()

    @property
    def active(self) -> bool:
        """Whether anything moves."""
        return any(moves and mover.target for mover, moves in zip(self._movers.values(), self._moves, strict=True))

    @property
    def now(self) -> dict[str, Value]:
        """Where each is at the next frame, as values of the patch."""
        phases = () if self._bank is None else self._bank.phases
        return {f"movers.{name}.start": float(phase) for name, phase in zip(self._movers, phases, strict=True)}

    def step(self, patch: Patch, heard: Floats) -> dict[str, Value]:
        """The next frame's values of all numbers that are moved, by address.

        Args:
            patch: What is set, to which movements are added; they are kept within the numbers' ranges. The number of a
                playhead that is not there is left out.
            heard: ``[1]`` level of what is heard in that frame, from 0 to 1.
        """
        values: dict[str, Value] = {}
        moved = None if self._bank is None else self._bank.process(1, heard)
        if moved is None:
            return values
        for mover, moves, amount in zip(self._movers.values(), self._moves, moved[0].tolist(), strict=True):
            if not moves or not mover.target or not is_there(patch, mover.target):
                continue
            size = self._dim if mover.target.startswith(_LATENTS) else 0
            before = values.get(mover.target, patch[mover.target])
            values[mover.target] = _added(before, mover.along, amount, size)
        return {address: _kept(address, value) for address, value in values.items()}


def target_of(address: str) -> Number | None:
    """The number at an address, if movers can move it; a star stands for no playhead.

    Raises:
        KeyError: If there is no such parameter.
    """
    parameter = PARAMETERS.at(address)
    return parameter if isinstance(parameter, Number) and parameter.target and "*" not in address else None


def is_there(patch: Patch, address: str) -> bool:
    """Whether the playhead, or whatever an address is of, is in a patch; a value of its own is so always."""
    group, _, rest = address.partition(".")
    return PARAMETERS.at(address).address == address or rest.partition(".")[0] in patch.members(group)


def moved_value(patch: Patch, address: str, amounts: Value, dim: int = 0) -> Value:
    """What a target is when something is added to what is set, within its range.

    Args:
        patch: What is set.
        address: Of the target.
        amounts: One for all of its values, or one for each.
        dim: D, where it has one value for each latent.
    """
    return _kept(address, _added(patch[address], amounts, 1.0, dim))


def _added(value: Value, along: Value, amount: float, size: int) -> Value:
    """A value, or one for each, and a share of the amount."""
    values, shares = _several(value), _several(along)
    if len(values) == len(shares) == 1:
        return values[0] + shares[0] * amount
    count = size or max(len(values), len(shares))
    values, shares = (_filled(many, count) for many in (values, shares))
    return tuple(v + share * amount for v, share in zip(values, shares, strict=True))


def _several(value: Value) -> tuple[float, ...]:
    return tuple(float(v) for v in value) if isinstance(value, tuple) else (float(value),)


def _filled(values: tuple[float, ...], count: int) -> tuple[float, ...]:
    """One value for all, or one for each, of which those that are missing are 0."""
    return values * count if len(values) == 1 else (*values, *(0.0,) * (count - len(values)))[:count]


def _kept(address: str, value: Value) -> Value:
    parameter = target_of(address)
    assert parameter is not None  # what is no target is refused before it plays
    low, high, grain = parameter.low, parameter.high, parameter.grain

    def one(number: float) -> float:
        if grain:
            number = math.floor(number / grain + 0.5) * grain
        return min(max(number, low), high)

    kept = tuple(one(number) for number in _several(value))
    return kept if isinstance(value, tuple) else kept[0]
