"""What a sound device's callback does: copy from a ring, and never click, whatever the ring does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.output.limiter import CEILING
from terrain_widgets.audio.memory.ring import Ring

FloatArray = NDArray[np.float32]

_FADE_SECONDS = 0.005
_TURN_SECONDS = 0.0003  # how soon a mirrored sound runs back as it came


class DevicePlayer:
    """The callback of one stream: reads a ring, fades out where the sound runs out and in where it comes back.

    A fade ends in the block in which it begins and takes 5 ms, or a block that is shorter. What it fades is the sound
    itself, as far as there is any; where it has run dry, the sound just played comes once more, backwards, after a turn
    that has no corner.

    Called by a thread of PortAudio: no lock, no torch, no printing, and no memory beyond views and numbers except in
    the rare block that fades.

    Args:
        ring: What is played, ``[A, S]`` at the device's rate; this is its reader.
        channels: Of the device; a ring of one channel is played on all of them.
        rate: Hz of the device.
        target: Samples that the renderer keeps in the ring; sound starts, and starts again, when half of it is there.
        muted: Asked in each block; while it is true there is silence and the ring is dropped at the speed of sound.

    Attributes:
        playing: Whether the ring is being played now.
        xruns: Times that the ring was empty while there was something to hear.
        starved_samples: Silent samples that this made.
        samples: Samples played.
        quiet_samples: Silent samples since the last that was not.
        largest: The largest block that was asked for, in samples.
        blocks: Blocks played.
        fault: What went wrong in the callback; silence from then on.
    """

    def __init__(self, ring: Ring, channels: int, rate: int, target: int, muted: Callable[[], bool]) -> None:
        self._ring, self._muted, self._target = ring, muted, int(target)
        self._fade = max(16, int(_FADE_SECONDS * rate))
        self._up = _ramp(self._fade)
        self._tail = np.zeros((self._fade + 1, channels), dtype=np.float32)
        self.playing = self._starving = False
        self._ending = False
        self._priming = 0
        self._drop_until = self._drops = self._drops_seen = 0
        self.xruns = self.starved_samples = self.samples = self.largest = self.blocks = 0
        self.quiet_samples = rate
        self.fault = ""

    # -- for the renderer and the thread that opened the stream

    def prime(self, samples: int) -> None:
        """Stay silent for so many samples: a device swallows its whole latency at once when it starts."""
        self._priming = int(samples)

    def drop(self) -> None:
        """Let nothing be heard that is in the ring now, but for its beginning, which fades out.

        An empty ring is taken for intended until there is sound again.

        Only the ring's writer may call it: what it writes from now on is heard.
        """
        self._drop_until = self._ring.written
        self._drops += 1

    def end(self) -> None:
        """Fade out, and be silent from then on."""
        self._ending = True

    # -- for PortAudio

    def __call__(self, out: FloatArray, frames: int, _time: Any, _flags: Any) -> None:
        """Fill ``out`` ``[frames, channels]``."""
        self.blocks += 1
        if self.fault:
            out.fill(0.0)
            return
        try:
            self._play(out)
        except Exception as error:  # PortAudio would print it where nobody looks, and stop
            out.fill(0.0)
            self.fault = f"{type(error).__name__}: {error}"

    def _play(self, out: FloatArray) -> None:
        frames, ring = len(out), self._ring
        self.largest = max(self.largest, frames)
        muted, drops = self._ending or self._muted(), self._drops
        if muted or drops != self._drops_seen:
            self._drops_seen = drops
            unheard = max(0, self._drop_until - ring.taken, frames if muted else 0)
            last = self._read(out[: min(frames, self._fade, unheard)]) if self.playing else 0
            self._fall_silent(out, last)
            self._starving = False
            ring.skip(unheard - last)
        elif not self.playing and not self._can_start(frames):
            out.fill(0.0)
            if self._starving:
                self.starved_samples += frames
        else:
            self._copy(out)
        self._priming = max(0, self._priming - frames)
        self.quiet_samples = 0 if out.any() else self.quiet_samples + frames

    def _can_start(self, frames: int) -> bool:
        return self._priming <= 0 and self._ring.available >= max(self._target // 2, frames)

    def _read(self, out: FloatArray) -> int:
        """As much as there is in the ring, up to all of ``out``."""
        channels = self._ring.channels
        count = self._ring.read_into(out.T[:channels])
        if channels < out.shape[1]:
            out[:count, channels:] = out[:count, :1]
        return count

    def _copy(self, out: FloatArray) -> None:
        frames = len(out)
        count = self._read(out)
        self.samples += frames
        if not self.playing:
            self.playing, self._starving = True, False
            fade = min(self._fade, frames)
            out[:fade] *= self._up if fade == self._fade else _ramp(fade)
        if count < frames:
            # a renderer at rest leaves an empty ring behind after silence, and nobody misses anything
            if self.quiet_samples < self._fade or out[:count].any():
                self.xruns += 1
                self._starving = True
                self.starved_samples += frames - count
            self._fall_silent(out, count)
        elif frames >= len(self._tail):
            self._tail[:] = out[frames - len(self._tail) :]
        else:
            self._tail[:-frames] = self._tail[frames:]
            self._tail[-frames:] = out

    def _fall_silent(self, out: FloatArray, count: int) -> None:
        """Fade out: the last of the ``count`` samples that ``out`` holds, and past them what it takes."""
        if not self.playing:
            out.fill(0.0)
            return
        self.playing = False
        end = min(len(out), max(count, self._fade))
        if count < end:
            out[count:end] = self._mirrored(out[:count], end - count)
        out[end:] = 0.0
        fade = min(self._fade, end)
        out[end - fade : end] *= (self._up if fade == self._fade else _ramp(fade))[::-1]
        self._tail.fill(0.0)

    def _mirrored(self, last: FloatArray, count: int) -> FloatArray:
        """What may follow the sound that ended with ``last`` ``[S, channels]``: ``[count, channels]``.

        It goes on as steeply as it came and turns back, getting at most twice as loud as the sound was, and no louder
        than the ceiling: what was added then dies away.
        """
        recent = np.concatenate([self._tail, last])
        back = recent[::-1][: count + 1]
        loudest = np.abs(recent).max(axis=0)
        slope = back[0] - back[1]
        room = np.maximum(0.0, np.minimum(loudest, CEILING - back[0] * np.sign(slope)))
        # slope * n * exp(-n / turn) is at most slope * turn / e
        turn = np.clip(
            room * np.e / np.maximum(2.0 * np.abs(slope), 1e-9), 0.1, _TURN_SECONDS * self._fade / _FADE_SECONDS
        )
        n = np.arange(1, count + 1)[:, None]
        most = np.maximum(CEILING, loudest)  # a resampler may have overshot: cut off there, it would be a step
        turned: FloatArray = np.clip(back[1:] + 2.0 * slope * n * np.exp(-n / turn), -most, most)
        return turned


def _ramp(count: int) -> FloatArray:
    """From 0 up to just below 1 without corners, ``[count, 1]``."""
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(count) / count)).astype(np.float32)[:, None]
