"""Fixtures: one JupyterLab and one Chromium for the session, one fresh page for each test."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.lab import LabPage
from tests.browser.lab_server import REPOSITORY, LabServer

CHROMIUM_FLAGS = [
    "--no-sandbox",  # Chromium's sandbox does not start for root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",  # a microphone that beeps once a second
    "--use-fake-ui-for-media-stream",  # and may be used without a question
]


_failed = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each of these tests gets a second try: it waits for a browser, a server and a kernel on a machine it shares."""
    for item in items:
        if item.get_closest_marker("browser") and not item.get_closest_marker("flaky"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember a failure, so that the page can be photographed before it closes."""
    report = yield
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed
    return report


def _chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.fail("no Chromium found: install the package chromium, or set CHROMIUM to the path of one")
    return path


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A running JupyterLab with a copy of the notebooks."""
    server = LabServer(tmp_path_factory.mktemp("lab"), REPOSITORY / "notebooks")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A running Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_chromium(), args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def lab_page(lab_server: LabServer, browser: Browser, request: pytest.FixtureRequest) -> Iterator[LabPage]:
    """A page of its own: no cookies, no kernels, no layout left by another test.

    When the test fails, its picture is in ``build/screenshots`` and the page's errors are in its output.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    lab = LabPage(context.new_page(), lab_server)
    yield lab
    if request.node.stash.get(_failed, False):
        name = "failed-" + re.sub(r"[^\w-]+", "-", request.node.name).strip("-")
        print(f"picture: {lab.screenshot(name)}", f"errors of the page: {lab.errors}", lab.summary(), sep="\n")
    context.close()
    lab_server.shut_down_kernels()


@pytest.fixture(params=["python3", "ipykernel6"], ids=["ipykernel7", "ipykernel6"])
def kernel(request: pytest.FixtureRequest) -> str:
    """Name of a kernelspec: a test that asks for it runs once on ipykernel 7.x and once on 6.x."""
    return str(request.param)
