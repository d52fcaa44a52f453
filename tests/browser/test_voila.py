"""The studio as a Voila page, for people who should see an instrument and not a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.lab_server import REPOSITORY
from tests.browser.studio_page import StudioPage
from tests.browser.test_quickstart import sound_to_sound
from tests.browser.voila import VoilaPage, VoilaServer
from tests.real_time import real_time

pytestmark = pytest.mark.browser


@pytest.fixture
def voila_page(browser: Browser, tmp_path: Path) -> Iterator[VoilaPage]:
    """A page of a Voila of its own."""
    server = VoilaServer(tmp_path, REPOSITORY / "notebooks")
    server.start()
    context = browser.new_context(viewport={"width": 1500, "height": 1380})
    context.set_default_timeout(60_000)
    page = VoilaPage(context.new_page(), server)
    yield page
    print(f"errors of the page: {page.errors}", page.screenshot("voila-last"), sep="\n")
    page.hang_up()
    context.close()
    server.stop()


@real_time
@pytest.mark.extra  # the same steps in JupyterLab are in every run
def test_sound_to_sound_by_mouse_in_voila(voila_page: VoilaPage) -> None:
    sound_to_sound(StudioPage(voila_page), "voila")
