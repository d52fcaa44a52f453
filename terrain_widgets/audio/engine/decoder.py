"""The decoder in an engine: latents of all voices to their sounds, or a fault in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.assets import CODEC, CodecAsset
from terrain_widgets.audio.engine.fault_guard import FaultGuard
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.base import (
    BendableStream,
    Codec,
    ParametricStream,
    SeededStream,
    StrikingStream,
    bendable_of,
)
from terrain_widgets.codecs.loader import SoundMadeStream
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.bending.edits import blended

FloatArray = NDArray[np.float32]


class DecoderFault(RuntimeError):
    """What was decoded cannot be a sound."""


class Decoder:
    """One stream of a codec with a row for each voice.

    Args:
        codec: What decodes.
        seed: Handed to the stream if that draws noise (declares ``seeded``).
    """

    def __init__(self, codec: Codec, seed: int) -> None:
        self._info, self._seed, self._codec = codec.info, seed, codec
        self._bent = False
        self._own_weights: Mapping[str, FloatArray] = {}
        self._own_of: Codec | None = None  # whose those are
        self._blended: Mapping[str, tuple[FloatArray, float, FloatArray]] = {}
        self._gain = np.float32(1.0)
        # Weights and gain that the next frame leads over to.
        self._coming: tuple[Mapping[str, FloatArray], np.float32] | None = None
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

    def bend(self, weights: Mapping[str, FloatArray], amount: float, level: float = 0.0) -> None:
        """Decode with other weights from the next frame on, over which the one sound fades into the other.

        Args:
            weights: Whole layers that are bent, by name; none is the codec's own sound.
            amount: 0 is the codec's own weights exactly, 1 the bent ones, and between them weights go straight.
            level: dB that the bent sound gets at the full amount, and a share of them before.
        """
        if not weights and not self._bent:
            return
        between = {n: self._between(n, w, amount) for n, w in weights.items()} if 0.0 < amount < 1.0 else {}
        self._blended = between
        taken = {n: w for n, (_, _, w) in between.items()} or (weights if amount > 0.0 else {})
        gain = np.float32(10.0 ** (level * amount / 20.0)) if taken else np.float32(1.0)
        self._coming, self._bent = (taken, gain), bool(taken)

    def _between(self, name: str, weights: FloatArray, amount: float) -> tuple[FloatArray, float, FloatArray]:
        """A layer at an amount, with what it was made from: many layers stay as they are from edit to edit."""
        known = self._blended.get(name)
        if known is not None and known[0] is weights and known[1] == amount:
            return known
        return weights, amount, blended(self._own()[name], weights, amount)

    def _own(self) -> Mapping[str, FloatArray]:
        if self._own_of is not self._codec:
            self._own_weights, self._own_of = bendable_of(self._codec), self._codec
        return self._own_weights

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
            bent = "; its weights are bent, so take back the last edit" if self._bent else ""
            raise DecoderFault(
                f"the decoder gave NaN or more than 24 dB above full scale: muted, its memory cleared{bent}"
            )
        return decoded

    def _decoded(self, latents: FloatArray) -> FloatArray:
        decoded = np.asarray(self._stream.decode(latents), dtype=np.float32)
        return decoded if self._gain == 1.0 else decoded * self._gain

    def _led_over(self, latents: FloatArray, weights: Mapping[str, FloatArray], gain: np.float32) -> FloatArray:
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
