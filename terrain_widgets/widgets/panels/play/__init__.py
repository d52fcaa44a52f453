"""Playing the terrain."""

from __future__ import annotations

from terrain_widgets.widgets.panels.registry import Entry, register

register(
    Entry(
        "play",
        "Play",
        "play",
        "Playheads along the paths, a clip underneath, recordings, where the sound comes out",
        "right",
        40,
        "terrain_widgets.widgets.panels.play.play_widget:PlayWidget",
        on_stage=True,
    )
)
