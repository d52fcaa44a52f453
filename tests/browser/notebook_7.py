"""Jupyter Notebook 7: its server, and a page that stands in for ``LabPage``. Needs the package ``notebook``."""

from __future__ import annotations

from collections.abc import Sequence

from tests.browser.lab import LabPage
from tests.browser.lab_server import LabServer
from tests.browser.notebook_file import write_notebook


class NotebookServer(LabServer):
    """One running ``jupyter notebook``."""

    def _command(self) -> list[str]:
        own = [word for word in super()._command() if "check_for_updates" not in word]
        own[own.index("jupyterlab")] = "notebook"
        return [word.replace("--LabApp.", "--JupyterNotebookApp.") for word in own]


_OWN_ERROR = "reading 'schema'"  # of Notebook 7.6.5 itself, with any notebook, as it loads its settings


class NotebookPage(LabPage):
    """One notebook open in Notebook 7."""

    def _note(self, error: str) -> None:
        if _OWN_ERROR not in error:
            super()._note(error)

    def open(self, notebook: str | Sequence[str], kernel: str = "python3", name: str = "test.ipynb") -> None:
        """As ``LabPage.open``, for cells of a new notebook."""
        assert not isinstance(notebook, str), "cells are asked for"
        self._path = name
        write_notebook(self.server.root / name, notebook, kernel)
        self.page.goto(f"{self.server.url}/notebooks/{name}?token={self.server.token}")
        self._wait_ready()
