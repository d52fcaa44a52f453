"""A marimo notebook as an app: its server, and a page that stands in for ``LabPage``. Needs the package ``marimo``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent

from tests.browser.app_server import AppServer
from tests.browser.lab import LabPage


def write_app(path: Path, code: str, shown: str) -> None:
    """A notebook of one cell.

    Args:
        path: Where it goes.
        code: What is run.
        shown: An expression whose widget the cell shows.
    """
    cell = f"import marimo\n{code}\nmarimo.ui.anywidget({shown})\nreturn"
    path.write_text(f"import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n{indent(cell, '    ')}\n")


class MarimoServer(AppServer):
    """One running ``marimo run`` of the app in its folder."""

    def _command(self) -> list[str]:
        app = str(self.root / "app.py")
        return [sys.executable, "-m", "marimo", "run", app, "--headless", "--no-token", f"--port={self.port}"]


class MarimoPage(LabPage):
    """The app in a page; its kernel is out of a test's reach."""

    def open(self, notebook: str | Sequence[str] = "app.py", kernel: str = "", name: str = "") -> None:
        """Open the app; the server runs it."""
        self.page.goto(self.server.url)
