"""A kernel that is gone, or restarted, is said to be in every view, soon."""

from __future__ import annotations

import pytest

from tests.browser.lab import LabPage

pytestmark = pytest.mark.browser

CELLS = ["import terrain_widgets as tw\ns = tw.Session(sounds=[])\ntw.EncoderPanel(s)", "tw.DrawingCanvas(s)"]


def test_a_kernel_that_another_page_ends_is_missed_within_three_seconds(lab_page: LabPage) -> None:
    lab_page.open(CELLS)
    lab_page.run_all()
    lab_page.page.locator("canvas[role=application]").wait_for()
    lab_page.page.wait_for_timeout(1500)
    gone = lab_page.page.get_by_role("alert").filter(has_text="The kernel behind this view is gone")
    assert gone.count() == 0
    for kernel in lab_page.server.request("GET", "/api/kernels"):
        lab_page.server.request("DELETE", f"/api/kernels/{kernel['id']}")
    gone.nth(1).wait_for(timeout=3000)
    assert gone.count() == 2
