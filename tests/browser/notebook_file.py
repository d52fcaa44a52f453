"""Notebooks for tests: written from a list of cells, or given another kernel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent

import nbformat
from nbformat import v4


def write_notebook(path: Path, cells: Sequence[str], kernel: str = "python3") -> None:
    """Write a notebook of code cells.

    Args:
        path: The file.
        cells: Code of each cell; common indentation is removed.
        kernel: Name of the kernelspec that opens with it.
    """
    notebook = v4.new_notebook(cells=[v4.new_code_cell(dedent(cell).strip()) for cell in cells])
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(notebook, path, kernel)


def set_kernel(path: Path, kernel: str) -> None:
    """Make a notebook file open with another kernel."""
    _write(nbformat.read(path, 4), path, kernel)


def _write(notebook: nbformat.NotebookNode, path: Path, kernel: str) -> None:
    notebook.metadata["kernelspec"] = {"name": kernel, "display_name": kernel, "language": "python"}
    nbformat.write(notebook, path)
