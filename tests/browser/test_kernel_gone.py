"""A kernel that is gone, or restarted, is said to be in every view, soon."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.lab import LabPage

pytestmark = pytest.mark.browser

CELLS = ["import terrain_widgets as tw\ns = tw.Session(sounds=[])\ntw.EncoderPanel(s)", "d = tw.DrawingCanvas(s)\nd"]


def answer_with(lab_page: LabPage, path: str, old: Any) -> None:
    """From now on the page is told this when it asks for all kernels or sessions."""
    lab_page.page.route(re.compile(rf"/api/{path}(\?|$)"), lambda route: route.fulfill(json=old))


def test_a_kernel_that_another_page_ends_is_missed_soon_and_what_was_drawn_is_kept(
    lab_page: LabPage,
) -> None:
    lab_page.open(CELLS)
    lab_page.run_all()
    lab_page.page.locator("canvas[role=application]").wait_for()
    with lab_page.page.expect_response(lambda answer: "no_track_activity" in answer.url):
        pass  # the view has asked for its kernel
    gone = lab_page.page.get_by_role("alert").filter(has_text="The kernel behind this view is gone")
    assert gone.count() == 0
    # JupyterLab asks every ten seconds; what it is told from here on is as old as that.
    for path in ("kernels", "sessions"):
        answer_with(lab_page, path, lab_page.server.request("GET", f"/api/{path}"))
    for kernel in lab_page.server.request("GET", "/api/kernels"):
        lab_page.server.request("DELETE", f"/api/kernels/{kernel['id']}")
    gone.nth(1).wait_for()  # that a second is enough is a test of its own, with a clock of its own
    assert gone.count() == 2

    plane = lab_page.page.locator("canvas[role=application]")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    assert box is not None
    lab_page.page.mouse.move(box["x"] + 60, box["y"] + 60)
    lab_page.page.mouse.down()
    lab_page.page.mouse.move(box["x"] + 160, box["y"] + 100, steps=10)
    lab_page.page.mouse.up()
    lab_page.page.get_by_role("status").filter(has_text="1 line is kept in this page").wait_for()

    lab_page.page.unroute_all()
    lab_page.open(CELLS)
    lab_page.run_all()
    lab_page.page.get_by_role("button", name="Draw them").click()
    lab_page.page.get_by_role("button", name="Draw them").wait_for(state="hidden")
    assert lab_page.run_code("print([len(stroke.places) > 5 for stroke in d.strokes])").strip() == "[True]"
