"""What may change in an engine between two blocks, as plain data: for the audio process and for recorded takes."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.backing_clip import BackingClip
from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.engine.latent_chain import LatentSettings
from terrain_widgets.audio.engine.playhead import Playhead
from terrain_widgets.core.mapping import Mapping, MappingState, mapping_from_state

_kinds: dict[str, type[Command]] = {}


@dataclass(frozen=True)
class Packed:
    """A command as plain data.

    Args:
        kind: Which command.
        config: What JSON can say of it.
        arrays: The rest, by name.
    """

    kind: str
    config: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)


class Command(ABC):
    """Something that an engine does between two blocks; idempotent, so that only the newest of a kind matters."""

    kind: ClassVar[str]

    def __init_subclass__(cls) -> None:
        _kinds[cls.kind] = cls

    @abstractmethod
    def apply(self, engine: Engine) -> None:
        """Do it."""

    @abstractmethod
    def pack(self) -> Packed:
        """As plain data."""

    @classmethod
    @abstractmethod
    def unpack(cls, packed: Packed) -> Command:
        """From plain data."""


def unpack(packed: Packed) -> Command:
    """The command that was packed, in this process or another.

    Raises:
        ValueError: If there is no such command.
    """
    if packed.kind not in _kinds:
        raise ValueError(f"unknown command {packed.kind!r}; known: {', '.join(sorted(_kinds))}")
    return _kinds[packed.kind].unpack(packed)


@dataclass(frozen=True, eq=False)
class SetMapping(Command):
    """Play this mapping."""

    kind = "mapping"
    mapping: Mapping | None

    def apply(self, engine: Engine) -> None:
        """See ``Engine.set_mapping``."""
        engine.set_mapping(self.mapping)

    def pack(self) -> Packed:
        """As plain data."""
        if self.mapping is None:
            return Packed(self.kind)
        state = self.mapping.to_state()
        return Packed(self.kind, {"kind": state.kind, "config": state.config}, state.arrays)

    @classmethod
    def unpack(cls, packed: Packed) -> SetMapping:
        """From plain data."""
        if "kind" not in packed.config:
            return cls(None)
        return cls(mapping_from_state(MappingState(packed.config["kind"], packed.config["config"], packed.arrays)))


@dataclass(frozen=True, eq=False)
class SetLatents(Command):
    """Shape latents like this."""

    kind = "latents"
    settings: LatentSettings

    def apply(self, engine: Engine) -> None:
        """See ``Engine.set_latents``."""
        engine.set_latents(self.settings)

    def pack(self) -> Packed:
        """As plain data."""
        s = self.settings
        slew = {} if np.isinf(s.slew) else {"slew": s.slew}
        return Packed(self.kind, slew, {"low": s.low, "high": s.high, "scale": s.scale, "offset": s.offset})

    @classmethod
    def unpack(cls, packed: Packed) -> SetLatents:
        """From plain data."""
        low, high, scale, offset = (packed.arrays[name] for name in ("low", "high", "scale", "offset"))
        slew = float(packed.config.get("slew", math.inf))
        return cls(LatentSettings.of(len(low), low, high, scale, offset, slew))


@dataclass(frozen=True, eq=False)
class SetPlayheads(Command):
    """Play along these paths."""

    kind = "playheads"
    playheads: tuple[Playhead, ...]

    def apply(self, engine: Engine) -> None:
        """See ``Engine.set_playheads``."""
        engine.set_playheads(self.playheads)

    def pack(self) -> Packed:
        """As plain data."""
        heads = [
            {"speed": h.speed, "loop": h.loop, "gain": h.gain, "playing": h.playing, "interpolate": h.interpolate,
             "seek": h.seek}
            for h in self.playheads
        ]  # fmt: skip
        return Packed(self.kind, {"heads": heads}, {f"path{k}": h.path for k, h in enumerate(self.playheads)})

    @classmethod
    def unpack(cls, packed: Packed) -> SetPlayheads:
        """From plain data."""
        heads = []
        for k, config in enumerate(packed.config["heads"]):
            seek = config["seek"] and (int(config["seek"][0]), float(config["seek"][1]))
            heads.append(Playhead(packed.arrays[f"path{k}"], **{**config, "seek": seek}))
        return cls(tuple(heads))


@dataclass(frozen=True, eq=False)
class SetBase(Command):
    """Run this clip underneath the hand's voice."""

    kind = "base"
    clip: BackingClip | None

    def apply(self, engine: Engine) -> None:
        """See ``Engine.set_base``."""
        engine.set_base(self.clip)

    def pack(self) -> Packed:
        """As plain data."""
        clip = self.clip
        if clip is None:
            return Packed(self.kind)
        arrays = {"latents": clip.latents} | ({} if clip.audio is None else {"audio": clip.audio})
        return Packed(self.kind, {"modes": list(clip.modes), "running": clip.running, "loop": clip.loop}, arrays)

    @classmethod
    def unpack(cls, packed: Packed) -> SetBase:
        """From plain data."""
        if not packed.arrays:
            return cls(None)
        config, arrays = packed.config, packed.arrays
        return cls(
            BackingClip(arrays["latents"], config["modes"], arrays.get("audio"), config["running"], config["loop"])
        )


@dataclass(frozen=True, eq=False)
class SetWet(Command):
    """Mix the decoded sound with the base clip itself."""

    kind = "wet"
    wet: float

    def apply(self, engine: Engine) -> None:
        """See ``Engine.set_wet``."""
        engine.set_wet(self.wet)

    def pack(self) -> Packed:
        """As plain data."""
        return Packed(self.kind, {"wet": self.wet})

    @classmethod
    def unpack(cls, packed: Packed) -> SetWet:
        """From plain data."""
        return cls(float(packed.config["wet"]))


def settings_of(engine: Engine) -> tuple[Command, ...]:
    """All that is set in an engine now, as the commands that set it in a fresh one."""
    return (
        SetMapping(engine.mapping),
        SetLatents(engine.latent_settings),
        SetPlayheads(engine.playheads),
        SetBase(engine.base),
        SetWet(engine.wet),
    )
