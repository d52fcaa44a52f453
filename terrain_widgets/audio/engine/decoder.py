"""The decoder in an engine: latents of all voices to their sounds, or a fault in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.assets import CODEC, CodecAsset
from terrain_widgets.audio.engine.bent_cause import blame, cause_of
from terrain_widgets.audio.engine.bent_layers import Bends, BentLayers, Layers
from terrain_widgets.audio.engine.fault_guard import FaultGuard
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.base import BendableStream, Codec, ParametricStream, SeededStream, StrikingStream
from terrain_widgets.codecs.loader import SoundMadeStream
from terrain_widgets.codecs.recipe import CodecRecipe

FloatArray = NDArray[np.float32]


class DecoderFault(RuntimeError):
    """What was decoded cannot be a sound."""


class Decoder:
    """One stream of a codec with a row for each voice.

    Args:
        codec: What decodes.
        seed: Handed to the stream if that draws noise (declares ``seeded``).

    Attributes:
        bends: What is bent, at any amount; a host may have it made ready.
        bent: The layers that are others than the codec's own, as far as they count now; an encoder's among them.
    """

    def __init__(self, codec: Codec, seed: int) -> None:
        self._info, self._seed, self._codec = codec.info, seed, codec
        self.bends = BentLayers(codec)
        self.bent: Layers = {}
        self._newest: tuple[str, ...] = ()  # layers that were bent last
        self._blame: tuple[Layers, str] = {}, ""  # what is said after a fault, and of which bent layers
        self._gain = np.float32(1.0)
        self._coming: tuple[Layers, np.float32] | None = None  # weights and gain that the next frame leads over to
        self._stream, self._rows = codec.stream(1), 1
        self._begin()

    def _begin(self) -> None:
        if self._info.capabilities.seeded:
            cast(SeededStream, self._stream).seed(self._seed)
        self._faults = FaultGuard()

    @property
    def bad_samples(self) -> int:
        """Samples that were no sound, since the start."""
        return self._faults.count

    def restart(self) -> None:
        """As fresh, with one row."""
        self._stream.reset()
        if self._rows > 1:
            self._stream.resize(1)
            self._rows = 1
        self._begin()

    @property
    def recipe(self) -> CodecRecipe | None:
        """The codec's."""
        return self._codec.recipe

    def _exchange(self, codec: Codec) -> None:
        """Decode from the next frame on with a codec that was built again; its latents mean the same.

        Raises:
            ValueError: If it is of another kind or size.
        """
        if codec.recipe != self.recipe:
            cast(SoundMadeStream, self._stream).adopt(codec.stream(1))
            self._codec = codec
            self.bends.exchange(codec)

    def bend(self, bends: Bends, amount: float, level: float = 0.0, changed: Sequence[str] = ()) -> None:
        """Decode with other weights from the next frame on, over which the one sound fades into the other.

        Args:
            bends: Layers that are bent, by name; none is the codec's own sound.
            amount: 0 is the codec's own weights exactly, 1 the bent ones, and between them weights go straight.
            level: dB that the bent sound gets at the full amount, and a share of them before.
            changed: Which of the layers have changed; none: those that changed last are still the newest.

        Raises:
            ValueError: If an edit does not fit its layer.
        """
        if changed:
            self._newest = tuple(changed)
        if not bends and not self.bent:
            return
        taken = self.bends.at(bends, amount)
        gain = np.float32(10.0 ** (level * amount / 20.0)) if taken else np.float32(1.0)
        self.bent = taken
        self._coming = taken, gain

    def configure(self, patch: Patch, update: Update) -> None:
        """Hand on what the codec follows of the patch after an update; that may also bring another codec."""
        groups, asset = update.groups, update.assets.get(CODEC)
        if isinstance(asset, CodecAsset):
            self._exchange(asset.codec)
        own = [a for a in self._info.capabilities.parameters if a.partition(".")[0] in groups]
        if own:
            cast(ParametricStream, self._stream).configure({address: patch[address] for address in own})

    def decode(self, latents: FloatArray, begun: Sequence[int] = ()) -> FloatArray:
        """Latents ``[B, D, T]`` to audio ``[B, A, T * ratio]``.

        Args:
            latents: Of all rows.
            begun: Rows whose sources begin here: a codec that is ``struck`` strikes them.

        Raises:
            DecoderFault: If there is NaN in it, or more than any sound; the decoder's memory is cleared.
            Exception: Whatever a codec raises.
        """
        rows, _, frames = latents.shape
        wanted = (rows, self._info.channels, frames * self._info.ratio)
        if rows != self._rows:
            self._stream.resize(rows)
            self._rows = rows
        if begun and self._info.capabilities.struck:
            cast(StrikingStream, self._stream).strike(begun)
        decoded = self._decoded(latents) if self._coming is None else self._led_over(latents, *self._coming)
        if decoded.shape != wanted:
            raise ValueError(f"the codec gave {decoded.shape} where {wanted} audio samples were expected")
        if self._faults.faulty(decoded):
            self._stream.reset()  # a NaN in a decoder's memory would stay there for good
            raise DecoderFault(
                "the decoder gave NaN or more than 24 dB above full scale: muted, its memory cleared"
                + self._blamed(latents)
            )
        return decoded

    def _blamed(self, latents: FloatArray) -> str:
        """What to say of the bent layers after a fault; looked for once, since nothing is heard meanwhile."""
        if self.bent and self._blame[0] is not self.bent:
            causes = cause_of(cast(BendableStream, self._stream), latents, self.bent, self._newest)
            self._blame = self.bent, blame(causes, self._newest)
        return self._blame[1] if self.bent else ""

    def _decoded(self, latents: FloatArray) -> FloatArray:
        decoded = np.asarray(self._stream.decode(latents), dtype=np.float32)
        return decoded if self._gain == 1.0 else decoded * self._gain

    def _led_over(self, latents: FloatArray, weights: Layers, gain: np.float32) -> FloatArray:
        """From the weights that played to others, within one frame, whatever the block's size."""
        following = cast(BendableStream, self._stream).bent(weights)
        first = np.ascontiguousarray(latents[:, :, :1])
        before = self._decoded(first)
        self._stream, self._coming, self._gain = following, None, gain
        share = np.arange(1, before.shape[2] + 1, dtype=np.float32) / np.float32(before.shape[2])
        mixed = before + share * (self._decoded(first) - before)
        if latents.shape[2] == 1:
            return mixed
        return np.concatenate([mixed, self._decoded(np.ascontiguousarray(latents[:, :, 1:]))], axis=2)
