"""Several ES modules as one text, for widgets whose page's end is more than one file."""

from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"
_IMPORT = re.compile(r'^import [^;]*? from "\./[\w.]+";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def one_module(*names: str) -> str:
    """The text of ES modules of ``static/`` as one: anywidget and ``addModule`` take a text, which has no address.

    Args:
        names: File names, each after those that it imports from. Top-level names must differ between all of them.
    """
    texts = [(STATIC / name).read_text(encoding="utf-8") for name in names]
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", text)) for text in texts)
