"""A server that shows notebooks as apps: it has a page, but not JupyterLab's REST interface."""

from __future__ import annotations

import urllib.error
import urllib.request

from tests.browser.lab_server import LabServer


class AppServer(LabServer):
    """One that is ready when its first page comes."""

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False
