"""A codec of one's own: trained, watched, heard."""

from __future__ import annotations

from terrain_widgets.widgets.panels.registry import Entry, register

register(
    Entry(
        "codec-lab",
        "Codec lab",
        "flask",
        "Train a codec on your own sounds, see how it learns and hear it while it does",
        "right",
        75,
        "terrain_widgets.widgets.panels.codec_lab.codec_lab_panel:CodecLabPanel",
    )
)
