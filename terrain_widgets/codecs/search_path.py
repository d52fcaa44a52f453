"""Models by name: the folders that ``TERRAIN_WIDGETS_MODELS`` lists."""

from __future__ import annotations

import os
from pathlib import Path

MODELS_VARIABLE = "TERRAIN_WIDGETS_MODELS"
MODEL_SUFFIX = ".ts"


def model_folders() -> list[Path]:
    """The folders, in the order in which they are searched; separated like those of ``PATH``."""
    named = os.environ.get(MODELS_VARIABLE, "")
    return [Path(folder).expanduser() for folder in named.split(os.pathsep) if folder.strip()]


def model_files() -> dict[str, Path]:
    """All models there by name, the first folder's before another's of the same name."""
    found: dict[str, Path] = {}
    for folder in model_folders():
        try:
            files = sorted(path for path in folder.iterdir() if path.suffix == MODEL_SUFFIX and path.is_file())
        except OSError:  # a folder that is not there holds nothing
            continue
        for path in files:
            found.setdefault(path.stem, path)
    return found


def where_searched() -> str:
    """For an error: what was searched, or how to have something searched."""
    folders = model_folders()
    if not folders:
        return f"for models by name, set {MODELS_VARIABLE} to the folder of your .ts files"
    return "searched for models: " + ", ".join(
        f"{folder}{'' if folder.is_dir() else ' (no such folder)'}" for folder in folders
    )
