"""The instrument where there is no JupyterLab: in Notebook 7, as a Voila page, and in marimo."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from tests.browser.lab import LabPage
from tests.browser.marimo_page import MarimoPage, MarimoServer, write_app
from tests.browser.notebook_7 import NotebookPage, NotebookServer
from tests.browser.notebook_file import write_notebook
from tests.browser.voila import VoilaPage, VoilaServer

pytestmark = [pytest.mark.browser, pytest.mark.extra]  # servers of their own; the same in JupyterLab is in every run

CELLS = [
    """import terrain_widgets as tw
session = tw.Session(sounds=[])
points = tw.PointSet().placed([-0.5, 0], [0] * 8).placed([0.5, 0], [0, 1, 0, 0, 0, 0, 0, 0])
session.stage.sources.publish("terrain", tw.PointMap.fit(points, "nearest"))
""",
    "instrument = tw.Instrument(session)\ninstrument",
]


@pytest.fixture
def notebook_page(browser: Browser, tmp_path: Path) -> Iterator[NotebookPage]:
    """A page of a Notebook 7 of its own."""
    pytest.importorskip("notebook", reason="Notebook 7 is not installed: pip install notebook")
    server = NotebookServer(tmp_path)
    server.start()
    context = browser.new_context()
    context.set_default_timeout(60_000)
    page = NotebookPage(context.new_page(), server)
    yield page
    context.close()
    server.stop()


@pytest.fixture
def voila_page(browser: Browser, tmp_path: Path) -> Iterator[VoilaPage]:
    """A page of a Voila of its own, which has the notebook."""
    notebooks = tmp_path / "notebooks"
    write_notebook(notebooks / "instrument.ipynb", CELLS)
    server = VoilaServer(tmp_path, notebooks)
    server.start()
    context = browser.new_context()
    context.set_default_timeout(60_000)
    page = VoilaPage(context.new_page(), server)
    yield page
    page.hang_up()
    context.close()
    server.stop()


@pytest.fixture
def marimo_page(browser: Browser, tmp_path: Path) -> Iterator[MarimoPage]:
    """A page of a marimo of its own, which has the app."""
    pytest.importorskip("marimo", reason="marimo is not installed: pip install marimo")
    server = MarimoServer(tmp_path)
    server.root.mkdir(parents=True)
    write_app(server.root / "app.py", f"{CELLS[0]}\ninstrument = tw.Instrument(session)", "instrument")
    server.start()
    context = browser.new_context()
    context.set_default_timeout(60_000)
    yield MarimoPage(context.new_page(), server)
    context.close()
    server.stop()


def test_an_instrument_plays_in_notebook_7(notebook_page: NotebookPage) -> None:
    notebook_page.open(CELLS)
    notebook_page.run_all()
    it_plays(notebook_page, lambda: the_kernel_knows(notebook_page))


def test_an_instrument_plays_in_voila(voila_page: VoilaPage) -> None:
    voila_page.open("instrument.ipynb")
    it_plays(voila_page, lambda: the_kernel_knows(voila_page))


def test_an_instrument_plays_in_marimo(marimo_page: MarimoPage) -> None:
    marimo_page.open()
    it_plays(marimo_page)


def the_kernel_knows(lab: LabPage) -> None:
    """That the page makes the sound, and that a hand is down."""
    said = "print(instrument.output, session.sound.engine, session.sound.hand.down)"
    assert lab.run_code(said) == "page <PageHost 'pebble' plays> True\n"


def it_plays(lab: LabPage, meanwhile: Callable[[], None] = lambda: None) -> None:
    """By the pointer, made in the page; Escape silences."""
    page = lab.page
    page.get_by_role("button", name="Turn sound on").click()
    page.get_by_role("button", name="Turn sound off").wait_for()
    plane = page.get_by_role("application")
    plane.hover()
    assert level(lab) > 1e-4
    meanwhile()
    plane.press("Escape")
    time.sleep(0.5)
    assert level(lab) == 0
    assert lab.errors == []


def level(lab: LabPage) -> float:
    """RMS of half a second of what leaves the page."""
    time.sleep(0.5)
    lab.heard()
    time.sleep(0.5)
    return float(np.sqrt(np.mean(lab.heard()[1].astype(np.float64) ** 2)))
