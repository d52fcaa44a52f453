"""The whole way from the sounds to a piece that can be shared, by the keyboard alone, in a real JupyterLab."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.lab import LabPage
from tests.browser.studio_page import StudioPage
from tests.real_time import real_time

pytestmark = pytest.mark.browser

CELLS = ["import terrain_widgets as tw\nstudio = tw.Studio(codec='pebble')\nstudio"]


def find(page: Page, name: str) -> None:
    """Do an action by its name, with the palette."""
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Find an action")
    field.wait_for()
    page.keyboard.type(name)
    first = page.get_by_role("listbox", name="Actions").get_by_role("option").first
    first.locator(".tw-find-title").get_by_text(name, exact=True).wait_for()
    first.and_(page.locator('[aria-disabled="false"]')).wait_for()
    page.keyboard.press("Enter")
    field.wait_for(state="hidden")


@pytest.mark.extra  # each step has a test of its own in every run
@real_time
def test_from_the_sounds_to_a_piece_by_the_keyboard_alone(lab_page: LabPage, tmp_path: Path) -> None:
    studio = StudioPage(lab_page, cells=CELLS)
    page = studio.page
    page.keyboard.press("Escape")
    for _ in range(40):  # from the notebook into the studio
        page.keyboard.press("Tab")
        if page.evaluate("() => Boolean(document.activeElement.closest('.tw-studio'))"):
            break
    find(page, "Encode 10 sounds")
    page.get_by_role("button", name="All encoded").wait_for(timeout=60_000)
    # A line of one's own: Enter puts the pen down and lifts it.
    find(page, "Stage: Draw")
    studio.planes.first.focus()
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    studio.until("print(len(s.state.paths))", "1".__eq__)  # the line is the selected sound's
    find(page, "Arrange for me")
    studio.until("print(len(s.state.paths) == len(s.state.clips))", "True".__eq__)
    find(page, "Show Train")
    find(page, "Train")
    studio.until("print(s.stage.sources.shown is not None)", "True".__eq__, 60)
    find(page, "Stop")
    page.get_by_role("button", name="Continue training").wait_for(timeout=60_000)
    find(page, "Stage: Play")
    find(page, "Sound on or off")
    page.get_by_role("button", name="Sound off").first.wait_for()
    studio.planes.first.focus()
    lab_page.heard()
    page.keyboard.press(" ")
    for _ in range(20):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(60)
    assert abs(lab_page.heard()[1]).max() > 1e-3
    page.keyboard.press("Escape")
    for name, suffix in (("Save", ".zip"), ("Share", ".html")):
        with page.expect_download() as begun:
            find(page, name)
        begun.value.save_as(tmp_path / f"mine{suffix}")
        assert begun.value.suggested_filename.endswith(suffix)
    find(page, "Clear")
    with page.expect_file_chooser() as chooser:
        find(page, "Open…")
    chooser.value.set_files(tmp_path / "mine.zip")
    studio.says("10 drawings")
    assert lab_page.errors == []
