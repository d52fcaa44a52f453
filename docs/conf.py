"""Sphinx: how-tos in Markdown, and the reference from the docstrings. ``make docs`` builds it and takes no warning."""

from __future__ import annotations

import json
from pathlib import Path

import terrain_widgets
from terrain_widgets.widgets.panels.registry import as_markdown

project = "terrain_widgets"
author = "terrain_widgets contributors"
copyright = author
release = version = terrain_widgets.__version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "myst_parser"]
html_theme = "furo"
html_title = f"terrain_widgets {release}"
exclude_patterns = ["_build"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # signatures carry them already
autodoc_default_options = {"members": True, "show-inheritance": False}
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
nitpicky = False

_HERE = Path(__file__).parent
_REPOSITORY = _HERE.parent


def _write(name: str, text: str) -> None:
    (_HERE / "_generated").mkdir(exist_ok=True)
    path = _HERE / "_generated" / name
    if not path.exists() or path.read_text(encoding="utf-8") != text:  # else Sphinx would read everything again
        path.write_text(text, encoding="utf-8")


def _notebooks() -> str:
    """The lessons: title, what one hears, and the idea, from the notebooks' own first cells."""
    lines = ["# Lessons", "", "Notebooks, each with exercises that check themselves. `make lab` opens the first.", ""]
    for path in sorted((_REPOSITORY / "notebooks").glob("*.ipynb")):
        first = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]).split("\n\n")
        hear = next(part for part in first if part.startswith("**You will hear**"))
        idea = next(part for part in first if part.startswith("**One idea.**"))
        lines += [
            f"## {path.name[:2]} {first[0].removeprefix('# ')}",
            "",
            hear,
            "",
            idea,
            "",
            f"`notebooks/{path.name}`",
        ]
        lines.append("")
    return "\n".join(lines)


def _reference() -> str:
    """Every public name, by the layer that it comes from."""
    layers: dict[str, list[str]] = {}
    for name, home in terrain_widgets._HOMES.items():
        layers.setdefault(home.split(".")[0], []).append(f"{home}.{name}")
    lines = ["Reference", "=========", "", "What ``import terrain_widgets as tw`` gives, from the inside out.", ""]
    for layer, names in layers.items():
        lines += [layer, "-" * len(layer), ""]
        for dotted in names:
            module, _, name = dotted.rpartition(".")
            is_class = isinstance(getattr(terrain_widgets, name), type)
            lines += [f".. auto{'class' if is_class else 'function'}:: terrain_widgets.{module}.{name}", ""]
    return "\n".join(lines)


_write("panels.md", as_markdown())
_write("lessons.md", _notebooks())
_write("reference.rst", _reference())
