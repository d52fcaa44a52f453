"""Editing drawn paths in the page: by tools and mouse, and by the keyboard alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.browser.lab import LabPage
from tests.browser.studio_page import StudioPage

pytestmark = pytest.mark.browser

CELLS = [
    "import terrain_widgets as tw\nstudio = tw.Studio(sounds=tw.sounds()[:3])\ns = studio.session\n"
    "s.encode(wait=True)\nstudio"
]


def until(studio: StudioPage, code: str, good: Callable[[str], bool], seconds: float = 15.0) -> str:
    end = time.monotonic() + seconds
    said = ""
    while time.monotonic() < end:
        if good(said := studio.python(code)):
            return said
        time.sleep(0.1)
    raise AssertionError(f"{code} said {said}")


def test_tools_and_then_the_keyboard_alone(lab_page: LabPage) -> None:
    studio = StudioPage(lab_page, cells=CELLS)
    page = studio.page
    paths = "print({k: [[round(float(x), 2) for x in p] for p in d.values] for k, d in s.state.paths.items()})"

    page.get_by_role("button", name="Line", exact=True).click()
    for x, y in ((0.2, 0.2), (0.5, 0.4), (0.8, 0.2)):
        studio.point(0, x, y)
        page.mouse.down()
        page.mouse.up()
    page.keyboard.press("Enter")
    until(studio, paths, lambda said: "[[-0.6, 0.6], [0.0, 0.2], [0.6, 0.6]]" in said)

    page.get_by_role("button", name="Move", exact=True).click()
    studio.point(0, 0.5, 0.4)
    page.mouse.down()
    studio.point(0, 0.5, 0.6, steps=10)
    page.mouse.up()
    until(studio, paths, lambda said: "[[-0.6, 0.6], [0.0, -0.2], [0.6, 0.6]]" in said)
    page.keyboard.press("Control+z")
    until(studio, paths, lambda said: "[[-0.6, 0.6], [0.0, 0.2], [0.6, 0.6]]" in said)

    page.keyboard.press("e")
    studio.point(0, 0.65, 0.2)
    page.mouse.down()
    studio.point(0, 0.65, 0.4, steps=20)
    page.mouse.up()
    until(studio, "print(len(s.state.drawings))", lambda said: said == "2")
    lab_page.screenshot("drawing-erased")
    page.keyboard.press("Control+z")
    until(studio, "print(len(s.state.drawings))", lambda said: said == "1")
    assert studio.ink(0) == 0

    # from here on by keys: the plane has the focus
    page.mouse.move(5, 5)
    page.keyboard.press("p")
    until(studio, "print(studio.canvas.plane.pen.mode)", lambda said: said == "draw")
    studio.python("s.select('c2')")
    page.keyboard.press("Enter")
    for key in ["ArrowRight"] * 10 + ["ArrowDown"] * 10:
        page.keyboard.press(key)
    lab_page.screenshot("drawing-by-keys")
    page.keyboard.press("Enter")
    until(studio, "print(sorted(s.state.paths))", lambda said: said == "['c1', 'c2']")
    studio.python("s.select('c2')")
    page.keyboard.press("Delete")
    until(studio, "print(sorted(s.state.paths))", lambda said: said == "['c1']")
    page.keyboard.press("Control+z")
    until(studio, "print(sorted(s.state.paths))", lambda said: said == "['c1', 'c2']")

    studio.python("s.train(seconds=1, wait=True)")
    met = []
    page.locator("#jp-main-dock-panel .jp-OutputArea").first.evaluate("e => e.querySelector('button').focus()")
    for _ in range(80):  # from the first button on to the other plane, as a person without a mouse does
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement?.getAttribute('aria-label')?.startsWith('Terrain:')"):
            break
        met.append(page.evaluate("() => document.activeElement?.outerHTML.slice(0, 70)"))
    else:
        raise AssertionError(f"Tab does not reach the playing plane, but {met}")
    studio.python("s.host")
    page.keyboard.press("ArrowRight")
    until(studio, "print(s.host._gesture.gate)", lambda said: said == "True")
    page.keyboard.press(" ")
    until(studio, "print(s.host._gesture.gate)", lambda said: said == "False")
    assert lab_page.errors == []
