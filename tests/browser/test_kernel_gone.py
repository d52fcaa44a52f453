"""A kernel that is gone, or restarted, is said to be in every view, soon."""

from __future__ import annotations

import re

import pytest

from tests.browser.lab import LabPage

pytestmark = pytest.mark.browser

CELLS = ["import terrain_widgets as tw\ns = tw.Session(sounds=[])\ntw.EncoderPanel(s)", "tw.DrawingCanvas(s)"]


def test_a_kernel_that_another_page_ends_is_missed_before_jupyterlab_knows(lab_page: LabPage) -> None:
    lab_page.open(CELLS)
    lab_page.run_all()
    lab_page.page.locator("canvas[role=application]").wait_for()
    with lab_page.page.expect_response(lambda answer: "no_track_activity" in answer.url):
        pass  # the view has asked for its kernel
    gone = lab_page.page.get_by_role("alert").filter(has_text="The kernel behind this view is gone")
    assert gone.count() == 0
    # JupyterLab asks every ten seconds; what it is told from here on is as old as that.
    for path in ("kernels", "sessions"):
        old = lab_page.server.request("GET", f"/api/{path}")
        lab_page.page.route(re.compile(rf"/api/{path}(\?|$)"), lambda route, old=old: route.fulfill(json=old))
    for kernel in lab_page.server.request("GET", "/api/kernels"):
        lab_page.server.request("DELETE", f"/api/kernels/{kernel['id']}")
    gone.nth(1).wait_for()  # that a second is enough is a test of its own, with a clock of its own
    assert gone.count() == 2
