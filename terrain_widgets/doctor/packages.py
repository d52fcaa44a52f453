"""Python, the packages that are needed, and the front end's halves that JupyterLab has to find."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from jupyter_core.paths import jupyter_path
from packaging.requirements import Requirement

from terrain_widgets.doctor.finding import Finding

_FRONT_END = {
    "ipywidgets": "@jupyter-widgets/jupyterlab-manager",
    "anywidget": "anywidget",
    "ipycanvas": "ipycanvas",
    "jupyter_bokeh": "@bokeh/jupyter_bokeh",
}
_ALONE = ("torch", "jupyterlab", "bokeh", *_FRONT_END)  # what people ask about; the others are named only if wrong


def python() -> Iterator[Finding]:
    """The interpreter."""
    text = f"Python {sys.version.split()[0]} at {sys.executable}"
    if sys.prefix == sys.base_prefix and "CONDA_PREFIX" not in os.environ:
        cure = "keep it apart from the system's packages: make lab makes an environment of its own in .venv"
        yield Finding("Python", "note", f"{text}, in no environment of its own", cure)
    else:
        yield Finding("Python", "ok", text)


def packages(package: str = "terrain_widgets") -> Iterator[Finding]:
    """Every package that ours requires, against the versions that it was written for."""
    try:
        needed = requires(package) or []
    except PackageNotFoundError:
        yield Finding("packages", "problem", f"{package} is not installed", "in its folder: python -m pip install -e .")
        return
    wrong = looked = 0
    for requirement in map(Requirement, needed):
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        looked += 1
        name = requirement.name.replace("-", "_")  # as people know them
        cure = f"python -m pip install '{name}{requirement.specifier}'"
        try:
            found = version(name)
        except PackageNotFoundError:
            wrong += 1
            yield Finding(name, "problem", "not installed", cure)
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            wrong += 1
            yield Finding(name, "problem", f"{found}, and {requirement.specifier} is needed", cure)
        elif name in _ALONE:
            yield Finding(name, "ok", found)
    if not wrong:
        yield Finding("packages", "ok", f"all {looked} requirements are met")


def front_end(folders: list[str] | None = None) -> Iterator[Finding]:
    """The halves of the widgets that run in the page.

    Args:
        folders: Where JupyterLab looks for them; as Jupyter says, if left out.
    """
    places = [Path(folder) for folder in (jupyter_path("labextensions") if folders is None else folders)]
    missing = [
        package
        for package, extension in _FRONT_END.items()
        if not any((place / extension / "package.json").is_file() for place in places)
    ]
    if missing:
        yield Finding(
            "front end",
            "problem",
            f"JupyterLab would not find the page's half of {', '.join(missing)}: widgets would show as text",
            f"install them where JupyterLab is: python -m pip install --force-reinstall --no-deps {' '.join(missing)}; "
            "then reload the page",
        )
    else:
        yield Finding("front end", "ok", f"JupyterLab finds {', '.join(_FRONT_END)}")


def gpu_build() -> Iterator[Finding]:
    """PyTorch of several GB where a small one would do."""
    try:
        found = version("torch")
    except PackageNotFoundError:
        return  # said already
    if re.search(r"\+(cu|rocm)", found):
        yield Finding(
            "torch",
            "note",
            f"{found} is a GPU build of several GB; terrains train on the processor",
            "on a small disk: make clean, remove .venv, and make lab TORCH_INDEX=<index of CPU wheels>",
        )
