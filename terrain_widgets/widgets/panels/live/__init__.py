"""Live sound, played through the terrain."""

from __future__ import annotations

from terrain_widgets.widgets.panels.registry import Entry, register

register(
    Entry(
        "live",
        "Live",
        "microphone",
        "Plays what a microphone hears, or a sound file, through the terrain",
        "right",
        54,
        "terrain_widgets.widgets.panels.live.live_panel:LivePanel",
    )
)
