"""What a user chose once and should not have to choose again: a small JSON file of their own."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_dir

from terrain_widgets.io.atomic import replacing
from terrain_widgets.io.reading import content_of_file, reading

_LARGEST = 1 << 16  # bytes


def preferences_path() -> Path:
    """Where it lies: beside Jupyter's own settings, unless ``TERRAIN_WIDGETS_PREFERENCES`` names another file."""
    named = os.environ.get("TERRAIN_WIDGETS_PREFERENCES")
    return Path(named) if named else Path(jupyter_config_dir()) / "terrain_widgets.json"


def preferences() -> dict[str, Any]:
    """All that is remembered; empty where nothing is, or the file cannot be read: preferences are never in the way."""
    path = preferences_path()
    with contextlib.suppress(ValueError), reading(ValueError, f"{path.name} holds no preferences"):
        content = json.loads(content_of_file(path, _LARGEST))
        if isinstance(content, dict):
            return content
    return {}


def remember(name: str, value: Any) -> None:
    """Keep a JSON value under a name, where the disk allows it."""
    with contextlib.suppress(OSError), replacing(preferences_path()) as temporary:
        temporary.write_text(json.dumps({**preferences(), name: value}, indent=1), encoding="utf-8")
