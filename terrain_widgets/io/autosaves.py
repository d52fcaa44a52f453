"""Where sessions are saved without being asked: a few files, the oldest of which go."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir

SUFFIX = ".terrain.zip"
KEPT = 8
_numbers = itertools.count(1)
_made: set[str] = set()  # names that this process gave; its id alone may have been another's, as in a container


def autosave_folder() -> Path:
    """Beside Jupyter's own data, unless ``TERRAIN_WIDGETS_AUTOSAVE`` names another folder."""
    named = os.environ.get("TERRAIN_WIDGETS_AUTOSAVE")
    return Path(named) if named else Path(jupyter_data_dir()) / "terrain_widgets" / "autosave"


def new_autosave() -> Path:
    """A name for one session's autosave: start time, process id, running number.

    Two sessions may begin in the same second, and must not write over each other.
    """
    stamp = time.strftime("%Y-%m-%d %H.%M.%S")
    path = autosave_folder() / f"{stamp} {os.getpid()}-{next(_numbers)}{SUFFIX}"
    _made.add(path.name)
    return path


def is_own(name: str) -> bool:
    """Whether this process has made that name."""
    return name in _made


def autosaves() -> list[Path]:
    """All that are there, the newest first."""
    found = []
    with contextlib.suppress(OSError):
        for path in autosave_folder().glob(f"[!.]*{SUFFIX}"):
            with contextlib.suppress(OSError):  # gone since
                found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found, reverse=True)]


def prune(kept: int = KEPT) -> None:
    """Remove all but the newest."""
    for path in autosaves()[kept:]:
        with contextlib.suppress(OSError):
            path.unlink()
