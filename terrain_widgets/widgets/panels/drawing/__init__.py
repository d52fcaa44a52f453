"""The drawing canvas and the pairing table."""

from __future__ import annotations

from terrain_widgets.widgets.panels.registry import Entry, register

register(
    Entry(
        "paths",
        "Paths",
        "pencil-alt",
        "Which sound lies on which path, and what can be done with a path",
        "right",
        10,
        "terrain_widgets.widgets.panels.drawing.drawing_canvas:DrawingCanvas",
        on_stage=True,
    )
)
