"""Playheads: where along a path the sound is at each latent frame."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.parameters import MAX_SPEED

FloatArray = NDArray[np.float32]

Loop = Literal["once", "loop", "ping-pong"]


@dataclass(frozen=True, eq=False)
class Playhead:
    """A path and how it is played.

    A point of the path is one latent frame at speed 1, so a path of as many points as its sound has frames plays at
    the sound's own speed: 1 ms of position per ms, as nn.terrain's Play task.

    Args:
        path: Coordinates ``[P, C]`` in control units.
        speed: -4 to 4; negative is backwards, 0 holds.
        loop: ``"once"``, ``"loop"`` or ``"ping-pong"``.
        gain: Linear, 0 to 1.
        playing: Whether it sounds; a paused playhead keeps its place.
        interpolate: Between two points go straight, or hold the first.
        seek: Where to begin, as a number of points, and a token: a playhead that comes with a new token moves there.
            Unset, it begins at the path's start (its end, if it plays backwards).
        shift: How many points from where it is it plays.
    """

    path: FloatArray
    speed: float = 1.0
    loop: Loop = "loop"
    gain: float = 1.0
    playing: bool = True
    interpolate: bool = True
    seek: tuple[int, float] | None = field(default=None)
    shift: float = 0.0

    def __init__(
        self,
        path: ArrayLike,
        speed: float = 1.0,
        loop: Loop = "loop",
        gain: float = 1.0,
        playing: bool = True,
        interpolate: bool = True,
        seek: tuple[int, float] | None = None,
        shift: float = 0.0,
    ) -> None:
        table = np.array(path, dtype=np.float32)
        if table.ndim != 2 or len(table) < 1 or not np.isfinite(table).all():
            raise ValueError(f"a playhead's path is a finite table [points, control dims], got shape {np.shape(table)}")
        if not -MAX_SPEED <= speed <= MAX_SPEED:
            raise ValueError(f"a playhead's speed is -4 to 4, got {speed!r}")
        if loop not in get_args(Loop):
            raise ValueError(f"loop is one of {', '.join(get_args(Loop))}, got {loop!r}")
        if not 0.0 <= gain <= 1.0:
            raise ValueError(f"a playhead's gain is 0 to 1, got {gain!r}")
        table.setflags(write=False)
        for name, value in {
            "path": table, "speed": float(speed), "loop": loop, "gain": float(gain), "playing": bool(playing),
            "interpolate": bool(interpolate), "seek": seek, "shift": float(shift),
        }.items():  # fmt: skip
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        state = "" if self.playing else ", paused"
        return f"Playhead({len(self.path)} points, speed {self.speed:g}, {self.loop}{state})"


class Transport:
    """One playhead in motion, as a source.

    The place at a frame is computed from an anchor, not summed up, so that it does not depend on the block size.
    It is counted in points on an unfolded line; ``_folded`` brings it onto the path.

    Args:
        playhead: What to play first.
    """

    kind = "playhead"
    keeps_voice = True

    def __init__(self, playhead: Playhead) -> None:
        self._set(playhead)

    def _set(self, playhead: Playhead) -> None:
        self.playhead = playhead
        self._token = playhead.seek[0] if playhead.seek else None
        self._anchor = self._beginning(playhead)
        self._frames = 0  # since the anchor

    @staticmethod
    def _beginning(playhead: Playhead) -> float:
        if playhead.seek is not None:
            furthest = len(playhead.path) * (2.0 if playhead.loop == "ping-pong" else 1.0)
            return min(max(0.0, float(playhead.seek[1])), furthest)
        return float(len(playhead.path)) if playhead.speed < 0 else 0.0

    @property
    def _place(self) -> float:
        return self._anchor + self.playhead.speed * self._frames

    @property
    def now(self) -> Playhead:
        """The playhead, beginning where it is; on the way back of a ping-pong that lies beyond the path's end."""
        length = float(len(self.playhead.path))
        if self.playhead.loop == "ping-pong":
            place = self._place % (2.0 * length)
        else:
            place = self.position
        return replace(self.playhead, seek=(self._token or 0, place))

    @property
    def position(self) -> float:
        """Where it is, in points from the path's start."""
        return float(self._folded(np.array([self._place]))[0])

    @property
    def played(self) -> float:
        """Where it plays, in points from the path's start: its position with the shift."""
        return float(self._folded(np.array([self._place + self.playhead.shift]))[0])

    @property
    def ended(self) -> bool:
        """Whether a playhead that plays once has come to its end."""
        return self._path_left == 0

    @property
    def level(self) -> float:
        """Its gain, while it plays."""
        return self.playhead.gain if self.playhead.playing and not self.ended else 0.0

    @property
    def frames_left(self) -> float:
        """Until the end of the path, while it plays."""
        return (self._path_left or math.inf) if self.playhead.playing else math.inf

    @property
    def _path_left(self) -> float:
        head = self.playhead
        if head.loop != "once" or head.speed == 0.0:
            return math.inf
        way = len(head.path) - self._place if head.speed > 0 else self._place
        return max(0, math.ceil(way / abs(head.speed) - 1e-9))

    def take(self, playhead: Playhead) -> bool:
        """Go on as this playhead from here; returns whether its place jumps."""
        here = self._place
        moved = playhead.seek is not None and playhead.seek[0] != self._token
        restart = playhead.playing and not self.playhead.playing and self.ended
        again = moved or restart or not np.array_equal(playhead.path, self.playhead.path)
        self._token = playhead.seek[0] if playhead.seek else None
        if moved or not restart:
            same = len(playhead.path) == len(self.playhead.path) and playhead.loop == self.playhead.loop
            stay = here if same else min(self.position, float(len(playhead.path)))
            self._anchor = self._beginning(playhead) if moved else stay
        else:
            self._anchor = float(len(playhead.path)) if playhead.speed < 0 else 0.0
        self.playhead, self._frames = playhead, 0
        return again

    def stop(self) -> None:
        """Pause where it is."""
        self.take(replace(self.playhead, playing=False))

    def restart(self) -> None:
        """Begin where it is."""
        self._set(self.now)

    def advance(self, frames: int, sounding: bool) -> None:
        """Move on while it plays, turned down to nothing too, and while it fades out."""
        if sounding or (self.playhead.playing and not self.ended):
            self._frames += frames

    def steer(self, latents: FloatArray) -> FloatArray:
        """The mapping's latents as they are."""
        return latents

    def mix(self, decoded: FloatArray) -> FloatArray:
        """The decoded sound alone."""
        return decoded

    def places(self, frames: int, dim: int) -> FloatArray:
        """On its path; 0 in dimensions that the path does not have."""
        path = self._on_path(frames)
        out = np.zeros((frames, dim), dtype=np.float32)
        out[:, : path.shape[1]] = path[:, :dim]
        return out

    def _on_path(self, frames: int) -> FloatArray:
        """Coordinates ``[T, C]`` of the next frames."""
        frame = self._frames + np.arange(frames, dtype=np.float64)
        places = self._folded(self._anchor + self.playhead.speed * frame + self.playhead.shift)
        path = self.playhead.path
        last = len(path) - 1
        low = np.clip(np.floor(places), 0, last).astype(np.int64)
        if not self.playhead.interpolate:
            held: FloatArray = path[low]
            return held
        part = np.clip(places - low, 0.0, 1.0)[:, None].astype(np.float32)
        between: FloatArray = path[low] + part * (path[np.minimum(low + 1, last)] - path[low])
        return between

    def _folded(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        length = float(len(self.playhead.path))
        if self.playhead.loop == "once":
            return np.clip(places, 0.0, length)
        if self.playhead.loop == "loop":
            return np.mod(places, length)
        there_and_back = np.mod(places, 2.0 * length)
        return np.minimum(there_and_back, 2.0 * length - there_and_back)
