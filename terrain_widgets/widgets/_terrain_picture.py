"""The terrain as a picture, sampled once and shared by every view of a session."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from terrain_widgets.core.heatmap import sample_grid, shade_all, shade_channel
from terrain_widgets.session.session import Session
from terrain_widgets.widgets._palette import viridis

GRID = 96  # cells each way: 50 ms on one processor, so it can follow a training
_latest: weakref.WeakKeyDictionary[Session, tuple[Any, Any, NDArray[np.float32]]] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def terrain_grid(session: Session) -> NDArray[np.float32] | None:
    """Latents ``[H, W, D]`` of the session's newest terrain over its boundary, or ``None`` before training."""
    mapping = session.mapping
    if mapping is None or mapping.control_dim != 2:
        return None
    with _lock:
        known = _latest.get(session)
        if known is None or known[0] is not mapping or known[1] != session.boundary:
            known = (mapping, session.boundary, sample_grid(mapping, session.boundary, GRID, GRID))
            _latest[session] = known
        return known[2]


def terrain_picture(session: Session, channel: int) -> tuple[NDArray[np.uint8], tuple[float, float]] | None:
    """RGBA ``[H, W, 4]``, row 0 the boundary's top, and the values of the first and last colour.

    Args:
        session: Whose terrain.
        channel: A latent channel, or -1 for all of them as colour.
    """
    grid = terrain_grid(session)
    if grid is None:
        return None
    if channel >= 0:
        return shade_channel(grid, min(channel, grid.shape[-1] - 1), viridis())
    try:
        reference: NDArray[np.float32] | None = session.dataset.latents
    except ValueError:  # the drawings were cleared since
        reference = None
    return shade_all(grid, reference), (0.0, 1.0)


def enlarged(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The picture at another size, smooth between cells."""
    return np.asarray(Image.fromarray(picture, "RGBA").resize((width, height), Image.Resampling.BILINEAR))
