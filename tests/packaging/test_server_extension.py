"""Jupyter's server loads our extension by itself; it lies between pages and engines, and holds nothing back."""

from __future__ import annotations

import asyncio
import socket
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from terrain_widgets import server_extension
from terrain_widgets.io import line_frames
from tests.browser.lab_server import LabServer


def test_small_messages_go_at_once(monkeypatch) -> None:
    calls = []

    async def opened(self: object, *arguments: object) -> str:
        calls.append(arguments)
        return "open"

    monkeypatch.setattr(KernelWebsocketHandler, "open", opened)
    server_extension._send_at_once()
    server_extension._send_at_once()

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


class Engine:
    """Listens where an engine would, as this user on this machine, and says back what it is told."""

    def __init__(self, runtime: Path) -> None:
        self.name = "0123456789abcdef"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        runtime.mkdir(parents=True, exist_ok=True)
        self.socket.bind(str(runtime / f"terrain-{self.name}"))
        self.socket.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            page, _ = self.socket.accept()
            page.sendall(line_frames.with_length(b"\x00hello"))
            while data := page.recv(1 << 16):
                page.sendall(data)


async def _as_a_page(url: str, headers: dict[str, str]) -> list[bytes | str | None]:
    """What a page hears that says a thing: a greeting, and its own words; then those that it must not say."""
    page = await websocket_connect(HTTPRequest(url, headers=headers))
    heard = [await page.read_message()]
    await page.write_message("a report")
    heard.append(await page.read_message())
    await page.write_message("x" * 70_000)
    heard.append(await page.read_message())
    return heard


def test_an_installed_one_is_loaded_by_a_server_and_lies_between_pages_and_engines(tmp_path: Path) -> None:
    (tmp_path / "l").mkdir()
    server = LabServer(tmp_path / "l")
    server.start()
    try:
        assert "small messages are sent without delay" in server.log.read_text()
        engine = Engine(server.runtime)
        address = f"ws://127.0.0.1:{server.port}/terrain_widgets/sound/"
        line, key = address + engine.name, f"?token={server.token}"

        def said(url: str, **headers: str) -> Any:
            with ThreadPoolExecutor() as elsewhere:
                return elsewhere.submit(lambda: asyncio.run(_as_a_page(url, headers))).result(30)

        assert said(line + key) == [b"\x00hello", b"a report", None]
        with urllib.request.urlopen(f"{server.url}/lab{key}") as lab:
            cookie = lab.headers["Set-Cookie"].split(";")[0]
        assert said(line, Cookie=cookie, Origin=server.url)[1] == b"a report"
        with pytest.raises(HTTPClientError, match="403"):  # a stranger's page in the browser that is logged in
            said(line, Cookie=cookie, Origin="http://elsewhere.example")
        for stranger in (line, line + "?token=wrong"):
            with pytest.raises(HTTPClientError, match="403"):
                said(stranger)
        with pytest.raises(HTTPClientError, match="404"):
            said(address + "..%2F..%2Fsecret" + key)
    finally:
        server.stop()
