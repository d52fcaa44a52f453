"""The main job in a real page: sounds are encoded, drawn for, trained on and heard, by mouse only."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from tests.browser.lab import LabPage
from tests.browser.studio_page import StudioPage, brightness, loudness

pytestmark = pytest.mark.browser
STROKES = [[(0.15, 0.2), (0.45, 0.12), (0.85, 0.3)], [(0.2, 0.85), (0.5, 0.6), (0.9, 0.8)]]


def _distance(points: np.ndarray, corners: np.ndarray) -> float:
    """Largest distance of a point from the poly-line through the corners."""
    best = np.full(len(points), np.inf)
    for a, b in zip(corners[:-1], corners[1:], strict=True):
        share = np.clip(((points - a) @ (b - a)) / ((b - a) @ (b - a)), 0, 1)
        best = np.minimum(best, np.linalg.norm(points - (a + share[:, None] * (b - a)), axis=1))
    return float(best.max())


@pytest.mark.extra  # of every run: test_first_sound.py, and drawing by mouse in test_drawing.py
@pytest.mark.parametrize("kernel", ["python3", "ipykernel6"])
def test_sound_to_sound_by_mouse(lab_page: LabPage, kernel: str) -> None:
    sound_to_sound(StudioPage(lab_page, kernel), kernel)


def sound_to_sound(studio: StudioPage, kernel: str) -> None:
    """The main job by mouse, whatever page the studio is in."""
    lab_page = studio.lab
    lab_page.screenshot(f"quickstart-1-open-{kernel}")
    studio.encode()

    for corners in STROKES:
        mouse = studio.stroke(corners)
        studio.page.wait_for_timeout(300)
        drawn = np.array(json.loads(studio.python("print(list(s.state.paths.values())[-1].values.tolist())")))
        assert _distance(drawn, mouse) < 0.02, "drawn points leave the mouse's path by more than 1 % of the plane"
        assert np.abs(drawn[[0, -1]] - mouse[[0, -1]]).max() < 0.02
    assert studio.ink() == 0, "the kernel has drawn the strokes, so their wet ink goes"
    lab_page.screenshot(f"quickstart-2-drawn-{kernel}")

    plane_before = studio.plane(0).screenshot()
    studio.show("Train")
    studio.page.get_by_role("spinbutton", name="Seconds").fill("6")
    studio.page.get_by_role("spinbutton", name="Seconds").press("Enter")
    studio.press("Train")
    seen = [0]
    stop = studio.stop
    stop.wait_for()
    while stop.is_visible():
        seen.append(len(studio.chart()))
        time.sleep(0.2)
    assert len(set(seen)) >= 5, f"the chart did not grow while training: {seen}"
    studio.page.get_by_role("button", name="Continue training").wait_for()
    losses = studio.chart()
    assert min(losses) < 0.5 * losses[0]
    studio.page.wait_for_timeout(1500)
    assert studio.plane(0).screenshot() != plane_before
    lab_page.screenshot(f"quickstart-3-trained-{kernel}")

    studio.plane(1).scroll_into_view_if_needed()
    studio.turn_sound_on()
    studio.point(1, *STROKES[0][0])
    time.sleep(1.5)
    first = studio.played()
    heard = []
    for stroke in STROKES:
        # Rest on the middle of each path: two places, two sounds.
        studio.point(1, *stroke[1], steps=20)
        time.sleep(1.0)
        lab_page.heard()
        time.sleep(1.5)
        heard.append(lab_page.heard())
    for step in range(15):  # and wander
        angle = step / 2
        studio.point(1, 0.5 + 0.4 * np.cos(angle), 0.5 + 0.4 * np.sin(1.3 * angle))
        time.sleep(0.04)
    last = studio.played()
    lab_page.screenshot(f"quickstart-4-playing-{kernel}")  # after the report: it stops the page's scripts for a while
    assert last >= first + 3, "the page made less than 3 s"
    for rate, audio in heard:
        assert loudness(audio, rate).max() > 1e-4, "silence"
        assert np.isfinite(audio).all() and np.abs(audio).max() <= 10 ** (-1 / 20)
    assert _sounds_differ(*heard), "moving the pointer changed nothing"

    studio.point(1, 0.5, 1.5)  # off the plane
    time.sleep(1.2)
    lab_page.heard()
    time.sleep(0.5)
    assert np.abs(lab_page.heard()[1]).max(initial=0.0) < 1e-3, "it still sounds after the pointer has left"
    assert lab_page.errors == []


def _sounds_differ(one: tuple[int, np.ndarray], two: tuple[int, np.ndarray]) -> bool:
    """By more than a quarter in loudness or in brightness."""
    loud = [loudness(audio, rate).mean() + 1e-9 for rate, audio in (one, two)]
    bright = [brightness(audio, rate) + 1e-9 for rate, audio in (one, two)]
    return bool(abs(np.log(loud[0] / loud[1])) > 0.25 or abs(np.log(bright[0] / bright[1])) > 0.25)
