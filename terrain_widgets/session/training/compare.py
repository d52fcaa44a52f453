"""Two terrains by ear, on the same path and equally loud: A, which was kept, and B, which is as it is now."""

from __future__ import annotations

from typing import Literal

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.rendering.orders import WalkOrder
from terrain_widgets.session.stage.stage import Stage
from terrain_widgets.session.training.discarded import DiscardedTerrain
from terrain_widgets.session.training.training import Training

Side = Literal["a", "b"]
PLAYHEAD = "A/B"
_SILENT = 1e-5


class Comparison(traitlets.HasTraits):
    """A and B.

    Keep a terrain as A, then train on or try another one: that is B, until one is kept as B too.

    Args:
        training: The terrain, and where one is taken back to.
        stage: What plays them.
    """

    a = traitlets.Any(None, allow_none=True, help="DiscardedTerrain, or None.")
    b = traitlets.Any(None, allow_none=True, help="DiscardedTerrain, or None for the one in training.")
    heard = traitlets.Enum(("a", "b"), "b", help="Which of them sounds.")
    path = traitlets.Unicode("", help="Id of the clip whose path plays both in turn, or nothing.")

    def __init__(self, training: Training, stage: Stage) -> None:
        super().__init__()
        self._training, self._stage = training, stage
        stage.sources.observe(self._follow, names="shown")

    def __repr__(self) -> str:
        sides = ", ".join(f"{side} {kept.name if kept else '-'}" for side, kept in (("A", self.a), ("B", self.b)))
        return f"Comparison({sides}, hearing {self.heard.upper()})"

    def keep(self, side: Side = "a") -> DiscardedTerrain:
        """Keep the terrain as it is now.

        Raises:
            ValueError: If nothing is trained yet.
        """
        from terrain_widgets.core.terrain.terrain import Terrain

        with self._training.sounds.document.lock:
            terrain = self._stage.sources.latest("terrain")
            if not isinstance(terrain, Terrain):
                raise ValueError("there is no terrain to keep yet: encode, draw and train first")
            kept = DiscardedTerrain(terrain, self._training.losses)
        self._set(side, kept)
        return kept

    def take(self, side: Side) -> None:
        """Go on with that terrain: play it and train it further; ``training.restore()`` takes it back.

        Raises:
            ValueError: If nothing is kept there.
        """
        kept = self._kept(side)
        self.hear("b")
        self._set("b", None)
        self._training.restore_discarded(kept)

    def forget(self) -> None:
        """Compare no longer."""
        self.stop()
        self.hear("b")
        self.a = self.b = None

    # --- by ear

    def hear(self, side: Side) -> None:
        """Let that one sound from now on, whatever plays it; it glides over.

        Raises:
            ValueError: If nothing is kept there.
        """
        mapping = None if side == "b" and self.b is None else self._kept(side).terrain
        self.heard = side
        sources = self._stage.sources
        if sources.latest("terrain") is not None:
            sources.select("terrain")
            sources.audition(mapping)
        self._level()

    def toggle(self) -> None:
        """The other one.

        Raises:
            ValueError: If nothing is kept as A.
        """
        self.hear("a" if self.heard == "b" else "b")

    def play(self, clip_id: str) -> None:
        """Play a clip's path in a loop, both equally loud; ``toggle`` changes between them on the way.

        Raises:
            ValueError: If no path is drawn for it, or there is no terrain.
        """
        self._stage.playheads.play(clip_id, name=PLAYHEAD)
        self.path = clip_id
        self._level()

    def stop(self) -> None:
        """End the path."""
        if PLAYHEAD in self._stage.playheads.now:
            self._stage.playheads.remove(PLAYHEAD)
        self.path = ""

    def render(self, path: str | ArrayLike) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Both along one path, the louder brought down to the RMS of the softer.

        Args:
            path: A clip's id, or one place per latent frame, ``[T, 2]``.

        Returns:
            Audio of A and of B, ``[A, S]`` each. Where one is silent neither is changed.

        Raises:
            ValueError: If nothing is kept as A, or there is no such path.
        """
        audio = self._rendered(path)
        gains = _gains(audio)
        return audio[0] * gains[0], audio[1] * gains[1]

    def _rendered(self, path: str | ArrayLike) -> list[NDArray[np.float32]]:
        sounds = self._training.sounds
        if isinstance(path, str):
            drawn = sounds.state.paths.get(path)
            if drawn is None:
                raise ValueError(f"no path is drawn for “{sounds.state.clip(path).name}” yet")
            path = drawn.resampled(sounds.frames_needed(path)).values
        places = np.asarray(path, dtype=np.float32)
        b = self._stage.sources.latest("terrain") if self.b is None else self.b.terrain
        if b is None:
            raise ValueError("there is no terrain yet: encode, draw and train first")
        latents = self._stage.latents
        orders = [WalkOrder(mapping, places, latents=latents) for mapping in (self._kept("a").terrain, b)]
        return [self._stage.rendering.samples(order) for order in orders]

    def _level(self) -> None:
        playheads = self._stage.playheads
        if PLAYHEAD not in playheads.now:
            self.path = ""
            return
        gains = _gains(self._rendered(self.path)) if self.a is not None else (1.0, 1.0)
        playheads.change(PLAYHEAD, gain=gains[0] if self.heard == "a" else gains[1])

    def _kept(self, side: Side) -> DiscardedTerrain:
        kept: DiscardedTerrain | None = self.a if side == "a" else self.b
        if kept is None:
            raise ValueError(f"no terrain is kept as {side.upper()} yet: keep the present one first")
        return kept

    def _set(self, side: Side, kept: DiscardedTerrain | None) -> None:
        if side == "a":
            self.a = kept
        else:
            self.b = kept
        if side == self.heard:
            self._stage.sources.audition(None if kept is None else kept.terrain)

    def _follow(self, change: dict[str, object]) -> None:
        """Something else is shown, or nothing: points and sliders are not compared."""
        from terrain_widgets.core.terrain.terrain import Terrain

        if change["new"] is None:
            self.path = ""
        if not isinstance(change["new"], Terrain):
            self.heard = "b"
            self._stage.sources.audition(None if self.b is None else self.b.terrain)


def _gains(audio: list[NDArray[np.float32]]) -> tuple[float, float]:
    """What brings each to the RMS of the softer."""
    levels = [float(np.sqrt(np.square(each, dtype=np.float64).mean())) for each in audio]
    if min(levels) < _SILENT:
        return 1.0, 1.0
    return min(levels) / levels[0], min(levels) / levels[1]
