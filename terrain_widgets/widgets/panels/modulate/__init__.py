"""Latents that move by themselves."""

from __future__ import annotations

from terrain_widgets.widgets.panels.registry import Entry, register

register(
    Entry(
        "modulate",
        "Modulate",
        "wave-square",
        "Latents that move by themselves: noise, cycles and steps, in time",
        "right",
        52,
        "terrain_widgets.widgets.panels.modulate.modulate_panel:ModulatePanel",
    )
)
