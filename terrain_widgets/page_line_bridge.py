"""For Jupyter's server: what lies between a page and the engine that plays in it; see ``audio/page_line.py``.

It hands messages on and understands none of them. Only who may run code on this server may connect, and only to lines
of the user that the server runs as: a line's name is a secret that the page has from its kernel.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from terrain_widgets.io.line_frames import LENGTH_BYTES, length_of, line_path, with_length

#: Below the server's base address; the name of a line follows.
ADDRESS = r"/terrain_widgets/sound/([0-9a-f]{16})"

_PATIENCE_SECONDS = 10.0  # an engine that has just been started does not listen yet
_LONGEST_REPORT = 1 << 16
_NO_LINE = 4404


class PageLineHandler(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """One page's connection."""

    auth_resource = "kernels"
    _engine: IOStream | None = None

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

    async def open(self, name: str) -> None:
        """Connect to the engine, which may only just be starting."""
        super().open(name)
        self.set_nodelay(True)  # of small messages, none waits for the one before to be acknowledged
        engine = await _engine_of(name)
        if engine is None or self.ws_connection is None:
            self.close(_NO_LINE, "there is no such engine on this server's machine")
            return
        self._engine = engine
        asyncio.ensure_future(self._hand_on(engine))

    async def _hand_on(self, engine: IOStream) -> None:
        """What the engine says, until either end goes; a page that does not keep up holds it back."""
        try:
            while True:
                length = length_of(await engine.read_bytes(LENGTH_BYTES))
                await self.write_message(await engine.read_bytes(length), binary=True)
        except (StreamClosedError, WebSocketClosedError, ValueError):
            self.close()
            engine.close()

    def on_message(self, message: str | bytes) -> None:
        """What the page says."""
        data = message.encode() if isinstance(message, str) else message
        if self._engine is None or self._engine.closed():
            return
        if len(data) > _LONGEST_REPORT:
            self.close()
            return
        self._engine.write(with_length(data))

    def on_close(self) -> None:
        """The page is gone."""
        if self._engine is not None:
            self._engine.close()
        super().on_close()


async def _engine_of(name: str) -> IOStream | None:
    """A connection to the engine that listens under this name, or ``None`` if none does in time."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _PATIENCE_SECONDS
    while hasattr(socket, "AF_UNIX"):
        stream = IOStream(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        try:
            return await stream.connect(line_path(name))
        except (StreamClosedError, OSError):
            stream.close()
        if loop.time() > until:
            break
        await asyncio.sleep(0.1)
    return None


def handlers(base_url: str) -> list[tuple[Any, ...]]:
    """What the server's application is to serve."""
    return [(base_url.rstrip("/") + ADDRESS, PageLineHandler)]
