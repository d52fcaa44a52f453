"""A lesson done by hand in a real page: the notebooks' widgets, not only their code."""

from __future__ import annotations

import pytest

from tests.browser.lab import LabPage

pytestmark = pytest.mark.browser
_VERDICT = "print(bool(lesson.check_path(session, marimba)))"


@pytest.mark.extra  # that each check knows wrong from right: tests/notebooks; drawing by mouse: test_drawing.py
def test_an_exercise_is_solved_with_the_mouse(lab_page: LabPage) -> None:
    page = lab_page.page
    lab_page.open("02_draw_and_pair.ipynb")
    lab_page.run_all()  # a check that fails gives a hint, and stops nothing
    plane = page.locator("canvas[role=application]").first
    plane.scroll_into_view_if_needed()
    lab_page.run_code("session.document.select(marimba)")
    assert lab_page.run_code(_VERDICT).strip() == "False"
    box = plane.bounding_box()
    assert box is not None
    corners = [
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in ((0.1, 0.7), (0.5, 0.4), (0.9, 0.7))
    ]
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=12)
    page.mouse.up()
    page.get_by_text("“marimba” has its path").or_(page.get_by_text("Draw a line for “flute”")).first.wait_for()
    assert lab_page.run_code(_VERDICT).strip() == "True"
    lab_page.screenshot("lesson-draw-and-pair")
    assert lab_page.errors == []
