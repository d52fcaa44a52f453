"""Sessions and other files, in and out."""

from __future__ import annotations

from terrain_widgets.widgets.panels.registry import Entry, register

register(
    Entry(
        "files",
        "Files",
        "folder-open",
        "Save, open, share; terrains for Max and Pure Data",
        "left",
        30,
        "terrain_widgets.widgets.files.session_bar:SessionBar",
    )
)
