"""The studio's bar and marks: nothing moves Panic, and a kernel that was restarted is told of in words alone."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests.browser.lab import LabPage
from tests.browser.studio_page import StudioPage

pytestmark = pytest.mark.browser

_MARKED = """() => [...document.querySelectorAll('.tw-studio, .tw-studio *')]
    .filter(el => el.classList.contains('jupyter-widgets-disconnected'))
    .map(el => getComputedStyle(el, '::before').content)"""
_RESTART = """() => [...window.jupyterapp.shell.widgets('main')].find(w => w.context)
    .sessionContext.session.kernel.restart()"""
# What is under the middle of the line that says how far it is: nothing cuts it off.
_UPPERMOST = """line => {
    const box = line.getBoundingClientRect();
    return line.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
}"""


def test_sharing_moves_no_button_and_a_restarted_kernel_is_told_of_in_words(lab_page: LabPage) -> None:
    studio = StudioPage(lab_page, cells=["import terrain_widgets as tw\nstudio = tw.Studio()\nstudio"])
    page = studio.page
    studio.python("s.encode(wait=True); s.arrange(); s.train(seconds=None, epochs=20, wait=True)")
    panic = page.locator(".tw-top").get_by_role("button", name="Panic")
    line = page.locator(".tw-top .tw-file-state").locator("visible=true")
    for width in (1440, 1040):
        page.set_viewport_size({"width": width, "height": 900})
        time.sleep(0.5)
        before = panic.bounding_box()
        page.get_by_role("button", name="Share", exact=True).click()
        line.first.wait_for()
        assert panic.bounding_box() == before
        line.filter(has_text="is in your downloads").wait_for(timeout=60_000)
        assert panic.bounding_box() == before and line.first.evaluate(_UPPERMOST)
        lab_page.screenshot(f"studio_shares_{width}")
        line.first.click()  # it is read
        line.first.wait_for(state="hidden")
    sounds = page.locator(".tw-left .tw-list").bounding_box()
    dock = page.locator(".tw-left .tw-page").bounding_box()
    assert sounds is not None and dock is not None
    assert min(sounds["y"] + sounds["height"], dock["y"] + dock["height"]) - sounds["y"] > 2.5 * 64, "rows to be seen"
    page.mouse.move(sounds["x"] + sounds["width"] / 2, sounds["y"] + 90)
    page.mouse.wheel(0, 130)
    page.wait_for_function("() => document.querySelector('.tw-left .tw-list').scrollTop > 100")
    page.evaluate(_RESTART)
    page.get_by_text("The kernel was restarted, and this view is from before").first.wait_for()
    page.wait_for_function(f"() => ({_MARKED})().length > 5")
    assert set(page.evaluate(_MARKED)) == {"none"}
    lab_page.screenshot("studio_restarted")


def test_panic_after_a_restart_is_silence_until_a_press_and_is_said(lab_page: LabPage) -> None:
    studio = StudioPage(lab_page, cells=["import terrain_widgets as tw\nstudio = tw.Studio()\nstudio"])
    page = studio.page
    studio.python("s.encode(wait=True); s.arrange(); s.train(seconds=None, epochs=20, wait=True)")
    studio.turn_sound_on()
    studio.show("Play")
    studio.plane(1).scroll_into_view_if_needed()
    page.evaluate(_RESTART)
    page.get_by_text("The kernel was restarted, and this view is from before").first.wait_for()
    studio.point(1, 0.4, 0.5, steps=3)
    time.sleep(0.5)
    assert level(lab_page) > 1e-4
    page.keyboard.press("Escape")
    studio.says("Silent: press on the plane")
    studio.point(1, 0.45, 0.5, steps=3)
    assert level(lab_page) == 0
    lab_page.screenshot("studio_silent")
    page.mouse.down()
    time.sleep(0.5)
    assert level(lab_page) > 1e-4
    page.mouse.up()
    assert page.get_by_text("Silent: press on the plane").locator("visible=true").count() == 0
    assert lab_page.errors == []


def level(lab: LabPage) -> float:
    """Loudest sample that leaves the page within 0.3 s."""
    lab.heard()
    time.sleep(0.3)
    return float(np.abs(lab.heard()[1]).max())


def test_each_panel_opens_at_its_top_and_undo_is_a_key_in_the_list_of_sounds(lab_page: LabPage) -> None:
    studio = StudioPage(lab_page, cells=["import terrain_widgets as tw\nstudio = tw.Studio()\nstudio"])
    page = studio.page
    panel = studio.panel("right")
    studio.show("Bend")
    page.wait_for_function("() => document.querySelector('.tw-right .tw-panel:not(.tw-away) .tw-weights-layer')")
    assert panel.evaluate("panel => { panel.scrollTop = 200; return panel.scrollTop; }") > 100
    studio.show("Explore")
    assert panel.evaluate("panel => panel.scrollTop + panel.parentElement.scrollTop") == 0
    page.locator(".tw-left .tw-list").focus()
    for key, count in (("Delete", 9), ("Control+z", 10), ("Control+y", 9), ("Control+Shift+z", 9), ("Control+z", 10)):
        page.keyboard.press(key)
        studio.until("print(len(s.state.clips))", str(count).__eq__)
    assert lab_page.errors == []
