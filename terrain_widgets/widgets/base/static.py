"""Where the built JavaScript and CSS of the widgets lie; their sources are in the repository's ``js/src``."""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"


def static_text(name: str) -> str:
    """The text of one built file, for a thread's program that travels to the page in a trait."""
    return (STATIC / name).read_text(encoding="utf-8")
