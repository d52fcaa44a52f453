"""Pictures of the terrain."""

from __future__ import annotations

from terrain_widgets.widgets.panels.registry import Entry, register

register(
    Entry(
        "terrain",
        "Terrain",
        "map",
        "What the picture of the terrain shows; where it only guesses; how loud it is",
        "right",
        30,
        "terrain_widgets.widgets.panels.terrain.heatmap_explorer:HeatmapExplorer",
        on_stage=True,
    )
)

register(
    Entry(
        "slices",
        "Slices",
        "layer-group",
        "Cuts through the terrain along a line",
        "right",
        80,
        "terrain_widgets.widgets.panels.terrain.slice_explorer:SliceExplorer",
    )
)
