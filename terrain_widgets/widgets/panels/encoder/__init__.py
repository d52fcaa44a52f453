"""Sounds, codec and encoding."""

from __future__ import annotations

from terrain_widgets.widgets.panels.registry import Entry, register

register(
    Entry(
        "sounds",
        "Sounds",
        "music",
        "Sounds and their latents; add, cut, encode, compare",
        "left",
        10,
        "terrain_widgets.widgets.panels.encoder.encoder_panel:EncoderPanel",
    )
)
