"""While a cell keeps the kernel busy, the page keeps drawing and sounding."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests.browser.lab import LabPage
from tests.browser.studio_page import StudioPage, loudness
from tests.real_time import real_time

pytestmark = pytest.mark.browser
READY = """
s.encode(wait=True); s.arrange(); s.train(seconds=None, epochs=80, wait=True)
import numpy as np
z = s.stage.sources.shown(s.training.dataset.coordinates)[:, 1]
s.move(s.training.dataset.coordinates[int(np.argmax(z))], True)   # a loud place, before there is sound
"""
SENT_BY_KERNEL = "studio.play.sink.page_line = ''; studio.play.outputs.choose('stream')"
BYTECODE_LOOP = (
    "import time\nx, end = 0, time.monotonic() + 5\nwhile time.monotonic() < end:\n    for i in range(100000): x += i"
)
HOLD_THE_GIL = "import random\nr = [random.random() for _ in range(5_000_000)]\nr = sorted(r)"


def _sounding(lab_page: LabPage, kernel: str, ready: str = READY) -> StudioPage:
    studio = StudioPage(lab_page, kernel)
    studio.python(ready)
    studio.turn_sound_on()
    time.sleep(2.5)
    lab_page.heard()
    return studio


def _start_cell(studio: StudioPage, code: str) -> None:
    """Run code in the notebook's kernel without waiting for its end; ``window.busy`` tells whether it still runs."""
    studio.page.evaluate(
        """code => {
            const panel = [...window.jupyterapp.shell.widgets('main')].find(w => w.sessionContext?.session?.kernel);
            window.busy = true;
            panel.sessionContext.session.kernel.requestExecute({ code }).done.then(() => { window.busy = false; });
        }""",
        code,
    )


@real_time
@pytest.mark.extra  # the sound in test_page_sound.py, the ink in test_drawing.py
@pytest.mark.parametrize("kernel", ["python3", "ipykernel6"])
def test_a_python_loop_stops_neither_ink_nor_sound(lab_page: LabPage, kernel: str) -> None:
    studio = _sounding(lab_page, kernel)
    _start_cell(studio, BYTECODE_LOOP)
    time.sleep(0.5)
    studio.plane(0).scroll_into_view_if_needed()
    studio.point(0, 0.2, 0.5)
    studio.page.mouse.down()
    studio.point(0, 0.8, 0.45, steps=30)
    ink, busy = studio.ink(), studio.page.evaluate("window.busy")
    studio.page.mouse.up()
    assert busy, "the loop was over before anything was drawn"
    assert ink > 200, "no ink while the kernel is busy"
    studio.page.wait_for_function("() => !window.busy", timeout=30_000)
    rate, audio = lab_page.heard()  # all of the loop's 5 s
    levels = loudness(audio, rate)
    assert len(levels) >= 90
    assert levels.min() > 0.05 * np.median(levels), f"the sound stopped: {np.round(levels, 4).tolist()}"
    studio.page.wait_for_timeout(1500)
    assert studio.ink() == 0 and studio.python("print(len(s.state.paths))") == "10"
    assert lab_page.errors == []


@real_time
@pytest.mark.extra  # of every run: test_instrument.py, where a cell runs and the kernel dies
def test_a_held_lock_is_not_heard(lab_page: LabPage) -> None:
    studio = _sounding(lab_page, "python3")
    rate, before = lab_page.heard()
    _start_cell(studio, HOLD_THE_GIL)
    studio.page.wait_for_function("() => !window.busy", timeout=60_000)
    _, during = lab_page.heard()
    assert during.shape[1] > 2 * rate, "the lock was not held long enough for this test to mean anything"
    levels = loudness(during, rate)
    assert levels.min() > 0.3 * np.median(loudness(before, rate)), f"the sound stopped: {np.round(levels, 4).tolist()}"
    assert lab_page.errors == []


@real_time
@pytest.mark.extra  # in every run: that its lock is not heard where the engine sends, and the worklet's fades
def test_where_the_kernel_sends_a_held_lock_fades_says_so_and_comes_back(lab_page: LabPage) -> None:
    studio = _sounding(lab_page, "python3", READY + SENT_BY_KERNEL)
    rate, before = lab_page.heard()
    _start_cell(studio, HOLD_THE_GIL)
    studio.page.wait_for_function("() => !window.busy", timeout=60_000)
    ended = time.monotonic()
    studio.page.wait_for_timeout(1000)
    rate, during = lab_page.heard()
    studio.page.wait_for_timeout(max(0, 2000 - 1000 * (time.monotonic() - ended)))
    _, after = lab_page.heard()
    assert loudness(after, rate).min() > 0.05 * np.median(loudness(before, rate)), "no sound 1 s after the call's end"
    assert loudness(during, rate).min() < 1e-5, "the lock was not held long enough for this test to mean anything"
    studio.says("Sound stopped for", 5)
    # A click is a step between two samples; a fade has none larger than the music's own.
    assert np.abs(np.diff(during[0])).max() < 1.5 * np.abs(np.diff(np.concatenate([before[0], after[0]]))).max()
    assert lab_page.errors == []


def test_a_click_that_waits_is_said_to_and_a_tab_that_needs_no_kernel_does_not_wait(lab_page: LabPage) -> None:
    # ipykernel 7 takes clicks beside a cell, in a subshell
    studio = StudioPage(lab_page, "ipykernel6", ["import terrain_widgets as tw\nstudio = tw.Studio()\nstudio"])
    for tab in ("Takes", "Sounds"):
        studio.show(tab)
    _start_cell(studio, "import time\ntime.sleep(2.8)")  # from three seconds on it is said of every busy kernel
    studio.page.wait_for_timeout(200)
    studio.page.get_by_role("tab", name="Takes", exact=True).click()
    assert studio.page.locator('[role=tab][aria-selected="true"]', has_text="Takes").count() == 1
    assert studio.panel("left").count() == 1
    waits = studio.page.get_by_text("what was just done here waits").locator("visible=true")
    waits.first.wait_for(timeout=2000)
    assert studio.page.evaluate("window.busy"), "the cell was over before the page said so"
    studio.page.wait_for_function("() => !window.busy")
    waits.first.wait_for(state="hidden")
    assert studio.python("print(studio.left.shown)") == "takes"
    assert lab_page.errors == []
