"""A JupyterLab server and a Chromium for a benchmark, both gone at its end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import CHROMIUM_FLAGS, _chromium
from tests.browser.lab_server import LabServer


@contextmanager
def a_lab(flags: Sequence[str] = CHROMIUM_FLAGS, without: Sequence[str] = ()) -> Iterator[tuple[Browser, LabServer]]:
    """A browser, and a server with an empty folder of its own.

    Args:
        flags: Of Chromium, in place of the tests' own.
        without: Flags that Playwright would add.
    """
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder) / "lab"
        root.mkdir()
        server = LabServer(root)
        server.start()
        browser = playwright.chromium.launch(
            executable_path=_chromium(), args=list(flags), ignore_default_args=list(without) or None
        )
        try:
            yield browser, server
        finally:
            browser.close()
            server.stop()
