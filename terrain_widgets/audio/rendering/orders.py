"""What can be rendered: each order makes its samples from a codec, and crosses to another process as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.assets import MappingAsset
from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.takes.automation import Automation
from terrain_widgets.audio.takes.render import NOTHING_CHANGES, Told, render, render_patch, replay
from terrain_widgets.audio.takes.take import Take
from terrain_widgets.audio.takes.take_file import packed_take, unpacked_take
from terrain_widgets.audio.update import Packed, Setup, Update
from terrain_widgets.codecs.base import Codec, CodecInfo
from terrain_widgets.core.mapping import Mapping

FloatArray = NDArray[np.float32]


class Order(Protocol):
    """Something to render."""

    kind: ClassVar[str]

    def seconds(self, info: CodecInfo) -> float:
        """How long it will sound."""

    def render(self, codec: Codec, told: Told) -> FloatArray:
        """Its samples, ``[A, S]`` at the codec's rate.

        Args:
            codec: What decodes.
            told: Told how far it is, 0…1; what it raises ends the rendering.

        Raises:
            ValueError: If something does not fit the codec.
            RuntimeError: If the codec or a mapping fails.
        """

    def pack(self) -> Any:
        """As plain data: numbers, texts and arrays in lists and dictionaries."""

    @classmethod
    def unpack(cls, content: Any) -> Self:
        """The reverse.

        Raises:
            ValueError: If it is damaged, or names a kind of mapping that is not known here.
        """


@dataclass(frozen=True, eq=False)
class WalkOrder:
    """The hand along places, one for each latent frame; see ``render``.

    Args:
        mapping: What turns coordinates into latents.
        places: ``[T, C]`` in control units.
        gain: Linear gain before the limiter.
        latents: How latents are shaped.
    """

    kind: ClassVar[str] = "walk"
    mapping: Mapping
    places: FloatArray
    gain: float = 1.0
    latents: LatentSettings | None = None

    def seconds(self, info: CodecInfo) -> float:
        """How long it will sound."""
        return len(self.places) / info.frame_rate

    def render(self, codec: Codec, told: Told) -> FloatArray:
        """Its samples."""
        return render(self.mapping, codec, self.places, gain=self.gain, latents=self.latents, told=told)

    def pack(self) -> Any:
        """As plain data."""
        config, arrays = MappingAsset(self.mapping).pack()
        latents = None if self.latents is None else dict(vars(self.latents))
        return {"config": config, "arrays": arrays, "places": self.places, "gain": self.gain, "latents": latents}

    @classmethod
    def unpack(cls, content: Any) -> WalkOrder:
        """The reverse."""
        mapping = MappingAsset.unpack(content["config"], content["arrays"]).mapping
        assert mapping is not None
        latents = None if content["latents"] is None else LatentSettings(**content["latents"])
        return cls(mapping, content["places"], content["gain"], latents)


@dataclass(frozen=True, eq=False)
class PatchOrder:
    """What a patch plays by itself; see ``render_patch``.

    Args:
        setup: The patch with its assets.
        length: Seconds.
        gain: Linear gain before the limiter.
        automation: What changes meanwhile.
    """

    kind: ClassVar[str] = "patch"
    setup: Setup
    length: float
    gain: float = 1.0
    automation: Automation = NOTHING_CHANGES

    def seconds(self, info: CodecInfo) -> float:
        """How long it will sound."""
        return self.length

    def render(self, codec: Codec, told: Told) -> FloatArray:
        """Its samples."""
        return render_patch(self.setup, codec, self.length, gain=self.gain, automation=self.automation, told=told)

    def pack(self) -> Any:
        """As plain data."""
        packed = self.setup.since(Setup()).pack()
        return {
            "config": packed.config,
            "arrays": packed.arrays,
            "seconds": self.length,
            "gain": self.gain,
            "automation": self.automation.to_lines(),
        }

    @classmethod
    def unpack(cls, content: Any) -> PatchOrder:
        """The reverse."""
        setup = Setup(Patch()).then(Update.unpack(Packed(content["config"], content["arrays"])))
        return cls(setup, content["seconds"], content["gain"], Automation.from_lines(content["automation"]))


@dataclass(frozen=True, eq=False)
class TakeOrder:
    """What a take recorded, from its gestures alone; see ``replay``.

    Args:
        take: The take.
    """

    kind: ClassVar[str] = "take"
    take: Take

    def seconds(self, info: CodecInfo) -> float:
        """How long it will sound."""
        return self.take.seconds

    def render(self, codec: Codec, told: Told) -> FloatArray:
        """Its samples."""
        return replay(self.take, codec, told=told)

    def pack(self) -> Any:
        """As plain data."""
        content, arrays = packed_take(self.take)
        return {"content": content, "arrays": arrays}

    @classmethod
    def unpack(cls, content: Any) -> TakeOrder:
        """The reverse."""
        return cls(unpacked_take(content["content"], content["arrays"]))


@dataclass(frozen=True, eq=False)
class LatentsOrder:
    """Latents decoded as they are, without an engine.

    Args:
        latents: ``[T, D]``.
    """

    kind: ClassVar[str] = "latents"
    latents: FloatArray

    def seconds(self, info: CodecInfo) -> float:
        """How long it will sound."""
        return len(self.latents) / info.frame_rate

    def render(self, codec: Codec, told: Told) -> FloatArray:
        """Its samples; a codec decodes all of them at once, so nothing is told before the end."""
        audio = np.asarray(codec.decode(self.latents), dtype=np.float32)[:, codec.info.delay :]
        told(1.0)
        return audio

    def pack(self) -> Any:
        """As plain data."""
        return self.latents

    @classmethod
    def unpack(cls, content: Any) -> LatentsOrder:
        """The reverse."""
        return cls(content)


_KINDS: dict[str, type[Order]] = {order.kind: order for order in (WalkOrder, PatchOrder, TakeOrder, LatentsOrder)}


def packed_order(order: Order) -> Any:
    """An order as plain data."""
    return {"kind": order.kind, "of": order.pack()}


def unpacked_order(content: Any) -> Order:
    """The reverse of ``packed_order``.

    Raises:
        ValueError: If it is damaged, of an unknown kind, or names a kind of mapping that is not known here.
    """
    try:
        return _KINDS[content["kind"]].unpack(content["of"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"an order to render is damaged: {error!r}") from error
