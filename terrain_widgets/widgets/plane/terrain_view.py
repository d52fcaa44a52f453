"""What is seen of a session's terrain: a picture, what lies over it, and what its colours mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import traitlets
from contourpy import contour_generator
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.pictures.heatmap import distance_to_data
from terrain_widgets.core.pictures.relief import heights, in_relief
from terrain_widgets.session.notices.events import LoudnessUnknown
from terrain_widgets.session.session import Session
from terrain_widgets.session.stage.ahead.loudness import LoudnessAhead
from terrain_widgets.widgets.base.palette import viridis
from terrain_widgets.widgets.plane.terrain_colours import AS_NN_TERRAIN, THREE, Coloured, coloured
from terrain_widgets.widgets.plane.terrain_picture import TERRITORY, terrain_grid

Picture = NDArray[np.uint8]
_VEIL_CELLS = 96
_FAR = 0.5  # control units of a plane of ±1: from here on a terrain only guesses
_LOUD_DB = (-60.0, 0.0)
_LEVELS = 9  # of contours


@dataclass(frozen=True)
class Look:
    """How a terrain is shown; the session's ``shown_channel`` says which latents.

    Args:
        own: ``THREE`` or ``AS_NN_TERRAIN`` where that is wanted, which no ``shown_channel`` says.
        channels: Which latents, for these two.
        surface: Lit from the upper left, or with lines of equal height.
        over: Dark where no drawing is near, or how loud each place will be.
        cells: How finely it is sampled once nothing changes any more, each way.
    """

    own: int = TERRITORY
    channels: tuple[int, ...] = (0, 1, 2, 3)
    surface: Literal["", "relief", "contours"] = ""
    over: Literal["", "distance", "loud"] = ""
    cells: int = 256


@dataclass(frozen=True, eq=False)
class TerrainLayers:
    """A terrain as it is drawn; row 0 of each picture is the top.

    Args:
        picture: RGBA ``[H, W, 4]``.
        veil: The same, over it; any size, or none.
        contours: Lines ``[P, 2]`` in control units.
        limits: Values of the first and the last colour of the map, or ``None`` where there is no such map.
        words: What the colours are, in a sentence.
    """

    picture: Picture
    veil: Picture | None
    contours: Sequence[NDArray[np.float64]]
    limits: tuple[float, float] | None
    words: str


class TerrainView(traitlets.HasTraits):
    """Samples a session's terrain where somebody looks, as its look says. On the UI thread only.

    Args:
        session: Whose terrain.
    """

    look = traitlets.Instance(Look, (), help="How it is shown; replaced whole.")
    words = traitlets.Unicode("", help="What the colours of the newest layers are.")
    heard = traitlets.Any(None, help="Loudness of each place, [H, W] in dB, found since it was asked for.")

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._loudness = LoudnessAhead(lambda: session.codec, lambda: session.stage.latents, self._found)
        self._distance: tuple[object, Boundary, Picture] | None = None

    def close(self) -> None:
        """Find out nothing more."""
        self._loudness.cancel()

    def layers(self, seen: Boundary, cells: int) -> TerrainLayers | None:
        """The terrain where ``seen`` is, sampled at so many places each way or more; ``None`` before training."""
        grid = terrain_grid(self._session, seen, cells)
        if grid is None:
            self.words = "Nothing is trained yet; the picture appears while training."
            return None
        found, height = self.coloured(grid), None
        if self.look.surface:
            height = self.height(grid)
        picture = found.picture
        if height is not None and self.look.surface == "relief":
            picture = in_relief(picture, height)
        lines = contours(height, seen) if height is not None and self.look.surface == "contours" else ()
        veil, limits, words = self._veil(seen), found.limits, found.words
        if self.look.over == "loud" and veil is not None:
            limits = _LOUD_DB
            words = f"loudness from {self.heard.min():.0f} to {self.heard.max():.0f} dB, each place held a moment"
        self.words = words
        return TerrainLayers(picture, veil, lines, limits, words)

    def coloured(self, grid: NDArray[np.float32]) -> Coloured:
        """Latents ``[H, W, D]`` in the colours of the look."""
        channels = [k for k in self.look.channels if k < grid.shape[-1]]
        return coloured(self._session, grid, self.look.own, channels)

    def height(self, grid: NDArray[np.float32]) -> NDArray[np.float32]:
        """What counts as height of latents ``[H, W, D]``: the one that is shown, or their strongest direction."""
        several = self.look.own in (THREE, AS_NN_TERRAIN)
        shown = -1 if several else max(-1, self._session.stage.sources.shown_channel)
        return heights(grid, min(shown, grid.shape[-1] - 1))

    def _veil(self, seen: Boundary) -> Picture | None:
        session, over = self._session, self.look.over
        if over != "loud":
            self._loudness.cancel()
        dataset = session.training.dataset
        if over == "distance" and len(dataset):
            known = self._distance
            if known is None or known[0] is not dataset or known[1] != seen:
                distance = distance_to_data(dataset.coordinates, seen, _VEIL_CELLS, _VEIL_CELLS)
                known = self._distance = (dataset, seen, _dark(distance / _FAR))
            return known[2]
        mapping = session.stage.sources.shown
        if over != "loud" or session.jobs.working or mapping.control_dim != 2:
            return None
        if self._loudness.asked is None or self._loudness.asked[0] is not mapping or self._loudness.asked[1] != seen:
            self.heard = None
            self._loudness.ask(mapping, seen)
        return None if self.heard is None else _loud(self.heard)

    def _found(self, found: NDArray[np.float32] | LoudnessUnknown) -> None:
        if isinstance(found, LoudnessUnknown):
            self._session.jobs.notices.say("heatmap", found)
        else:
            self.heard = found


def contours(height: NDArray[np.float32], seen: Boundary) -> list[NDArray[np.float64]]:
    """Lines of equal height, ``[P, 2]`` in control units each, at nine levels; none of level ground.

    Args:
        height: ``[H, W]``, row 0 at the top.
        seen: Where that is.
    """
    if min(height.shape) < 2 or not np.isfinite(height).all() or np.ptp(height) == 0:
        return []
    rows, columns = height.shape
    across, down = (np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows
    lines = contour_generator(across, down, height)
    levels = np.linspace(height.min(), height.max(), _LEVELS + 2)[1:-1]
    return [seen.from_unit(np.asarray(line)) for level in levels for line in lines.lines(float(level))]


def _loud(decibels: NDArray[np.float32]) -> Picture:
    low, high = _LOUD_DB
    picture = np.full((*decibels.shape, 4), 200, dtype=np.uint8)
    picture[..., :3] = viridis()[((decibels - low) / (high - low) * 255).clip(0, 255).astype(np.intp)]
    return picture


def _dark(share: NDArray[np.float32]) -> Picture:
    """A veil ``[H, W, 4]`` that is clear at 0 and nearly black at 1."""
    picture = np.zeros((*share.shape, 4), dtype=np.uint8)
    picture[..., 3] = (share.clip(0.0, 1.0) * 215).astype(np.uint8)
    return picture
