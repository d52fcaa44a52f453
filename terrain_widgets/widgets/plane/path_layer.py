"""Drawn paths on a canvas of ipycanvas, each with its name."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from ipycanvas import Canvas
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.pictures.sound_colours import sound_colour
from terrain_widgets.session.document.state import SessionState
from terrain_widgets.widgets.plane.overlay import Overlay, draw_overlay
from terrain_widgets.widgets.plane.still import colour_of, name_of

_MUTED = 0.35
_SUGGESTED = 0.4
MOST_CORNERS = 32  # of a line that is made by corners; of a pen's each sample is one, and nobody means those
_HANDLE = 4.0  # pixels from its middle to its edge


def draw_paths(
    layer: Canvas, state: SessionState, view: Boundary, size: float, selected_clip: str, chosen: Collection[str] = ()
) -> None:
    """Draw every path of a plane.

    Args:
        layer: Cleared already.
        state: What is drawn.
        view: What is looked at.
        size: Pixels each way.
        selected_clip: Id of the sound whose path stands out.
        chosen: Ids of paths that stand out beside it.
    """
    layer.line_cap = layer.line_join = "round"
    layer.font = "12px sans-serif"
    for drawing in state.drawings.values():
        if drawing.path.control_dim != 2:
            continue
        points = view.to_unit(drawing.path.values) * size
        colour, muted = colour_of(drawing, state), drawing.muted
        layer.global_alpha = _MUTED if muted else 1.0
        out = drawing.id in chosen or (drawing.clip is not None and drawing.clip == selected_clip)
        halo = ("#ffffff", 6.0) if drawing.id in chosen else ("rgba(0,0,0,0.55)", 6.0 if out else 4.5)
        for style, width in (halo, (colour, 3.0)):
            layer.stroke_style = style
            layer.line_width = width
            layer.stroke_lines(points)
        layer.fill_style = colour
        layer.fill_circle(points[0][0], points[0][1], 5)
        corners = points[1:] if drawing.bezier is None else view.to_unit(drawing.bezier.anchors[1:]) * size
        if 1 < len(corners) < MOST_CORNERS and drawing.path.times is None:
            layer.fill_circles(corners[:, 0], corners[:, 1], 3)
        _draw_name(layer, name_of(drawing, state), points[0], size)
        layer.global_alpha = 1.0


def draw_suggestions(
    layer: Canvas, state: SessionState, paths: Mapping[str, NDArray[np.float32]], view: Boundary, size: float
) -> None:
    """Draw faintly where sounds will lie if nobody draws: dashed, each with its name.

    Args:
        layer: Cleared already.
        state: The sounds.
        paths: ``[P, 2]`` in control units, by clip id.
        view: What is looked at.
        size: Pixels each way.
    """
    layer.line_cap = layer.line_join = "round"
    layer.font, layer.line_width = "12px sans-serif", 2.0
    layer.global_alpha = _SUGGESTED
    layer.set_line_dash([3, 6])
    for clip in state.clips:
        if clip.id in paths:
            layer.stroke_style = sound_colour(clip.colour)
            layer.stroke_lines(view.to_unit(paths[clip.id]) * size)
    layer.set_line_dash([])
    layer.global_alpha = 0.8
    for clip in state.clips:
        if clip.id in paths:
            _draw_name(layer, clip.name, view.to_unit(paths[clip.id][:1])[0] * size, size)
    layer.global_alpha = 1.0


def draw_work(layer: Canvas, overlay: Overlay, view: Boundary, size: float) -> None:
    """Draw what a tool shows while it works."""

    def pixels(places: NDArray[np.float64]) -> NDArray[np.float64]:
        return view.to_unit(places) * size

    turner, box = overlay.turner, overlay.box
    shown = Overlay(
        pixels(overlay.line),
        pixels(overlay.dots),
        pixels(overlay.levers),
        pixels(overlay.frame),
        None if turner is None else pixels(turner),
        None if box is None else pixels(box),
    )
    draw_overlay(layer, shown, _HANDLE)


def _draw_name(layer: Canvas, name: str, start: NDArray[np.float64], size: float) -> None:
    x, y = min(float(start[0]) + 8, size - 8.0 * len(name)), max(float(start[1]) - 8, 12.0)
    layer.line_width = 3
    layer.stroke_style = "rgba(0,0,0,0.75)"
    layer.stroke_text(name, x, y)
    layer.fill_style = "#ffffff"
    layer.fill_text(name, x, y)
