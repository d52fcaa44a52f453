"""Decoding hits: a vector that has moved far enough strikes its whole sound, which then runs to its end."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.latent_shapes import latent_batch

FloatArray = NDArray[np.float32]

RATIO = 512  # samples between two moments at which something can be struck: 11.6 ms
MAX_VOICES = 16
_STILL, _STILL_SHARE = 8, 0.2  # frames, and share of the distance that a vector that stood still must move
_CLOSEST = 4  # frames, 46 ms: a sweep over the map is a roll, not a buzz
_FADE = 256  # samples over which what sounded gives way
_GROUP = "one_shot"
_RING = "ring"  # how long it sounds once the hand is up is the engine's concern
#: Addresses of what can be changed while it plays.
PARAMETERS = (f"{_GROUP}.distance", f"{_GROUP}.repeat", f"{_GROUP}.{_RING}")
#: The first latent is the level: 0 is -12 dB, and one more is 12 dB louder, up to full scale.
LEVEL_DB, LEVEL_AT_ZERO_DB = 12.0, -12.0
QUIETEST, LOUDEST = -5.0, 1.0


def level_of(peak: float) -> float:
    """The level latent of a peak, 0 to 1."""
    decibels = 20 * np.log10(max(peak, 1e-9))
    return float(np.clip((decibels - LEVEL_AT_ZERO_DB) / LEVEL_DB, QUIETEST, LOUDEST))


def peak_of(level: float) -> float:
    """The peak of a level latent; the lowest is silence."""
    if level <= QUIETEST:
        return 0.0
    return float(10 ** ((LEVEL_AT_ZERO_DB + LEVEL_DB * min(level, LOUDEST)) / 20))


@dataclass(frozen=True)
class StrikeSettings:
    """When a sound is struck.

    Args:
        distance: How far the vector must be from the one that was struck last: root mean square over its latents,
            the level aside, of which sounds that were learned have a spread of 1. Where it has stood still for 0.1 s,
            a fifth of that is enough.
        repeat: Seconds after which a vector that stays is struck again; 0 is never.
    """

    distance: float = 0.25
    repeat: float = 0.0

    def __post_init__(self) -> None:
        if not 0.01 <= self.distance <= 4.0 or not 0.0 <= self.repeat <= 10.0:
            raise ValueError(f"a distance is 0.01 to 4 and a repeat 0 to 10 s, got {self.distance} and {self.repeat}")


Render = Callable[[FloatArray], FloatArray]
RenderWith = Callable[[Mapping[str, FloatArray]], Render]


class _Row:
    """One voice: what was struck last, and how far it is."""

    def __init__(self) -> None:
        self.held: FloatArray | None = None
        self.sound: FloatArray = np.zeros(0, np.float32)
        self.at = 0
        self.since = 0  # frames
        self.last: FloatArray | None = None
        self.still = 0  # frames
        self.asked = True

    def frame(self, latents: FloatArray, settings: StrikeSettings, frame_rate: float, render: Render) -> FloatArray:
        """The next samples ``[RATIO]``."""
        heard = bool(np.isfinite(latents).all())
        begins = heard and self._begins(latents, settings, frame_rate)
        moved = self.last is None or not np.array_equal(latents, self.last)
        self.still, self.last = 0 if moved else self.still + 1, latents.copy()
        out = np.zeros(RATIO, np.float32)
        if begins or not heard:
            tail = self.sound[self.at : self.at + _FADE]
            out[: len(tail)] = tail * _LEAVING[: len(tail)]
            self.sound, self.at = np.zeros(0, np.float32), 0
        if begins:
            self.held, self.since, self.asked = latents.copy(), 0, False
            self.sound = _struck(self.held, render)
        elif not heard:
            self.asked = True  # whatever comes next begins
        part = self.sound[self.at : self.at + RATIO]
        out[: len(part)] += part
        self.at, self.since = self.at + RATIO, self.since + 1
        return out

    def bent(self, render: Render) -> _Row:
        """Another one that goes on from here, in the middle of the same sound as that is rendered now."""
        row = copy.copy(self)  # its arrays are replaced, never changed
        if row.held is not None and row.at < len(row.sound):
            row.sound = _struck(row.held, render)
        return row

    def _begins(self, latents: FloatArray, settings: StrikeSettings, frame_rate: float) -> bool:
        if self.held is None or self.asked:
            return True
        if self.since < _CLOSEST:
            return False
        if settings.repeat and self.since >= settings.repeat * frame_rate:
            return True
        if latents[0] > QUIETEST >= self.held[0]:
            return True  # out of silence
        apart = latents[1:] - self.held[1:]
        share = _STILL_SHARE if self.still >= _STILL else 1.0
        return float(np.sqrt(np.mean(apart * apart))) > share * settings.distance


def _struck(latents: FloatArray, render: Render) -> FloatArray:
    """The whole sound of a level and a vector; none of silence."""
    level = peak_of(float(latents[0]))
    return render(latents[1:]) * np.float32(level) if level else np.zeros(0, np.float32)


_LEAVING = (0.5 + 0.5 * np.cos(np.pi * (np.arange(_FADE) + 1) / (_FADE + 1))).astype(np.float32)


class StruckStream:
    """A decoder in motion: see ``CodecStream``. Rows are independent.

    Args:
        render_with: Gives, for weights other than the codec's own, what renders a vector ``[D - 1]`` as its whole
            sound, at a peak of about 1.
        latent_dim: D, the level and the vector.
        frame_rate: Frames a second.
        voices: Number of rows B.
    """

    def __init__(self, render_with: RenderWith, latent_dim: int, frame_rate: float, voices: int) -> None:
        self._render_with, self._render = render_with, render_with({})
        self._latent_dim, self._frame_rate = latent_dim, frame_rate
        self._settings = StrikeSettings()
        self._rows = [_Row() for _ in range(_checked(voices))]

    def __repr__(self) -> str:
        return f"StruckStream({len(self._rows)} voices)"

    def reset(self) -> None:
        """Back to the state of a fresh stream, whose first frame strikes."""
        self._rows = [_Row() for _ in self._rows]

    def resize(self, voices: int) -> None:
        """Another number of rows from the next block on: the first ones go on, new ones start from silence.

        Raises:
            ValueError: If there are too many voices or none.
        """
        more = _checked(voices) - len(self._rows)
        self._rows = self._rows[:voices] + [_Row() for _ in range(more)]

    def configure(self, values: Mapping[str, Any]) -> None:
        """See ``ParametricStream``: distance and repeat from the next frame on.

        Raises:
            ValueError: If one is out of its range.
        """
        own = {address.partition(".")[2]: float(value) for address, value in values.items()}
        own.pop(_RING, None)
        self._settings = replace(self._settings, **own)

    def bent(self, weights: Mapping[str, FloatArray]) -> StruckStream:
        """A second stream that goes on from here with some weights other than the codec's own: ``BendableStream``.

        What sounds goes on where it is, as it would be with these weights.

        Raises:
            ValueError: If there is no such weight, or one is of another shape.
        """
        stream = copy.copy(self)
        stream._render = self._render_with(weights)
        stream._rows = [row.bent(stream._render) for row in self._rows]
        return stream

    def strike(self, rows: Sequence[int]) -> None:
        """See ``StrikingStream``: these rows begin at the next frame, wherever they are."""
        for row in rows:
            self._rows[row].asked = True

    def decode(self, latents: Any) -> FloatArray:
        """Latents ``[B, D, T]`` to audio ``[B, 1, T * 512]``; blocks of any size give the same samples.

        A frame with NaN in it ends what sounds.

        Raises:
            ValueError: If the shape is not ``[voices, D, T]`` with T of at least 1.
        """
        values = latent_batch(latents, len(self._rows), self._latent_dim)
        rows = [
            [row.frame(place, self._settings, self._frame_rate, self._render) for place in np.ascontiguousarray(of.T)]
            for row, of in zip(self._rows, values, strict=True)
        ]
        return np.stack([np.concatenate(row) for row in rows])[:, None]


def _checked(voices: int) -> int:
    if not 1 <= voices <= MAX_VOICES:
        raise ValueError(f"a one-shot codec streams 1 to {MAX_VOICES} voices, got {voices}")
    return voices
