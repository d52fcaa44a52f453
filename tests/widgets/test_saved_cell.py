"""A cell of a saved notebook goes on where it was, and opens nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from terrain_widgets.io.autosaves import autosave_folder, new_autosave
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.files import saved_cell
from terrain_widgets.widgets.plane.still import with_still
from tests.session.doubles import LevelCodec, tones


@pytest.fixture(name="folder")
def autosaved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TERRAIN_WIDGETS_AUTOSAVE", str(tmp_path / "autosave"))
    autosave_folder().mkdir(parents=True)
    return tmp_path


def notebook(folder: Path, names: list[str], cell: str = "c1") -> str:
    output = {"output_type": "display_data", "data": {}, "metadata": {"terrain_widgets": {"autosaves": names}}}
    cells = [{"id": "c0", "cell_type": "markdown"}, {"id": cell, "cell_type": "code", "outputs": [output]}]
    (folder / "n.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")
    return str(folder / "n.ipynb")


class Shown:
    """What a cell shows, as IPython keeps it."""

    def __init__(self) -> None:
        self.outputs: list[tuple[dict[str, str], dict[str, Any]]] = []

    def display(self, data: dict[str, str], raw: bool, metadata: dict[str, Any], display_id: bool) -> Shown:
        assert raw and display_id
        self.update(data, raw, metadata)
        return self

    def update(self, data: dict[str, str], raw: bool, metadata: dict[str, Any]) -> None:
        self.outputs.append((data, metadata))


def test_the_newest_named_autosave_of_another_kernel_is_found_and_no_other_file(folder: Path) -> None:
    old, new = "2026-01-01 10.00.00 1-1.terrain.zip", "2026-01-02 10.00.00 2-1.terrain.zip"
    mine = new_autosave().name
    for name in (old, mine):
        (autosave_folder() / name).write_bytes(b"zip")
    (folder / "secret.terrain.zip").write_bytes(b"zip")
    found = saved_cell.autosave_of_cell
    assert found(notebook(folder, [mine, new, old]), "c1") == autosave_folder() / old, "the newer one was never written"
    assert found(notebook(folder, ["../secret.terrain.zip", "/etc/passwd"]), "c1") is None
    assert found(notebook(folder, [old]), "c0") is None and found("", "c1") is None
    (folder / "n.ipynb").write_text("no notebook", "utf-8")
    assert found(str(folder / "n.ipynb"), "c1") is None


def test_a_piece_in_the_output_is_text_of_a_sandboxed_frame_and_the_picture_needs_none() -> None:
    assert "iframe" not in saved_cell.still_block(b"PNG")
    block = saved_cell.still_block(b"PNG", '<p title="a">&</p>"><script>alert(1)</script>')
    assert "<script" not in block and 'sandbox="allow-scripts"' in block and "&lt;p title=&quot;a&quot;&gt;" in block


def test_a_cell_that_runs_again_has_the_session_that_it_showed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown()
    monkeypatch.setattr("IPython.display.display", shown.display)
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / "n.ipynb"))
    monkeypatch.setattr(saved_cell, "_cell_id", lambda: "c1")
    before = Session(codec=LevelCodec(), sounds=tones(1))
    before.draw("c1", [[0, 0], [0.5, 0.5]])
    name = "2026-01-01 10.00.00 1-1.terrain.zip"
    before.save(autosave_folder() / name)
    before.close()
    notebook(folder, [name])
    after = Session(codec=LevelCodec(), sounds=[])
    monkeypatch.setattr(after, "open", lambda path: after.add_sound(tones(1)[0]), raising=False)
    assert saved_cell.resume(after) and len(after.state.clips) == 1
    after.files.autosave.start()
    pictures = iter([b"PNG", b"PNG of what was drawn"])
    left = saved_cell.leave(after, lambda session: next(pictures))
    own = with_still({"application/x": "widget", "text/plain": "Studio()"}, left)
    assert own == {"application/x": "widget", "text/plain": ""}, "one picture, and that is the one that is renewed"
    (data, metadata) = shown.outputs[0]
    assert "Run this cell to go on where you were." in data["text/html"] and "<img" in data["text/html"]
    assert metadata["terrain_widgets"]["autosaves"][1] == name, "until the new one is written, the old one counts"
    after.draw("c1", [[0, 0], [0.5, 0.5]])
    after.files.autosave._save()
    assert ui.flush() and len(shown.outputs) == 2, "the picture is that of what was saved"
    assert shown.outputs[1][0]["text/html"] != data["text/html"] and shown.outputs[1][1] == metadata
    after.close()
