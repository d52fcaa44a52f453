"""What a search has found, over the terrain: orange where it sounds like this, and the best places numbered."""

from __future__ import annotations

import numpy as np
from ipycanvas import Canvas
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.exploration.find import Findings

_HEAT, _ALPHA = (255, 140, 0), 0.75  # as on the map of sounds
_MARK = 7.0  # pixels, half of a mark's side


def heat_picture(found: Findings) -> NDArray[np.uint8]:
    """RGBA ``[H, W, 4]`` of the plane that was searched, row 0 its top: the nearer, the less can be seen through it."""
    near = found.nearness
    picture = np.empty((*near.shape, 4), np.uint8)
    picture[..., :3] = _HEAT
    picture[..., 3] = (near * _ALPHA * 255).astype(np.uint8)
    return picture


def seen_box(found: Findings, view: Boundary) -> tuple[float, float, float, float]:
    """Where that plane lies in a view: x, y, width and height in fractions of it."""
    (left, top), (right, bottom) = view.to_unit(found.boundary.from_unit([[0, 0], [1, 1]]))
    return float(left), float(top), float(right - left), float(bottom - top)


def draw_marks(layer: Canvas, found: Findings, view: Boundary, size: float) -> None:
    """The best places as numbered squares, white within black: seen on every colour.

    Args:
        layer: What is drawn on.
        found: Its ``ranked``.
        view: What is looked at.
        size: Pixels each way.
    """
    layer.font = "12px sans-serif"
    for number, one in enumerate(found.ranked, 1):
        x, y = view.to_unit(one.place) * size
        for style, width in (("rgba(0,0,0,0.8)", 5.0), ("#ffffff", 2.0)):
            layer.stroke_style, layer.line_width = style, width
            layer.stroke_rect(float(x) - _MARK, float(y) - _MARK, 2 * _MARK, 2 * _MARK)
        layer.stroke_style, layer.line_width, layer.fill_style = "rgba(0,0,0,0.8)", 3.0, "#ffffff"
        layer.stroke_text(str(number), float(x) + _MARK + 4, float(y) + 4)
        layer.fill_text(str(number), float(x) + _MARK + 4, float(y) + 4)
