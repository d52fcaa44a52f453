"""Every notebook runs as a learner meets it: first as it is stored, then exercise by exercise, wrong before right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbclient
import nbformat
import pytest
from nbformat import NotebookNode

from terrain_widgets.io.sound_files import sounds

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))
_SOLUTION = re.compile(
    r"^<details>\n<summary>Solution of exercise \d</summary>\n\n```python\n(.*)\n```\n\n</details>$", re.S
)


def _read(name: str) -> NotebookNode:
    return nbformat.read(FOLDER / name, as_version=4)


def _tagged(cell: NotebookNode) -> str:
    tags = cell.metadata.get("tags", [])
    return tags[0] if tags else ""


def _shown(cell: NotebookNode) -> str:
    return "\n".join(str(output.get("data", {}).get("text/plain", "")) for output in cell.outputs)


def test_there_are_eleven() -> None:
    assert [name[:2] for name in NOTEBOOKS] == [f"{k:02}" for k in range(11)]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_is_stored_clean_and_in_the_form_of_the_others(name: str) -> None:
    notebook = _read(name)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None
    kinds = [_tagged(cell) for cell in notebook.cells]
    exercises = [k for k, kind in enumerate(kinds) if kind == "exercise"]
    assert 2 <= len(exercises) <= 5
    for k in exercises:
        assert kinds[k : k + 3] == ["exercise", "check", "solution"]
        assert notebook.cells[k - 1].source.startswith("### Exercise ")
        assert _SOLUTION.match(notebook.cells[k + 2].source), "the solution is not folded away"
    assert sum(bool(kind) for kind in kinds) == 3 * len(exercises)
    beginning = notebook.cells[0].source
    assert "**You will hear**" in beginning and "**One idea.**" in beginning
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", "".join(cell.source for cell in notebook.cells)):
        assert (FOLDER / link).exists(), f"{link} leads nowhere"


@pytest.fixture(scope="module")
def kernel() -> Iterator[Callable[[str], NotebookNode]]:
    """Runs code in a kernel and gives the cell with its outputs. One kernel for all: torch is slow to come."""
    client = nbclient.NotebookClient(nbformat.v4.new_notebook(), timeout=100, kernel_name="python3")
    client.nb.cells = [nbformat.v4.new_code_cell()]  # execute_cell wants to know where a cell stands

    def run(source: str) -> NotebookNode:
        cell = nbformat.v4.new_code_cell(source)
        client.execute_cell(cell, 0)
        return cell

    with client.setup_kernel():
        yield run


@pytest.fixture
def run(kernel: Callable[[str], NotebookNode], tmp_path: Path) -> Iterator[Callable[[str], NotebookNode]]:
    """The kernel as if it were new: no names, and an empty folder."""
    kernel(f"%cd -q {tmp_path}")
    yield kernel
    kernel("[it.close() for it in list(globals().values()) if type(it).__name__ in ('Session', 'Studio')]")
    kernel("%reset -f")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_runs_and_its_checks_know_wrong_from_right(name: str, run: Callable[[str], NotebookNode]) -> None:
    cells = [cell for cell in _read(name).cells if cell.cell_type == "code" or _tagged(cell)]
    for cell in cells:  # Run All, nothing solved: no error, and a hint at every exercise
        if cell.cell_type == "code":
            done = run(cell.source)
            if _tagged(cell) == "check":
                assert re.match(r"Not yet\. Hint: .{20,}", _shown(done)), _shown(done)
            if cell.source.endswith("    beside(sound)") and "for sound in" in cell.source:
                shown = [str(output.get("data", {})) for output in done.outputs]
                assert sum("<audio" in text for text in shown) == 2 * len(sounds())
                assert sum("application/vnd.bokehjs_exec.v0+json" in text for text in shown) == len(sounds())
    first = next(k for k, cell in enumerate(cells) if _tagged(cell) == "check")
    for k, cell in enumerate(cells[first:], start=first):  # on from there as a learner does, solving one by one
        if _tagged(cell) == "check":
            assert _shown(run(cell.source)).startswith("Not yet. Hint: ")
            solution = _SOLUTION.match(cells[k + 1].source)
            assert solution is not None
            run(solution[1])
            assert _shown(verdict := run(cell.source)).startswith("✓ "), _shown(verdict)
        elif cell.cell_type == "code" and not _tagged(cell) and "beside(" not in cell.source:
            run(cell.source)
