"""A saved notebook without its kernel: a picture, a sentence and a piece that plays; run again, the session is back."""

from __future__ import annotations

import time

import pytest

from tests.browser.lab import LabPage
from tests.browser.test_instrument import SEND
from tests.browser.test_piece import LISTEN

pytestmark = [
    pytest.mark.browser,
    pytest.mark.extra,  # 20 s; in every run its parts: test_saved_cell.py, kept_settings.test.js, test_piece.py
]

CELLS = ["import terrain_widgets as tw", 'instrument = tw.Instrument(saved="piece")\ninstrument']
PLAYED = """
import time
session = instrument.session
session.files.autosave._seconds = 0.2
points = tw.PointSet().placed([-0.5, 0], [0] * 8).placed([0.5, 0], [0, 1, 0, 0, 0, 0, 0, 0])
session.stage.sources.publish("terrain", tw.PointMap.fit(points, "nearest"))
session.draw(session.state.clips[0].id, [[-0.5, 0.0], [0.5, 0.5]])
session.stage.playheads.play([[-0.5, 0.0], [0.5, 0.0]], name="h", speed=0.1)
while not session.files.autosave.path.exists():
    time.sleep(0.1)
time.sleep(1.0)
"""
NOT_SAVED = """
session.files.autosave._seconds = 1000.0
session.stage.shape(scale=2.0)
"""
STATE = """
session = instrument.session
patch = session.stage.patch
print(len(session.state.drawings), patch["latents.scale"], patch["playheads.h.playing"], instrument.volume_db)
"""


def test_a_killed_kernel_leaves_a_picture_that_plays_and_the_cell_brings_all_back(lab_page: LabPage) -> None:
    page = lab_page.page
    lab_page.open(CELLS, name="saved.ipynb")
    lab_page.run_all()
    page.get_by_role("slider", name="Volume").fill("-24")
    lab_page.run_code(PLAYED)
    page.get_by_role("button", name="Pause h").wait_for()
    lab_page.run_code(NOT_SAVED)
    page.evaluate(SEND, [lab_page._path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
    page.get_by_role("button", name="Ok").click()
    page.get_by_role("button", name="Pause h").click()
    page.get_by_text("The kernel does not answer").wait_for()
    time.sleep(1.0)
    lab_page.wait_idle()
    lab_page.save()

    page.goto(f"{lab_page.server.url}/lab/tree/{lab_page._path}?token={lab_page.server.token}&reset")
    lab_page._wait_ready()
    page.get_by_alt_text("The drawing as it was").wait_for()
    page.get_by_text("Run this cell to go on where you were.").wait_for()
    error = page.get_by_text("model not found")
    error.wait_for(state="attached")
    assert not error.is_visible()
    lab_page.screenshot("saved-notebook")
    the_piece_plays(lab_page)

    lab_page.run_all()
    page.get_by_role("button", name="Play h").wait_for()
    assert lab_page.run_code(STATE) == "1 2.0 False -24.0\n"
    assert not page.get_by_alt_text("The drawing as it was").is_visible()
    assert lab_page.run_code("instrument.session.undo()" + STATE) == "1 1.0 False -24.0\n", "what is paused stays so"


def the_piece_plays(lab: LabPage) -> None:
    lab.page.get_by_text("Play it here, without a kernel").click()
    inside = lab.page.frame_locator("iframe[title='The instrument as it was']")
    inside.get_by_role("button", name="Turn sound on").click()
    inside.get_by_role("button", name="Turn sound off").wait_for()
    frame = next(frame for frame in lab.page.frames if frame.parent_frame is not None)
    frame.evaluate(LISTEN)
    inside.locator("canvas").hover(position={"x": 120, "y": 150})
    frame.wait_for_function("heard.some((m) => m.rmsDb > -60 && !m.silent)", timeout=20_000)
