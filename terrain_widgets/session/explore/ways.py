"""Ways through latent space: morphs, walks and variations, heard live or rendered."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.rendering.orders import LatentsOrder
from terrain_widgets.audio.takes.render import Told, nobody
from terrain_widgets.core.exploration.endless_walk import EndlessWalk, Walker
from terrain_widgets.core.exploration.morph import Course, morph
from terrain_widgets.core.exploration.variations import DEVIATION, variations
from terrain_widgets.core.exploration.walk import MOMENTUM, PULL, STEP, TEMPERATURE, grid_walk
from terrain_widgets.io.sound_files import Sound, write_wav
from terrain_widgets.session.document import exploration_commands
from terrain_widgets.session.document.state import Clip
from terrain_widgets.session.explore.walk_limits import Within, walk_limits
from terrain_widgets.session.explore.way_files import write_zip
from terrain_widgets.session.sounds.latent_store import LatentStore
from terrain_widgets.session.stage.backing import Backing
from terrain_widgets.session.stage.rendering import Rendering

FloatArray = NDArray[np.float32]
#: What a latent vector can be given as: itself, a sound's id (its mean), or such an id with a frame.
Where = ArrayLike | str | tuple[str, int]

_SOME_SECONDS = 30.0  # of a walk without end, where a sound is made of it


class Ways(traitlets.HasTraits):
    """Makes latent trajectories, which the document keeps by name; one plays as the clip underneath, by itself.

    The engine walks it frame by frame. With the clip's mode ``"keep"`` it sounds as it is; with ``"add"`` the hand
    steers it.

    Args:
        sounds: Codec and latents, and the document that keeps the ways.
        clip: Plays one.
        rendering: Makes sound of one.
    """

    now = traitlets.Dict(help="Latents ``[T, D]``, or an EndlessWalk, by name; replaced whole.")

    def __init__(self, sounds: LatentStore, clip: Backing, rendering: Rendering) -> None:
        super().__init__()
        self._sounds, self._document, self._clip, self._rendering = sounds, sounds.document, clip, rendering
        self._document.observe(lambda _change: setattr(self, "now", dict(self._kept)), names="state")

    def __repr__(self) -> str:
        return f"Ways({', '.join(f'{name}{_long(way)}' for name, way in self._kept.items()) or 'none'})"

    def morph(
        self, points: Sequence[Where], *, seconds: float | None = None, steps: int = 10, course: Course = "spherical"
    ) -> str:
        """Go from one sound to the next, through any number of them.

        Args:
            points: Where to pass through, two or more: latents ``[D]``, an encoded sound's id for its mean, or
                ``(id, frame)``.
            seconds: How long it takes, one latent frame after the other; left out, it has ``steps`` steps that are
                held for a quarter of a second each.
            steps: 3 to 50, both ends included.
            course: ``"linear"`` or ``"spherical"``, see ``core.exploration.morph``.

        Returns:
            The way's name.

        Raises:
            ValueError: If there are fewer than two points, a sound is not encoded, or a number is out of range.
        """
        rate = self._sounds.codec.info.frame_rate
        table = np.stack([self.at(point) for point in points]) if len(points) else np.empty((0, 1))
        if seconds is not None:
            return self._keep("morph", morph(table, max(2, round(_positive(seconds) * rate)), course))
        if not 3 <= steps <= 50:
            raise ValueError(f"a morph has 3 to 50 steps, got {steps!r}")
        return self._keep("morph", np.repeat(morph(table, steps, course), max(1, round(rate / 4)), axis=0))

    def walk(
        self,
        start: Where,
        *,
        seconds: float | None = 10.0,
        every: float = 0.25,
        step: float = STEP.default,
        momentum: float = MOMENTUM.default,
        pull: float = PULL.default,
        temperature: float = TEMPERATURE.default,
        target: Where | None = None,
        within: Within = "reach",
        seed: int | None = None,
    ) -> str:
        """Walk at random with momentum; between two steps it goes straight.

        Args:
            start: As a point of ``morph``.
            seconds: How long; None for one without end, which the engine makes step by step, wherever it runs.
            every: Seconds from one step to the next.
            step: Length of a step in latent units.
            momentum: 0…1, how much of the last direction is kept.
            pull: 0…1, how strongly it is drawn to the middle, or to the target.
            temperature: Factor of the step.
            target: Where it is drawn to; as a point of ``morph``.
            within: ``"range"`` keeps it between the smallest and largest latents of all encoded sounds, ``"reach"``
                near one of their frames, ``"nothing"`` anywhere.
            seed: Of the walk; left out, the document's and the number of ways.

        Returns:
            The way's name.

        Raises:
            ValueError: If a sound is not encoded, or a number is out of range.
        """
        rate = self._sounds.codec.info.frame_rate
        goal = None if target is None else self.at(target)
        endless = EndlessWalk(
            self.at(start), self._seed() if seed is None else seed, max(1.0, _positive(every) * rate),
            step, temperature, momentum, pull, goal, **walk_limits(self._sounds, within),
        )  # fmt: skip
        if seconds is None:
            return self._keep("walk", endless)
        return self._keep("walk", Walker(endless).frames(0, max(2, round(_positive(seconds) * rate))))

    def grid(self, centre: Where, right: Where, up: Where, *, side: int = 5, every: float = 0.25) -> str:
        """Walk over a grid in the plane of three sounds, row by row and every other row backwards.

        Args:
            centre: The middle of the grid, as a point of ``morph``.
            right: What the middle of its right edge is.
            up: What the middle of its upper edge is.
            side: Places in a row and in a column, 2 to 20.
            every: Seconds from one to the next; between two it goes straight.

        Returns:
            The way's name.

        Raises:
            ValueError: If a sound is not encoded, or a number is out of range.
        """
        if not 2 <= side <= 20:
            raise ValueError(f"a grid has 2 to 20 places a side, got {side!r}")
        middle = self.at(centre)
        places = grid_walk(middle, self.at(right) - middle, self.at(up) - middle, side)
        rate = self._sounds.codec.info.frame_rate
        return self._keep("grid", _along(places, (len(places) - 1) * _positive(every), every, rate))

    def variations(
        self, centre: Where, deviation: float = DEVIATION.default, side: int = 3, seed: int | None = None
    ) -> FloatArray:
        """A grid of latents ``[side * side, D]`` around a centre, which is one of them itself.

        Args:
            centre: As a point of ``morph``.
            deviation: 0.01 to 1.
            side: 2 to 9.
            seed: Of the draw; left out, the document's.

        Raises:
            ValueError: If a sound is not encoded, or a number is out of range.
        """
        return variations(self.at(centre), self._document.seed if seed is None else seed, deviation, side)

    # --- to hear

    def play(self, name: str, *, steered: bool = False, loop: bool = True) -> None:
        """Let a way sound by itself; ``stop`` ends it.

        Args:
            name: Of the way.
            steered: Add what plays under the hand to it, instead of keeping it as it is.
            loop: Begin again at its end, or fall silent there.

        Raises:
            KeyError: If there is no such way.
        """
        self._named(name)
        self._clip.run(name, "add" if steered else "keep", loop=loop)

    def stop(self) -> None:
        """End the way that sounds."""
        self._clip.stop()

    def table(self, name: str, seconds: float = _SOME_SECONDS) -> FloatArray:
        """A way's latents, ``[T, D]``; so many seconds of a walk without end.

        Raises:
            KeyError: If there is no such way.
        """
        way = self._named(name)
        if not isinstance(way, EndlessWalk):
            return way
        return Walker(way).frames(0, self._frames(way, seconds))

    def render(
        self, name: str, seconds: float = _SOME_SECONDS, *, cancelled: Callable[[], bool] = lambda: False
    ) -> FloatArray:
        """A way decoded, ``[A, S]`` at the codec's rate.

        Args:
            name: Of the way.
            seconds: How much of a walk without end.
            cancelled: Asked often; once it says yes, ``WorkCancelled`` is raised.

        Raises:
            KeyError: If there is no such way.
        """
        return self._rendering.samples(LatentsOrder(self.table(name, seconds)), cancelled=cancelled)

    def save(
        self,
        name: str,
        path: str | os.PathLike[str],
        seconds: float = _SOME_SECONDS,
        *,
        told: Told = nobody,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Write a way's sound as a WAV file.

        Args:
            name: Of the way.
            path: Where to.
            seconds: How much of a walk without end.
            told: Told how far it is, 0…1.
            cancelled: As for ``render``; nothing is written then.

        Raises:
            KeyError: If there is no such way.
        """
        audio = self._rendering.samples(LatentsOrder(self.table(name, seconds)), told, cancelled, beside=True)
        write_wav(path, audio, self._sounds.codec.info.sample_rate)

    def save_all(
        self,
        path: str | os.PathLike[str],
        seconds: float = _SOME_SECONDS,
        *,
        told: Told = nobody,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Write the sounds of all ways as WAV files in one zip file, each by the way's name.

        Args:
            path: Where to.
            seconds: How much of walks without end.
            told: As for ``save``, of all together.
            cancelled: As for ``save``.

        Raises:
            ValueError: If there is none.
        """
        if not (kept := self._kept):
            raise ValueError("there is no way yet: make a morph or a walk first")
        frames = {name: self._frames(way, seconds) for name, way in kept.items()}

        write_zip(
            path, frames, lambda name, file, one: self.save(name, file, seconds, told=one, cancelled=cancelled), told
        )

    def add_as_sound(self, name: str, seconds: float = _SOME_SECONDS) -> Clip:
        """Make a way's sound one of the session's, with the way as its latents: to draw, pair and train.

        Args:
            name: Of the way.
            seconds: How much of a walk without end.

        Raises:
            KeyError: If there is no such way.
        """
        table = self.table(name, seconds)
        sound = Sound(name, self._rendering.samples(LatentsOrder(table)), self._sounds.codec.info.sample_rate)
        with self._document.lock:  # not before: what is rendered takes its time
            clip = self._document.add_sound(sound)
            self._sounds.set_latents(clip.id, table)
            return clip

    def remove(self, name: str) -> None:
        """Take a way away; if it sounds, it ends.

        Raises:
            KeyError: If there is no such way.
        """
        self._document.apply(exploration_commands.remove_way, name)

    def at(self, where: Where) -> FloatArray:
        """The latents ``[D]`` that are meant: as a point of ``morph``.

        Raises:
            ValueError: If a sound is not encoded, or it is no finite vector of the codec's length.
        """
        if isinstance(where, str):
            return np.asarray(self._sounds.latents_of(where).values.mean(axis=0), dtype=np.float32)
        if isinstance(where, tuple) and len(where) == 2 and isinstance(where[0], str):
            return np.asarray(self._sounds.frame(where[0], int(where[1])), dtype=np.float32)
        values = np.asarray(where, dtype=np.float32)
        if values.shape != (self._sounds.codec.info.latent_dim,) or not np.isfinite(values).all():
            raise ValueError(
                f"a place in latent space has {self._sounds.codec.info.latent_dim} finite numbers, or is a sound's id; "
                f"got shape {values.shape}"
            )
        return values

    # --- inside

    def _frames(self, way: FloatArray | EndlessWalk, seconds: float) -> int:
        """How long a way is as a sound, in latent frames; so many seconds of a walk without end."""
        if not isinstance(way, EndlessWalk):
            return len(way)
        return max(2, round(_positive(seconds) * self._sounds.codec.info.frame_rate))

    @property
    def _kept(self) -> dict[str, FloatArray | EndlessWalk]:
        return dict(self._document.state.explored.ways)

    def _named(self, name: str) -> FloatArray | EndlessWalk:
        if name not in self._kept:
            raise KeyError(f"there is no way {name!r}; there are: {', '.join(self._kept) or 'none'}")
        return self._kept[name]

    def _keep(self, kind: str, way: FloatArray | EndlessWalk) -> str:
        with self._document.lock:
            taken = [int(n.split()[-1]) for n in self._kept if n.startswith(f"{kind} ")]
            name = f"{kind} {max(taken, default=0) + 1}"
            self._document.apply(exploration_commands.add_way, name, way)
            return name

    def _seed(self) -> int:
        return int(np.random.SeedSequence([self._document.seed, len(self._kept)]).generate_state(1)[0])


def _long(way: FloatArray | EndlessWalk) -> str:
    return " without end" if isinstance(way, EndlessWalk) else f" of {len(way)} frames"


def _positive(seconds: float) -> float:
    if not (np.isfinite(seconds) and 0.0 < seconds <= 3600.0):
        raise ValueError(f"a time is above 0 and at most 3600 seconds, got {seconds!r}")
    return float(seconds)


def _along(places: FloatArray, seconds: float, every: float, rate: float) -> FloatArray:
    """Latent frames ``[T, D]`` on straight lines through places that are so many seconds apart."""
    frames = np.minimum(np.arange(max(2, round(seconds * rate))) / (every * rate), len(places) - 1)
    between = [np.interp(frames, np.arange(len(places)), column) for column in places.T]
    return np.stack(between, axis=1).astype(np.float32)
