"""What a tool shows over the paths while it works: begun lines, handles, a selection's frame."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from ipycanvas import Canvas
from numpy.typing import NDArray

Places = NDArray[np.float64]
_WHITE, _DARK = "#ffffff", "rgba(0,0,0,0.75)"


def _none() -> Places:
    return np.empty((0, 2))


@dataclass(frozen=True, eq=False)
class Overlay:
    """Shapes in control units.

    Args:
        line: A line that is being made, ``[P, 2]``.
        dots: Its corners or anchors, ``[K, 2]``.
        levers: From anchors to their handles, ``[L, 2, 2]``.
        frame: Four corners round a selection, ``[4, 2]``.
        turner: The handle that turns it, ``[2]``.
        box: Two opposite corners of a rectangle that is being drawn round something, ``[2, 2]``.
    """

    line: Places = field(default_factory=_none)
    dots: Places = field(default_factory=_none)
    levers: Places = field(default_factory=lambda: np.empty((0, 2, 2)))
    frame: Places = field(default_factory=_none)
    turner: Places | None = None
    box: Places | None = None


def draw_overlay(layer: Canvas, overlay: Overlay, size: float) -> None:
    """Draw an overlay whose shapes are given in pixels."""
    layer.line_width = 2
    layer.stroke_style = layer.fill_style = _WHITE
    if len(overlay.line) > 1:
        layer.stroke_lines(overlay.line)
    if len(overlay.dots):
        layer.fill_circles(overlay.dots[:, 0], overlay.dots[:, 1], 4)
    layer.line_width = 1
    for anchor, handle in overlay.levers:
        layer.stroke_lines(np.stack([anchor, handle]))
        _square(layer, handle, size)
    corners = overlay.frame if overlay.box is None else _rectangle(*overlay.box)
    if len(corners):
        layer.set_line_dash([4, 3])
        layer.stroke_lines(np.concatenate([corners, corners[:1]]))
        layer.set_line_dash([])
    for corner in overlay.frame:
        _square(layer, corner, size)
    if overlay.turner is not None:
        layer.stroke_style = _DARK
        layer.fill_circle(*overlay.turner, size)
        layer.stroke_circle(*overlay.turner, size)


def _square(layer: Canvas, middle: Places, size: float) -> None:
    x, y = float(middle[0]) - size, float(middle[1]) - size
    layer.fill_rect(x, y, 2 * size, 2 * size)
    layer.stroke_style = _DARK
    layer.stroke_rect(x, y, 2 * size, 2 * size)
    layer.stroke_style = _WHITE


def _rectangle(one: Places, other: Places) -> Places:
    return np.array([one, [other[0], one[1]], other, [one[0], other[1]]])
