"""Moving curves, presets by key, and a curve drawn into the decoder's weights, in a page that makes the sound."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.browser.axe import serious_findings
from tests.browser.lab import SCREENSHOTS, LabPage
from tests.browser.studio_page import StudioPage

pytestmark = pytest.mark.browser

CELLS = [
    "import terrain_widgets as tw, ipywidgets\nfrom types import SimpleNamespace\n"
    "s = tw.Session(sounds=[])\nplay = tw.PlayWidget(s)\nstudio = SimpleNamespace(session=s, play=play)\n"
    "s.stage.presets.keep('still')\ns.stage.modulators.set(energy=2.5, jump=-80)\ns.stage.presets.keep('moving')\n"
    "ipywidgets.VBox([play, ipywidgets.HBox([tw.ModulatePanel(s), tw.PresetsPanel(s), tw.BendingPanel(s)])])"
]
CURVES = ".tw-curves canvas"


def test_curves_move_a_key_recalls_and_a_drawn_curve_is_heard_and_taken_back(lab_page: LabPage) -> None:
    studio = StudioPage(lab_page, cells=CELLS)
    page = studio.page
    studio.turn_sound_on()
    studio.python("s.stage.sliders.take([-0.3, 1, 0, 0, 0, 0, 0, 0]); s.stage.sliders.hear()")
    before = studio.picture(CURVES)
    until(lambda: studio.picture(CURVES) != before)
    page.locator(".tw-panel").nth(1).screenshot(path=SCREENSHOTS / "modulate.png")

    pads = page.locator(".tw-pads")
    pads.locator("button").first.focus()
    page.keyboard.press("1")
    until(lambda: studio.python("print(s.stage.modulators['energy'], s.stage.presets.recalled)") == "0.0 still")
    page.locator(CURVES).wait_for(state="hidden")
    assert pads.locator("button[aria-pressed=true]").inner_text() == "1 still"

    for layer in ("net.0.bias", "net.9.weight"):
        page.locator(f".tw-weights-layer[aria-label^='{layer},']").click()
        page.locator(f".tw-weights-layer[aria-checked=true][aria-label^='{layer},']").wait_for()
    own = recorded(studio, "own")
    box = page.locator(".tw-weights-draw")
    box.scroll_into_view_if_needed()
    area = box.bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + 5, area["y"] + 0.3 * area["height"])
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] - 5, area["y"] + 0.6 * area["height"], steps=4)
    page.mouse.up()
    until(lambda: studio.python("print(len(s.stage.bending.bend.steps))") == "1")
    assert distance(own, recorded(studio, "bent")) > 0.3
    studio.press("Take all back")
    until(lambda: studio.python("print(len(s.stage.bending.bend.steps))") == "0")
    assert (recorded(studio, "taken-back") == own).all(), "the difference is not silence"
    box.focus()
    page.keyboard.press("ArrowUp")
    until(lambda: studio.python("print(len(s.stage.bending.bend.steps))") == "1")
    assert "place 5 of 9" in (box.get_attribute("aria-valuetext") or "")
    studio.press("Take all back")
    assert serious_findings(page, ".tw-panel") == []


def recorded(studio: StudioPage, name: str) -> np.ndarray:
    """The first half second of what the page records; a recording begins with a fresh engine's state."""
    path = studio.python(f"print(s.sound.record({name!r}, 1.0))")
    whole = Path(path).with_suffix(".json")
    until(whole.is_file)
    return soundfile.read(path, dtype="float32")[0][: 44100 // 2]


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """How far apart the spectra of two sounds are, as a share of the first."""
    first, second = (np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) for sound in (one, other))
    return float(np.linalg.norm(first - second) / np.linalg.norm(first))


def until(good: Callable[[], bool], seconds: float = 25.0) -> None:
    end = time.monotonic() + seconds
    while not good():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
