"""Steering by labelled points."""

from __future__ import annotations

from terrain_widgets.widgets.panels.registry import Entry, register

register(
    Entry(
        "points",
        "Points",
        "map-marker-alt",
        "Place labelled points and play between them; pads; a tracer of what you play",
        "right",
        50,
        "terrain_widgets.widgets.panels.points.points_panel:PointsPanel",
        on_stage=True,
    )
)
