"""The way that the README and notebook 00 show: sound after at most three clicks, and nothing is lost by a reload."""

from __future__ import annotations

import contextlib
import io
import json
import time

import numpy as np
import pytest
from PIL import Image

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


def test_first_sound_in_at_most_three_clicks_and_a_reload_loses_nothing(
    lab_page: LabPage, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    studio = StudioPage(lab_page)
    with capsys.disabled():
        first_sound(studio, began)
    a_reload_loses_nothing(studio)


def first_sound(studio: StudioPage, began: float) -> None:
    """The shortcut, the sound and the hand, and what a screen reader says on the way."""
    lab_page, page = studio.lab, studio.page
    shown = time.monotonic()
    lab_page.screenshot("first-contact")
    assert page.get_by_role("group", name="Tour").is_visible()
    page.evaluate(_COUNT_CLICKS)
    page.evaluate(_LISTEN_LIKE_A_SCREEN_READER)
    studio.press("Play it for me")
    studio.press("Turn sound on")
    page.get_by_role("button", name="Sound off").first.wait_for()
    studio.says("Next: move over the stage, and hear it", 90)
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
    print(
        f"\nfirst sound {heard - shown:.1f} s after Run All had run, {heard - began:.1f} s after the notebook was "
        f"asked for, by {clicks} clicks"
    )
    assert clicks <= 3
    assert np.isfinite(audio).all()
    page.wait_for_timeout(2000)
    said, changes = page.evaluate("() => [window.said, window.changes]")
    assert said[0].startswith("Next: wait a moment") and "move over the stage" in said[-1], said
    assert len(said) <= 4 + (heard - shown) / 4 < changes, f"{len(said)} announcements of {changes} changes"
    assert studio.python("print(len(s.state.paths), len(s.sounds.encoded), s.shortcut.running)") == "10 10 False"
    assert lab_page.errors == []


def a_reload_loses_nothing(studio: StudioPage) -> None:
    """A stroke of before the reload, one of after it and its erasing are three steps back."""
    lab_page = studio.lab
    studio.show("Train")
    points = _charted(studio)
    steps = [_paths(studio)]
    studio.stroke([(0.15, 0.2), (0.45, 0.12), (0.85, 0.3)])
    steps.append(_until_other_paths(studio, steps[-1]))
    studio.python("studio.plane.look_closer(1.5)")
    studio.show("Train")
    studio.page.wait_for_timeout(2000)
    before = studio.planes.first.screenshot()
    lab_page.save()
    lab_page.reload()
    studio.page.get_by_role("button", name="Turn sound on").first.wait_for()
    studio.page.wait_for_timeout(2000)
    assert _charted(studio) == points
    assert studio.python("print(s.stage.sources.shown is not None)") == "True"
    assert _paths(studio) == steps[-1]
    after = studio.planes.first.screenshot()
    assert len({bytes(c) for c in _pixels(after)}) > 200, "the plane came back without its picture"
    assert np.abs(_pixels(before).astype(int).mean(0) - _pixels(after).mean(0)).max() < 12
    assert studio.python("print(round(2 / (studio.plane.view.right - studio.plane.view.left), 2))") == "1.5"
    on = studio.page.locator('.tw-studio :is([role=radio][aria-checked="true"], [role=tab][aria-selected="true"])')
    assert sorted(on.all_inner_texts()) == ["Draw", "Sounds", "Train"], "mode and tabs are those of before"
    studio.stroke([(0.2, 0.85), (0.5, 0.6), (0.9, 0.8)])
    steps.append(_until_other_paths(studio, steps[-1]))
    studio.show("Paths")
    studio.panel("right").get_by_role("button", name="Erase").click()
    now = _until_other_paths(studio, steps[-1])
    for earlier in reversed(steps):
        studio.page.get_by_role("toolbar", name="History").get_by_role("button").first.click()
        now = _until_other_paths(studio, now)
        assert now == earlier
    assert lab_page.errors == []


def _charted(studio: StudioPage) -> int:
    """How many points the loss chart has, as soon as it has some."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(AssertionError):  # no chart yet
            if points := len(studio.chart()):
                return points
        time.sleep(0.1)
    raise AssertionError("the loss chart stays empty")


def _paths(studio: StudioPage) -> str:
    return studio.python("print([p.values.round(2).tolist() for p in s.state.paths.values()])")


def _until_other_paths(studio: StudioPage, old: str) -> str:
    """What the kernel's paths become; a slow machine takes its time from the mouse to there."""
    deadline = time.monotonic() + 30
    while (now := _paths(studio)) == old and time.monotonic() < deadline:
        time.sleep(0.1)
    assert now != old
    return now


def _pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).reshape(-1, 3)
