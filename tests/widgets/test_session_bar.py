"""The panel of files without a page: what it says of a session that it has opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from terrain_widgets.audio.patch import Patch
from terrain_widgets.io.autosaves import SUFFIX
from terrain_widgets.session.session import Session
from terrain_widgets.studio import Studio
from terrain_widgets.widgets.base.ui_thread import ui
from tests.session.doubles import tones


def settle() -> None:
    for _ in range(3):
        assert ui.flush()


@pytest.mark.parametrize(
    ("unknown", "said"), [({"reverb.size": 0.5}, "no parameter 'reverb.size'"), ({}, "3 sounds, 1 drawings")]
)
def test_what_is_left_out_of_a_recovered_session_is_said(
    unknown: dict[str, float], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAIN_WIDGETS_AUTOSAVE", str(tmp_path))
    before = Session(sounds=tones())
    before.draw("c1", [[0, 0], [1, 1]])
    with monkeypatch.context() as patched:
        patched.setattr(Patch, "to_json", lambda self: unknown)
        before.save(tmp_path / f"before{SUFFIX}")
    before.close()
    studio = Studio(Session(sounds=tones()))
    studio.show("files")
    settle()
    studio.files.press(studio.files.actions["recover"])
    settle()
    assert said in studio.files._notice.value
    assert set(studio.session.state.paths) == {"c1"}
    studio.close()
