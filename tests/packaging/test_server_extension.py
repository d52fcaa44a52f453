"""Jupyter's server loads our extension by itself; it hands pages over to engines, and holds nothing back."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import trustme
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from terrain_widgets.audio.page_stream.socket import PageSocket
from terrain_widgets.process.handover import Upgrade, take_over
from terrain_widgets.server import extension as server_extension
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
        self.upgrades: list[Upgrade] = []
        self.families: list[int] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, upgrade = take_over(self.socket.accept()[0])
            self.upgrades.append(upgrade)
            self.families.append(connection.family)
            page = PageSocket(connection, upgrade)
            page.send(b"\x00hello")
            with contextlib.suppress(ValueError):
                for text in page.texts():
                    page.send(text.encode())
            page.hang_up()


async def _as_a_page(url: str, headers: dict[str, str], trust: str | None) -> list[bytes | str | None]:
    """What a page hears that says a thing: a greeting, and its own words; then those that it must not say."""
    page = await websocket_connect(HTTPRequest(url, headers=headers, ca_certs=trust))
    heard = [await page.read_message()]
    await page.write_message("a report")
    heard.append(await page.read_message())
    await page.write_message("x" * 70_000)
    heard.append(await page.read_message())
    return heard


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_a_server_hands_pages_over_to_engines_but_no_strangers(tmp_path: Path, encrypted: bool) -> None:
    (tmp_path / "l").mkdir()
    certificate = tmp_path / "server.pem" if encrypted else None
    if certificate is not None:
        authority = trustme.CA()
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
        authority.cert_pem.write_to_path(str(certificate), append=True)
    server = LabServer(tmp_path / "l", certificate=certificate)
    server.start()
    try:
        assert "small messages are sent without delay" in server.log.read_text()
        engine = Engine(server.runtime)
        address = f"{server.url.replace('http', 'ws', 1)}/terrain_widgets/sound/"
        line, key = address + engine.name, f"?token={server.token}"
        trust = str(certificate) if certificate else None

        def said(url: str, **headers: str) -> Any:
            with ThreadPoolExecutor() as elsewhere:
                return elsewhere.submit(lambda: asyncio.run(_as_a_page(url, headers, trust))).result(30)

        assert said(line + key) == [b"\x00hello", b"a report", None]
        # Past the server itself, but where that must encrypt.
        assert engine.families == [socket.AF_UNIX if encrypted else socket.AF_INET]
        context = ssl.create_default_context(cafile=trust) if trust else None
        with urllib.request.urlopen(f"{server.url}/lab{key}", context=context) as lab:
            cookie = lab.headers["Set-Cookie"].split(";")[0]
        assert said(line, Cookie=cookie, Origin=server.url)[1] == b"a report"
        assert len(engine.upgrades) == 2
        for secret in (cookie.split("=")[1], server.token):
            assert secret not in str(engine.upgrades), "what logs in is none of the engine's business"
        with pytest.raises(HTTPClientError, match="403"):  # a stranger's page in the browser that is logged in
            said(line, Cookie=cookie, Origin="http://elsewhere.example")
        for stranger in (line, line + "?token=wrong"):
            with pytest.raises(HTTPClientError, match="403"):
                said(stranger)
        with pytest.raises(HTTPClientError, match="404"):
            said(address + "..%2F..%2Fsecret" + key)
        assert len(engine.upgrades) == 2
    finally:
        server.stop()
