"""For Jupyter's server, which loads it by itself where terrain_widgets is installed: sound that is sent at once.

Sound in the page goes there in small messages, 25 a second. Unless told otherwise, the system holds a small message
back until the one before it has been acknowledged (Nagle's algorithm, RFC 896), which for sound is 20 to 40 ms of
trembling. Jupyter's server has no option for it, so every connection of a page to its kernel is told here.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Asked by Jupyter's server."""
    return [{"module": __name__}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Called by Jupyter's server when it starts."""
    from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

    open_it: Any = KernelWebsocketHandler.open
    if getattr(open_it, "without_delay", False):
        return

    async def open_without_delay(handler: Any, *arguments: Any, **named: Any) -> Any:
        handler.set_nodelay(True)
        return await open_it(handler, *arguments, **named)

    open_without_delay.without_delay = True  # type: ignore[attr-defined]
    KernelWebsocketHandler.open = open_without_delay  # type: ignore[method-assign,assignment]
    app.log.info("terrain_widgets: pages and kernels exchange small messages without delay")
