"""Exploring: the map of sounds, ways through latent space, attributes, presets."""

from __future__ import annotations

from terrain_widgets.widgets.panels.registry import Entry, register

register(
    Entry(
        "explore",
        "Explore",
        "compass",
        "The map of the sounds, ways through latent space, attributes, presets",
        "right",
        55,
        "terrain_widgets.widgets.panels.explore.explore_panel:ExplorePanel",
    )
)
