"""Models that are found, and folders that are written to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from terrain_widgets.codecs.cache import cache_folder
from terrain_widgets.codecs.registry import codec_names
from terrain_widgets.codecs.search_path import MODELS_VARIABLE, model_files, model_folders
from terrain_widgets.doctor.finding import Finding
from terrain_widgets.io.autosaves import autosave_folder


def models() -> Iterator[Finding]:
    """Codecs by name, and the folders of TorchScript models."""
    missing = [str(folder) for folder in model_folders() if not folder.is_dir()]
    found = model_files()
    if missing:
        yield Finding(
            "models",
            "problem",
            f"{MODELS_VARIABLE} names what is no folder: {', '.join(missing)}",
            f"correct {MODELS_VARIABLE}, or make the folder and put .ts files there",
        )
    unreadable = [name for name, path in found.items() if not os.access(path, os.R_OK)]
    if unreadable:
        yield Finding(
            "models",
            "problem",
            f"may not be read: {', '.join(unreadable)}",
            "have their owner run chmod a+r on them; nobody needs to write there",
        )
    if not missing and not unreadable:
        where = (
            f"in {', '.join(map(str, model_folders()))}" if model_folders() else f"{MODELS_VARIABLE} names no folder"
        )
        yield Finding("models", "ok", f"codecs: {', '.join(codec_names())}; {len(found)} TorchScript models, {where}")


def writable() -> Iterator[Finding]:
    """Where sessions are saved by themselves, and where proven models are remembered."""
    for area, folder, variable in (
        ("autosave", autosave_folder(), "TERRAIN_WIDGETS_AUTOSAVE"),
        ("cache", cache_folder(), "TERRAIN_WIDGETS_CACHE"),
    ):
        if _can_write(folder):
            yield Finding(area, "ok", str(folder))
        else:
            cure = f"set {variable} to a folder that you may write to"
            yield Finding(area, "problem", f"{folder} cannot be written to", cure)


def _can_write(folder: Path) -> bool:
    """Whether it is there, or could be made, and may be written to. Nothing is made."""
    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
