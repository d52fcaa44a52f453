"""What sounds, frame by frame, on its way to the kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.heard import Heard
from terrain_widgets.audio.patch import Patch
from terrain_widgets.codecs.base import CodecInfo

FloatArray = NDArray[np.float32]
#: Places ``[T, C]`` and latents ``[T, D]`` of some frames, and whether these were the last.
Traced = tuple[FloatArray, FloatArray, bool]

_PART_SECONDS = 0.1


class Tracing:
    """Gathers what an engine has heard, and tells it in parts of a tenth of a second.

    Args:
        latents: ``"playing"`` tells those that sounded, ``"sliders"`` those that the patch's sliders showed meanwhile.
        limit: Frames after which it ends.
        info: The codec.
        tell: Called with each part.
    """

    def __init__(self, latents: str, limit: int, info: CodecInfo, tell: Callable[[Traced], None]) -> None:
        self._sliders, self._left, self._dim, self._tell = latents == "sliders", limit, info.latent_dim, tell
        self._part = max(1, round(_PART_SECONDS * info.frame_rate))
        self._places: list[FloatArray] = []
        self._latents: list[FloatArray] = []

    def take(self, heard: Sequence[Heard], patch: Patch) -> bool:
        """Take what a block has heard; returns whether the limit is reached."""
        for part in heard:
            places = part.places[: self._left]
            if self._places and places.shape[1] != self._places[0].shape[1]:
                self._send(False)  # another space: the kernel says what becomes of it
            latents = part.latents[: len(places)]
            if self._sliders:
                row = np.broadcast_to(np.asarray(patch["sliders.values"], dtype=np.float32), (self._dim,))
                latents = np.repeat(row[None], len(places), axis=0)
            self._places.append(places)
            self._latents.append(latents)
            self._left -= len(places)
        if sum(map(len, self._places)) >= self._part:
            self._send(False)
        return self._left <= 0

    def end(self) -> None:
        """Tell the rest."""
        self._send(True)

    def _send(self, ended: bool) -> None:
        places, latents = self._places or [np.zeros((0, 1), np.float32)], self._latents
        latents = latents or [np.zeros((0, self._dim), np.float32)]
        self._tell((np.concatenate(places), np.concatenate(latents), ended))
        self._places, self._latents = [], []
