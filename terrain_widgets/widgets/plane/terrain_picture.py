"""The terrain as a picture, sampled once and shared by every view of a session."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.pictures.heatmap import sample_grid, shade_all, shade_channel
from terrain_widgets.core.pictures.territory import Landmarks, territory
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.palette import viridis

TERRITORY = -4  # what ``shown_channel`` is for the map of the sounds
COARSE, FINE = 48, 128  # cells each way: the coarse one, a tenth of the work, follows a training
_Picture = tuple[NDArray[np.uint8], tuple[float, float]]
_latest: weakref.WeakKeyDictionary[Session, tuple[Any, Any, int, NDArray[np.float32]]] = weakref.WeakKeyDictionary()
_shaded: weakref.WeakKeyDictionary[Session, tuple[Any, Any, int, Any, _Picture]] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def terrain_grid(
    session: Session, boundary: Boundary | None = None, cells: int | None = None
) -> NDArray[np.float32] | None:
    """Latents ``[H, W, D]`` of the session's newest terrain, or ``None`` before training.

    Args:
        session: Whose terrain.
        boundary: What is looked at; by default the session's own plane, which all views share.
        cells: At least so many each way; by default few while something trains.
    """
    mapping = session.stage.sources.shown
    if mapping is None or mapping.control_dim != 2:
        return None
    cells = cells or (COARSE if session.jobs.working else FINE)
    if boundary is not None and boundary != session.document.boundary:
        return sample_grid(mapping, boundary, cells, cells)
    with _lock:
        known = _latest.get(session)
        if known is None or known[0] is not mapping or known[1] != session.document.boundary or known[2] < cells:
            known = (
                mapping,
                session.document.boundary,
                cells,
                sample_grid(mapping, session.document.boundary, cells, cells),
            )
            _latest[session] = known
        return known[3]


def shaded(session: Session, grid: NDArray[np.float32]) -> _Picture:
    """A grid of latents as RGBA ``[H, W, 4]`` of the session's ``shown_channel``; and the values of the end colours.

    The last one is kept: three views show the same. It is not to be written to.
    """
    dataset, channel, sources = session.training.dataset, session.stage.sources.shown_channel, session.stage.sources
    marks = None
    if channel == TERRITORY:
        marks = session.stage.territory.landmarks
        if sources.shown is not None and not session.jobs.working:  # a training's next terrain would come too soon
            session.stage.territory.learn(sources.shown, session.document.boundary)
    known = _shaded.get(session)
    same = known is not None and known[0] is grid and known[1] is dataset and known[3] is marks
    if known is None or not same or known[2] != channel:
        known = _shaded[session] = (grid, dataset, channel, marks, _shade(grid, dataset, channel, marks))
    return known[4]


def _shade(grid: NDArray[np.float32], dataset: TerrainDataset, channel: int, marks: Landmarks | None) -> _Picture:
    if channel == TERRITORY and marks is not None:
        return territory(grid, marks).picture, (0.0, 1.0)
    if channel >= 0:
        return shade_channel(grid, min(channel, grid.shape[-1] - 1), viridis())
    # none where the drawings were cleared since
    return shade_all(grid, dataset.latents if len(dataset) else None), (0.0, 1.0)


def terrain_picture(session: Session) -> _Picture | None:
    """RGBA ``[H, W, 4]`` of the session's plane, row 0 its top, and the values of the first and the last colour.

    ``None`` before training.
    """
    grid = terrain_grid(session)
    return None if grid is None else shaded(session, grid)


def enlarged(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The picture at another size, smooth between cells."""
    return np.asarray(Image.fromarray(picture, "RGBA").resize((width, height), Image.Resampling.BILINEAR))
