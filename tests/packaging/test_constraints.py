"""The tested versions can be installed with every Python that the package is for."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from packaging.specifiers import SpecifierSet

REPOSITORY = Path(__file__).resolve().parents[2]


def test_each_pinned_version_is_for_the_oldest_python_too() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    oldest = re.sub(r"[^\d.]", "", project["requires-python"]) + ".0"
    pinned = re.findall(r"^([\w.-]+)==(\S+)", (REPOSITORY / "constraints.txt").read_text(), re.MULTILINE)
    wrong, seen = [], 0
    for name, version in pinned:
        try:
            found = metadata(name)
        except PackageNotFoundError:  # one of the documentation's
            continue
        seen += 1
        wanted = found.get("Requires-Python") or ""
        if found["Version"] == version and not SpecifierSet(wanted).contains(oldest):
            wrong.append(f"{name} {version} is for Python {wanted}")
    assert wrong == [] and seen > 50
