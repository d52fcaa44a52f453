"""Jupyter Server for sound: every connection sends small messages at once (TCP_NODELAY).

jupyter_server has no option for it. tornado's connections have ``set_nodelay``; this calls it when a page opens a
websocket to its kernel. Any JupyterHub image may copy this file into ``etc/jupyter/``.
"""

from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

_open = KernelWebsocketHandler.open


async def _open_without_delay(self, *arguments, **named):  # type: ignore[no-untyped-def]
    self.set_nodelay(True)
    return await _open(self, *arguments, **named)


KernelWebsocketHandler.open = _open_without_delay
