"""A latent vector by hand."""

from __future__ import annotations

from terrain_widgets.widgets.panels.registry import Entry, register

register(
    Entry(
        "sliders",
        "Latents",
        "sliders-h",
        "One slider for each latent, heard while it moves",
        "right",
        60,
        "terrain_widgets.widgets.panels.sliders.latent_sliders_panel:LatentSlidersPanel",
    )
)
