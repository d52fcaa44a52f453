"""For Jupyter's server, which loads it by itself where terrain_widgets is installed: sound that comes at once.

The server hands a page over to the engine that plays in it (``server/handler.py``). And what goes by the kernel
is sent at once, too: gestures and, where there is no such line, sound. Unless told otherwise, the system holds a small
message back until the one before it has been acknowledged (Nagle's algorithm, RFC 896), which is 20 to 40 ms of
trembling. Jupyter's server has no option for it, so every connection of a page to its kernel is told here.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Asked by Jupyter's server."""
    return [{"module": __name__}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Called by Jupyter's server when it starts."""
    _send_at_once()
    from terrain_widgets.server.handler import handlers

    app.web_app.add_handlers(".*$", handlers(app.web_app.settings["base_url"]))
    app.log.info("terrain_widgets: engines play in pages past their kernels, and small messages are sent without delay")


def _send_at_once() -> None:
    """Connections between pages and kernels hold nothing back."""
    from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

    connection: Any = KernelWebsocketHandler  # a class is not typed for being changed
    if getattr(connection.open, "without_delay", False):
        return
    open_it = connection.open

    async def open_without_delay(handler: Any, *arguments: Any, **named: Any) -> Any:
        handler.set_nodelay(True)
        return await open_it(handler, *arguments, **named)

    changed: Any = open_without_delay
    changed.without_delay = True
    connection.open = changed
