"""For Jupyter's server: who may hear an engine, and the way there; see ``audio/page_stream/channel.py``.

Only who may run code on this server may connect, and only to lines of the user that the server runs as: a line's name
is a secret that the page has from its kernel. Whoever may is handed over to the engine, connection and all; only where
this server encrypts what it says must it carry the bytes.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketHandler

from terrain_widgets.process.handover import Upgrade, hand_over
from terrain_widgets.process.page_channel import line_path

#: Below the server's base address; the name of a line follows.
ADDRESS = r"/terrain_widgets/sound/([0-9a-f]{16})"

_PATIENCE_SECONDS = 10.0  # an engine that has just been started does not listen yet
_AT_ONCE = 1 << 16  # bytes


class PageLineHandler(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """A page's request for the line of this name."""

    auth_resource = "kernels"

    def set_default_headers(self) -> None:
        """None: those of a page mean nothing here."""

    @ws_authenticated
    async def get(self, name: str) -> None:
        """Asked for by the page.

        Raises:
            tornado.web.HTTPError: If this user may not run code here.
        """
        if not await ensure_async(self.authorizer.is_authorized(self, self.current_user, "execute", "kernels")):
            raise web.HTTPError(403)
        await super().get(name)

    # Tornado's type is a base class that reads and writes frames, of which this needs nothing.
    def get_websocket_protocol(self) -> _HandOver:  # type: ignore[override]
        """Asked for by Tornado once this is a WebSocket's request, and of a page of this server."""
        return _HandOver()


class _HandOver:
    """In the place of Tornado's own protocol: the engine's end speaks it."""

    def __init__(self) -> None:
        self._gone = False

    async def accept_connection(self, handler: PageLineHandler) -> None:
        """Called by Tornado: find the engine, which may only just be starting, and give it the page."""
        engine = await _engine_of(handler.path_args[0])
        if self._gone or engine is None:
            if engine is not None:
                engine.close()
            handler.set_status(404)
            handler.finish("there is no such engine on this server's machine")
            return
        request = handler.request
        page = handler.detach()
        encrypted = isinstance(page.socket, ssl.SSLSocket)
        try:
            upgrade = Upgrade.of(request.uri or "/", request.headers.get_all())
            hand_over(engine, upgrade, None if encrypted else page.socket)
        except OSError:
            encrypted = False  # whatever it is: closed now, and the page calls again
        if encrypted:
            inner = IOStream(engine)
            asyncio.ensure_future(_carry(page, inner))
            asyncio.ensure_future(_carry(inner, page))
        else:
            page.close()  # this process's copy of it
            engine.close()

    def on_connection_close(self) -> None:
        """Called by Tornado: the page went while the engine was looked for."""
        self._gone = True


async def _carry(source: IOStream, to: IOStream) -> None:
    """Bytes one way, until either end goes; one that does not keep up holds the other back."""
    try:
        while True:
            await to.write(await source.read_bytes(_AT_ONCE, partial=True))
    except StreamClosedError:
        source.close()
        to.close()


async def _engine_of(name: str) -> socket.socket | None:
    """A connection to the engine that listens under this name, or ``None`` if none does in time."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _PATIENCE_SECONDS
    while hasattr(socket, "AF_UNIX"):
        engine = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        engine.setblocking(False)
        try:
            engine.connect(line_path(name))  # here it succeeds or fails at once, and never waits
            return engine
        except OSError:
            engine.close()
        if loop.time() > until:
            break
        await asyncio.sleep(0.1)
    return None


def handlers(base_url: str) -> list[tuple[Any, ...]]:
    """What the server's application is to serve."""
    return [(base_url.rstrip("/") + ADDRESS, PageLineHandler)]
