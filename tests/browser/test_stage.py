"""Playheads, recording and the kernel's sound card, by mouse in a real page."""

from __future__ import annotations

import time
from pathlib import PurePath

import numpy as np
import pytest
import soundfile

from tests.audio.pulse import RATE, PulseServer, pulse  # noqa: F401  a fixture
from tests.browser.lab import LabPage
from tests.browser.studio_page import StudioPage, loudness
from tests.real_time import real_time

pytestmark = pytest.mark.browser
_STUDIO = "import terrain_widgets as tw\nstudio = tw.Studio()\nstudio"


def ready(studio: StudioPage) -> None:
    """Trained on all sounds, ready to be played; by mouse it is in test_quickstart.py."""
    studio.python("s.encode(wait=True); s.arrange(); s.train(seconds=None, epochs=100, wait=True)")


def heard_for(lab: LabPage, seconds: float) -> np.ndarray:
    """RMS of every 50 ms that the page sends to its loudspeakers from now on."""
    lab.heard()
    time.sleep(seconds)
    rate, audio = lab.heard()
    return loudness(audio, rate)


def test_a_path_plays_by_itself_and_is_recorded(lab_page: LabPage) -> None:
    studio = StudioPage(lab_page, cells=[_STUDIO])
    ready(studio)
    studio.turn_sound_on()
    studio.show("Play")
    studio.press("Play")
    studio.page.get_by_role("button", name="Pause").wait_for()
    studio.press("Record")
    deadline = time.monotonic() + 20
    while np.percentile(heard_for(lab_page, 1.0), 75) < 1e-3:  # nothing was touched, and yet it sounds
        assert time.monotonic() < deadline
    speed = studio.page.get_by_role("spinbutton", name="Speed, value")
    speed.fill("-0.5")
    speed.press("Enter")
    studio.until("print([h.speed for h in s.stage.playheads.now.values()])", "[-0.5]".__eq__)
    studio.page.keyboard.press("Escape")  # panic: also what plays by itself
    studio.page.get_by_title("Play along this path").wait_for()
    time.sleep(0.5)
    assert heard_for(lab_page, 1.0).max() < 1e-6
    studio.press("Stop recording")
    studio.says("how it was played beside it")
    name = studio.python("import pathlib; print(sorted(pathlib.Path().glob('takes/take-*.wav'))[-1])")
    sound, rate = soundfile.read(lab_page.server.root / name, dtype="float32", always_2d=True)
    assert rate == 44100 and np.sqrt(np.mean(sound**2)) > 1e-3
    difference = studio.python(
        f"import numpy as np, soundfile\nx = soundfile.read({name!r}, dtype='float32', always_2d=True)[0].T\n"
        f"print(np.abs(s.replay({name!r}) - x).max() < 1e-5)"
    )
    assert difference == "True"
    studio.show("Takes")
    takes = studio.panel("left")
    assert takes.locator("option").all_inner_texts()[0].startswith(f"{PurePath(name).name} · ")
    takes.get_by_role("button", name="Listen").click()
    studio.says("what its gestures play; each sample should be the same")
    takes.get_by_role("button", name="Stop", exact=True).wait_for()
    studio.plane(1).scroll_into_view_if_needed()
    lab_page.screenshot("stage")
    assert lab_page.errors == []


@real_time
@pytest.mark.extra  # device and choice by themselves: tests/audio/hosts/test_faults.py, test_sound_panel.py
def test_the_kernels_sound_card_is_one_click_away(lab_page: LabPage, pulse: PulseServer) -> None:  # noqa: F811 - the fixture
    studio = StudioPage(lab_page, cells=[f"import os\nos.environ.update({pulse.variables!r})", _STUDIO])
    ready(studio)
    studio.show("Play")
    menu = studio.page.get_by_role("combobox", name="Output")
    device = menu.locator("option", has_text="default").first.get_attribute("value")
    assert device is not None and device.startswith("device:")
    menu.select_option(device)
    studio.says("because you chose it")
    recorder = pulse.recorder()
    recorder.start()
    studio.turn_sound_on()
    studio.show("Play")
    studio.press("Play")
    studio.page.get_by_role("button", name="Pause").wait_for()
    time.sleep(3.0)
    lab_page.screenshot("sound-card")
    rate, page = lab_page.heard()
    assert rate == 0 or np.abs(page).max() == 0.0, "the page itself is silent"
    studio.page.keyboard.press("Escape")
    time.sleep(1.0)
    levels = loudness(recorder.stop(), RATE)
    assert levels[-12:-3].max() < 1e-5 < 1e-3 < np.percentile(levels[20:], 60)
    # back to the page is one choice, too: the choice is the click that browsers want
    menu.select_option("page")
    studio.press("Play")
    assert np.percentile(heard_for(lab_page, 3.0), 75) > 1e-3
    assert lab_page.errors == []
