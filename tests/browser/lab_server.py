"""A JupyterLab server for tests: its own port, token, home and copy of the notebooks; nothing left behind."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import ssl
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.family import Family

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0

# News from the internet and the question whether one wants it would cover the page.
_PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class LabServer:
    """One running ``jupyter lab``.

    Args:
        folder: An empty folder for its home, settings, logs and notebooks.
        notebooks: Folder whose content is copied to the server's root, or None.
        certificate: A file with a key and a certificate for 127.0.0.1, which it then encrypts with, or None.
    """

    folder: Path
    notebooks: Path | None = None
    port: int = field(default_factory=_free_port)
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    certificate: Path | None = None
    _family: Family | None = None

    @property
    def url(self) -> str:
        """Address of the server, without a trailing slash."""
        return f"http{'s' if self.certificate else ''}://127.0.0.1:{self.port}"

    @property
    def root(self) -> Path:
        """The folder that JupyterLab shows."""
        return self.folder / "root"

    @property
    def runtime(self) -> Path:
        """The user's folder for what runs: where engines listen."""
        return self.folder / "runtime"

    @property
    def log(self) -> Path:
        """What the server and its kernels printed."""
        return self.folder / "server.log"

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            RuntimeError: If it ends or does not answer in time; the message holds the end of its log.
        """
        if self.notebooks is not None and self.notebooks.is_dir():
            shutil.copytree(self.notebooks, self.root)
        self.root.mkdir(exist_ok=True)
        page_config = self.folder / "config" / "labconfig" / "page_config.json"
        page_config.parent.mkdir(parents=True, exist_ok=True)
        page_config.write_text(json.dumps(_PAGE_CONFIG))
        with self.log.open("wb") as log:
            self._family = Family(self._command(), self._environment(), self.root, log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if not self._family.running or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the server did not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End the server, its kernels and whatever they started."""
        if self._family is not None:
            self._family.end()
            self._family = None

    def request(self, method: str, path: str) -> Any:
        """Call the server's REST interface; its JSON answer, or None where it is empty."""
        request = urllib.request.Request(f"{self.url}{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        trust = ssl.create_default_context(cafile=self.certificate) if self.certificate else None
        with urllib.request.urlopen(request, timeout=20, context=trust) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def shut_down_kernels(self) -> None:
        """End every session, so that tests do not share kernels."""
        for session in self.request("GET", "/api/sessions"):
            self.request("DELETE", f"/api/sessions/{session['id']}")

    def _command(self) -> list[str]:
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={self.port}"]
        return [
            *command,
            "--ip=127.0.0.1",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.root}",
            f"--IdentityProvider.token={self.token}",
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            *([f"--ServerApp.certfile={self.certificate}"] if self.certificate else []),
        ]

    def _answers(self) -> bool:
        try:
            self.request("GET", "/api/status")
        except (urllib.error.URLError, OSError):
            return False
        return True

    def _environment(self) -> dict[str, str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
        home = self.folder / "home"
        home.mkdir()
        environment |= {
            "HOME": str(home),
            "IPYTHONDIR": str(self.folder / "ipython"),
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.runtime),
            "JUPYTERLAB_SETTINGS_DIR": str(self.folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.folder / "workspaces"),
            # Where `make` puts the ipykernel 6 beside the environment's own kernel.
            "JUPYTER_PATH": str(REPOSITORY / "build" / "jupyter"),
        }
        return environment
