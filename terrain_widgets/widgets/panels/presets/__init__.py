"""Presets of a performance."""

from __future__ import annotations

from terrain_widgets.widgets.panels.registry import Entry, register

register(
    Entry(
        "presets",
        "Presets",
        "bookmark",
        "All that is set of how it plays, kept under names; recalled at once, in a glide, or between two",
        "right",
        53,
        "terrain_widgets.widgets.panels.presets.presets_panel:PresetsPanel",
    )
)
