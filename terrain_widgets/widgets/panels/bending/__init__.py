"""Bending: the decoder's weights, changed by hand."""

from __future__ import annotations

from terrain_widgets.widgets.panels.registry import Entry, register

register(
    Entry(
        "bend",
        "Bend",
        "random",
        "Edits of the decoder's weights, heard while they are made",
        "right",
        65,
        "terrain_widgets.widgets.panels.bending.bending_panel:BendingPanel",
    )
)
