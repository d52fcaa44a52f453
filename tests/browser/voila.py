"""The studio as a page without a notebook: a Voila server, and a page that stands in for ``LabPage``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from jupyter_client.blocking.client import BlockingKernelClient

from tests.browser.app_server import AppServer
from tests.browser.lab import KernelError, LabPage
from tests.browser.notebook_file import set_kernel


class VoilaServer(AppServer):
    """One running ``voila`` over a copy of the notebooks."""

    def _command(self) -> list[str]:
        return [
            *[sys.executable, "-m", "voila", "--no-browser", f"--port={self.port}", "--Voila.ip=127.0.0.1"],
            *[
                f"--Voila.connection_dir_root={self.folder}",
                "--VoilaConfiguration.show_tracebacks=True",
                str(self.root),
            ],
        ]


#: What is not ours, and why: text of an error, and where it comes from.
_OTHERS_ERRORS = {
    "The getter for the shared module is not a function": "Voila loads the extension of Notebook 7, if it is there",
    "fontawesome-free": "Voila's own template takes it from a CDN, which tests cannot reach",
}


class VoilaPage(LabPage):
    """One notebook shown by Voila, which has run it by the time it shows."""

    _client: BlockingKernelClient | None = None

    def open(self, notebook: str | Sequence[str], kernel: str = "python3", name: str = "test.ipynb") -> None:
        """Open a notebook; it runs on the server."""
        assert isinstance(notebook, str), "Voila shows notebooks that are there"
        set_kernel(self.server.root / notebook, kernel)
        self.page.goto(f"{self.server.url}/voila/render/{notebook}")
        self._client = self._connected()  # now: it waits for a pause in the messages, and sound makes none

    def run_all(self) -> None:
        """Voila has done that."""

    def make_room(self) -> None:
        """There is nothing beside the cells' outputs."""

    def run_code(self, code: str) -> str:
        """Run code in the page's kernel, from beside the server: the page itself has no way to."""
        client = self._client
        assert client is not None, "open a notebook first"
        text: list[str] = []
        error: list[str] = []

        def hear(message: dict[str, object]) -> None:
            content = message["content"]
            assert isinstance(content, dict)
            if message["msg_type"] == "stream" and content["name"] == "stdout":
                text.append(str(content["text"]))
            elif message["msg_type"] == "error":
                error.append("\n".join(content["traceback"]))

        client.execute_interactive(code, store_history=False, timeout=60, output_hook=hear)
        if error:
            raise KernelError(error[0])
        return "".join(text)

    def _note(self, error: str) -> None:
        if not any(known in error for known in _OTHERS_ERRORS):
            super()._note(error)

    def hang_up(self) -> None:
        """End the line to the kernel."""
        if self._client is not None:
            self._client.stop_channels()

    def _connected(self) -> BlockingKernelClient:
        """A line to the newest kernel."""
        files = sorted(self.server.folder.glob("voila_*/kernel-*.json"), key=lambda path: path.stat().st_mtime)
        client = BlockingKernelClient(connection_file=str(files[-1]))
        client.load_connection_file()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        return client
