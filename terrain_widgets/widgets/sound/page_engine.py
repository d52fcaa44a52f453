"""The page as the place where the sound is made: what its engine is told, and what that says."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from terrain_widgets.audio.page_host.page_host import PageHost
from terrain_widgets.audio.update import Setup
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.sound.engine_traits import EngineTraits, SetupKeeper
from terrain_widgets.widgets.sound.in_order import InOrder

log = logging.getLogger(__name__)


class PageEngine:
    """Has a widget's page play a ``PageHost`` while that is on.

    Args:
        widget: In whose page the engine is.
        displaced: Called when another page takes the engine over.
        before: What the page is told to play while there is no host that runs; left out, what the last one played.
    """

    def __init__(
        self, widget: EngineTraits, displaced: Callable[[], None], before: Callable[[], Setup] | None = None
    ) -> None:
        self._widget, self._displaced, self._before = widget, displaced, before
        self._host: PageHost | None = None
        self._recorded: list[PageHost] = []  # that were played before, and whose recordings are not whole yet
        self._on = False
        self._decoder = b""
        self._keeper = SetupKeeper(widget, self._wanted, lambda: self._on)
        self._in_order: InOrder[tuple[dict[str, Any], Sequence[Any]]] = InOrder(lambda said: self._pass_on(*said))

    def attach(self, host: PageHost | None) -> bool:
        """Play this host from now on, at once if the page is on; returns whether it is another than before."""
        before = self._host
        if host is before:
            return False
        if before is not None:
            before.unfollow(self._follow)
            before.rest_in(self)
            self._recorded = [host for host in (*self._recorded, before) if host.records()]
        self._host = host
        if host is not None:
            host.follow(self._follow)
            self._widget._decoder = self._decoder = host.decoder
            self._keeper.soon()
        self.switch(self._on)
        return True

    def follow(self, _change: Any = None) -> None:
        """Tell the page what should play, if that has changed; on any thread, a moment later."""
        self._keeper.soon()

    def switch(self, on: bool) -> None:
        """Play, or rest."""
        self._on = on
        if self._host is None:
            return
        if on:
            self._host.play_in(self)
        else:
            self._host.rest_in(self)

    def hear(self, content: dict[str, Any], buffers: Sequence[Any]) -> None:
        """Take a message of the page's engine."""
        if content["type"] == "heard" and content.get("ask"):
            self.tell({"type": "here"})
        if "order" in content:
            self._in_order.give(content["teller"], content["order"], (content, buffers))
        else:
            self._pass_on(content, buffers)

    def _pass_on(self, content: dict[str, Any], buffers: Sequence[Any]) -> None:
        host = next((each for each in self._recorded if each.records(content)), self._host)
        if host is None:
            return
        try:
            host.hear(content, buffers)
        except (KeyError, IndexError, TypeError, ValueError, OverflowError):
            log.info("a message from the page was not taken: %s", content.get("type"), exc_info=True)

    def tell(self, message: dict[str, Any]) -> None:
        """Send the page a message."""
        self._widget.send(message)

    def displaced(self) -> None:
        """Another page plays from now on."""
        self._displaced()

    def panic(self) -> None:
        """Silence in the page."""
        if self._host is not None:
            self._host.panic()

    def silenced(self) -> None:
        """The page has silenced it by itself."""
        if self._host is not None:
            self._host.silenced()

    def close(self) -> None:
        """End it. The host is not ours and goes on."""
        for host in (*self._recorded, *([] if self._host is None else [self._host])):
            host.forget(self, "the page was closed")
        self.attach(None)
        self._keeper.close()

    def _follow(self) -> None:
        host = self._host
        if host is not None and host.decoder is not self._decoder:  # its sounds have become others
            self._decoder = host.decoder
            ui.submit(self._send_decoder, key=(id(self), "decoder"))
        self._keeper.soon()

    def _send_decoder(self) -> None:
        if self._host is not None:
            self._widget._decoder = self._decoder

    def _wanted(self) -> Setup:
        host, before = self._host, self._before
        if before is not None and (host is None or not host.status().alive):
            return before()
        return Setup() if host is None else host.setup
