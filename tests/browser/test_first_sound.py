"""The way that the README and notebook 00 show: sound after at most three clicks, and what one reads on it."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from tests.browser.lab import LabPage
from tests.browser.studio_page import StudioPage, loudness

pytestmark = pytest.mark.browser
# What the status line would have a screen reader say: its text whenever it changes while the line is live.
_LISTEN_LIKE_A_SCREEN_READER = """() => {
    const line = document.querySelector(".tw-studio .tw-text-strong");
    window.said = [];
    window.changes = 0;
    new MutationObserver(records => {
        if (!records.some(record => record.type === "childList")) return;
        window.changes++;
        if (line.getAttribute("aria-live") !== "off") window.said.push(line.textContent);
    }).observe(line, { childList: true });
}"""
_COUNT_CLICKS = "() => { window.clicks = 0; addEventListener('click', () => window.clicks++, true); }"


def test_first_sound_in_at_most_three_clicks(lab_page: LabPage, capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    studio = StudioPage(lab_page)
    page = studio.page
    shown = time.monotonic()
    lab_page.screenshot("first-contact")
    assert page.get_by_role("group", name="Tour").is_visible()
    page.evaluate(_COUNT_CLICKS)
    page.evaluate(_LISTEN_LIKE_A_SCREEN_READER)
    studio.press("Play it for me")
    studio.press("Turn sound on")
    page.get_by_role("button", name="Sound off").first.wait_for()
    studio.says("turn the sound on and play the stage", 90)
    places = json.loads(studio.python("print(s.training.dataset.coordinates[::3].tolist())"))
    lab_page.heard()
    heard = None
    for x, y in places:  # along the sounds, as they were laid out
        studio.point(1, (x + 1) / 2, (1 - y) / 2)
        time.sleep(0.03)
        rate, audio = lab_page.heard()
        if rate and audio.shape[1] and loudness(audio, rate, 0.02).max(initial=0.0) > 1e-3:
            heard = time.monotonic()
            break
    assert heard is not None, "nothing was heard along all paths"
    clicks = page.evaluate("() => window.clicks")
    with capsys.disabled():
        print(
            f"\nfirst sound {heard - shown:.1f} s after Run All had run, {heard - began:.1f} s after the notebook was "
            f"asked for, by {clicks} clicks"
        )
    assert clicks <= 3
    assert np.isfinite(audio).all()
    page.wait_for_timeout(2000)
    said, changes = page.evaluate("() => [window.said, window.changes]")
    assert said[0].startswith("Next: wait a moment") and "turn the sound on" in said[-1], said
    assert len(said) <= 4 + (heard - shown) / 4 < changes, f"{len(said)} announcements of {changes} changes"
    assert studio.python("print(len(s.state.paths), len(s.sounds.encoded), s.shortcut.running)") == "10 10 False"
    assert lab_page.errors == []
