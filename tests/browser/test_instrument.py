"""The instrument in JupyterLab: its sound is made in the page, and needs no kernel once it plays."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator

from tests.browser.axe import serious_findings
from tests.browser.lab import LabPage

pytestmark = pytest.mark.browser

CELLS = [
    """
import numpy as np
import terrain_widgets as tw

quiet, louder = [0, 0, 0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0]
points = tw.PointSet().placed([-0.5, 0], quiet).placed([0.5, 0], louder)
session = tw.Session(sounds=[])
session.stage.sources.publish("terrain", tw.PointMap.fit(points, "nearest"))
""",
    "instrument = tw.Instrument(session)\ninstrument",
]
SEND = """([path, code]) => {
    const panel = [...window.jupyterapp.shell.widgets('main')].find(w => w.context?.path === path);
    panel.sessionContext.session.kernel.requestExecute({ code });
}"""


@pytest.fixture(name="plane")
def played_plane(lab_page: LabPage) -> Iterator[Locator]:
    """The plane of an instrument whose sound is on."""
    lab_page.open(CELLS)
    lab_page.run_all()
    page = lab_page.page
    page.get_by_role("button", name="Turn sound on").click()
    page.get_by_role("button", name="Turn sound off").wait_for()
    yield page.get_by_role("application")


def level(lab: LabPage, seconds: float) -> tuple[float, int]:
    """RMS of what left the page within a time, and how many whole quanta of it were silent."""
    lab.heard()
    time.sleep(seconds)
    _, audio = lab.heard()
    quanta = audio[0, : audio.shape[1] // 128 * 128].reshape(-1, 128)
    return float(np.sqrt(np.mean(audio**2))), int((np.abs(quanta).max(axis=1) == 0).sum())


RESTART = """path => [...window.jupyterapp.shell.widgets('main')].find(w => w.context?.path === path)
    .sessionContext.session.kernel.restart()"""


def hover(plane: Locator, x: float, y: float) -> None:
    box = plane.bounding_box()
    assert box is not None
    plane.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])


def test_it_plays_without_an_engine_in_the_kernel_and_a_busy_kernel_and_a_dead_one_stop_nothing(
    lab_page: LabPage, plane: Locator
) -> None:
    plays_under_the_pointer(lab_page, plane)
    what_the_kernel_changes_is_heard(lab_page, plane)
    assert lab_page.errors == []
    a_busy_kernel_and_a_dead_one_stop_nothing(lab_page, plane)


def plays_under_the_pointer(lab_page: LabPage, plane: Locator) -> None:
    assert level(lab_page, 0.3)[0] == 0
    hover(plane, 0.25, 0.5)
    time.sleep(0.3)
    quiet = level(lab_page, 0.5)[0]
    hover(plane, 0.75, 0.5)
    time.sleep(0.3)
    loud = level(lab_page, 0.5)[0]
    assert quiet > 1e-4 and loud > 2 * quiet
    assert lab_page.run_code("print(session.sound.engine)") == "<PageHost 'pebble' plays>\n"
    place = lab_page.run_code("print(session.sound.hand.place.round(1).tolist(), session.sound.hand.down)")
    assert place == "[0.5, 0.0] True\n" or place == "[0.5, -0.0] True\n"
    plane.press("Escape")
    time.sleep(0.3)
    assert level(lab_page, 0.3)[0] == 0
    plane.page.mouse.move(0, 0)  # a hand that was down has to lift before it sounds again
    assert serious_findings(plane.page, ".tw-instrument") == []


def what_the_kernel_changes_is_heard(lab_page: LabPage, plane: Locator) -> None:
    hover(plane, 0.25, 0.5)
    time.sleep(0.3)
    before = level(lab_page, 0.5)[0]
    lab_page.run_code("session.stage.shape(offset=[0, 1.5, 0, 0, 0, 0, 0, 0])")
    time.sleep(0.8)
    assert level(lab_page, 0.5)[0] > 2 * before
    lab_page.run_code("session.stage.playheads.play([[-0.5, 0.0], [0.5, 0.0]], name='h', speed=0.1)")
    plane.page.get_by_role("button", name="Pause h").click()
    time.sleep(0.5)
    assert lab_page.run_code("print(session.stage.patch['playheads.h.playing'])") == "False\n"
    lab_page.run_code("session.stage.modulators.set(energy=1.0)")
    plane.page.get_by_label("Amount of movement").press("ArrowLeft")  # which JupyterLab would take for itself
    for _ in range(40):
        if lab_page.run_code("print(session.stage.patch['modulators.amount'])") == "0.99\n":
            break
        time.sleep(0.5)
    else:
        pytest.fail("the slider does not answer the arrow keys")
    lab_page.run_code("session.stage.modulators.set(energy=0.0)")


def a_busy_kernel_and_a_dead_one_stop_nothing(lab_page: LabPage, plane: Locator) -> None:
    lab_page.run_code("session.stage.playheads.play([[-0.5, 0.0], [0.5, 0.0]], name='h', speed=0.1)")
    page = plane.page
    page.get_by_role("button", name="Pause h").wait_for()
    time.sleep(0.5)
    page.evaluate(SEND, [lab_page._path, "import time; time.sleep(3)"])
    for k in range(6):
        hover(plane, 0.3 + 0.05 * k, 0.5)
        heard, silent = level(lab_page, 0.25)
        assert heard > 1e-4 and silent == 0, "while a cell runs"
    lab_page.wait_idle()
    page.evaluate(SEND, [lab_page._path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
    for k in range(10):
        heard, silent = level(lab_page, 0.4)
        assert heard > 1e-4 and silent == 0, f"{0.4 * k} s after the kernel's end"
    page.get_by_role("button", name="Ok").click()  # JupyterLab's own dialog lay over the plane
    page.get_by_role("button", name="Pause h").click()
    time.sleep(0.6)
    assert level(lab_page, 0.3)[0] < 1e-5
    hover(plane, 0.6, 0.5)
    time.sleep(0.3)
    assert level(lab_page, 0.4)[0] > 1e-4


def test_a_restarted_kernel_leaves_no_error_and_after_panic_a_press_sounds(lab_page: LabPage, plane: Locator) -> None:
    page = plane.page
    plane.scroll_into_view_if_needed()
    hover(plane, 0.75, 0.5)
    page.evaluate(RESTART, lab_page._path)
    page.get_by_role("status").filter(has_text="The kernel does not answer").wait_for()
    hover(plane, 0.7, 0.5)
    time.sleep(0.3)
    assert level(lab_page, 0.3)[0] > 1e-4
    page.keyboard.press("Escape")
    silent = page.get_by_role("status").filter(has_text="Silent: press on the plane")
    silent.wait_for()
    hover(plane, 0.65, 0.5)
    assert level(lab_page, 0.3)[0] == 0
    lab_page.screenshot("instrument_silent")
    page.mouse.down()
    silent.wait_for(state="hidden")
    time.sleep(0.2)
    assert level(lab_page, 0.3)[0] > 1e-4
    page.mouse.up()
    assert lab_page.errors == []


def test_a_take_is_recorded_in_its_page_and_is_whole_where_another_codec_ends_it(
    lab_page: LabPage, plane: Locator
) -> None:
    hover(plane, 0.75, 0.5)
    lab_page.run_code('path = session.sound.record("instrument-take.wav")')
    time.sleep(1.0)
    hover(plane, 0.25, 0.5)
    time.sleep(0.5)
    lab_page.run_code("""
other = tw.Session()
session.sounds.use_loaded(tw.load_codec("mosaic", [clip.sound for clip in other.state.clips[:1]]), "mosaic")
session.sound.start()
""")
    time.sleep(1.5)  # the page tells the rest
    told = lab_page.run_code("""
import soundfile
take = tw.read_take(path)
made = tw.Session(sounds=[]).stage.replay(take)
heard = soundfile.read(path, dtype="float32")[0]
print(len(heard), np.abs(made[0, :len(heard)] - heard).max(), np.abs(heard).max())
""")
    samples, difference, peak = (float(word) for word in told.split())
    assert samples > 44100 and difference < 1e-5 and peak > 1e-3, told
    assert lab_page.errors == []
