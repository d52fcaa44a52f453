"""Jupyter's server loads our extension by itself, and it has small messages sent at once."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

from terrain_widgets import server_extension
from tests.browser.lab_server import LabServer


def test_small_messages_go_at_once(monkeypatch) -> None:
    calls = []

    async def opened(self: object, *arguments: object) -> str:
        calls.append(arguments)
        return "open"

    monkeypatch.setattr(KernelWebsocketHandler, "open", opened)
    app = SimpleNamespace(log=logging.getLogger("test"))
    server_extension._load_jupyter_server_extension(app)
    server_extension._load_jupyter_server_extension(app)

    class Socket:
        told: list[bool]

        def __init__(self) -> None:
            self.told = []

        def set_nodelay(self, value: bool) -> None:
            self.told.append(value)

    socket = Socket()
    with ThreadPoolExecutor() as elsewhere:  # a browser's tests may have a loop running in this thread
        opening = elsewhere.submit(lambda: asyncio.run(KernelWebsocketHandler.open(socket, "kernel-1")))
        assert opening.result(10) == "open"
    assert socket.told == [True] and calls == [("kernel-1",)]


def test_an_installed_one_is_loaded_by_a_server(tmp_path: Path) -> None:
    server = LabServer(tmp_path / "lab")
    (tmp_path / "lab").mkdir()
    server.start()
    server.stop()
    assert "pages and kernels exchange small messages without delay" in server.log.read_text()
