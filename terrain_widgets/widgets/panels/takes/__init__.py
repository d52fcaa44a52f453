"""What was recorded."""

from __future__ import annotations

from terrain_widgets.widgets.panels.registry import Entry, register

register(
    Entry(
        "takes",
        "Takes",
        "dot-circle",
        "Record what you play; hear a take again, and beside it what its gestures play; keep it, or use it as a sound",
        "left",
        20,
        "terrain_widgets.widgets.panels.takes.takes_panel:TakesPanel",
    )
)
