"""The listening notebook runs from top to bottom, and is stored without what it showed."""

from __future__ import annotations

from pathlib import Path

import nbclient
import nbformat
import pytest

from terrain_widgets.io.sound_files import sounds

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01_listening.ipynb"


def test_it_is_stored_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None


@pytest.mark.slow
def test_every_bundled_sound_stands_beside_its_reconstruction() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOK.parent)}}
    )
    client.execute()
    pairs = next(cell for cell in notebook.cells if "beside(sound)" in cell.source)
    shown = [str(output.get("data", {})) for output in pairs.outputs]
    assert sum("<audio" in text for text in shown) == 2 * len(sounds())
    assert sum("application/vnd.bokehjs_exec.v0+json" in text for text in shown) == len(sounds())
