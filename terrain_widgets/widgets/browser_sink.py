"""The page's end of the sound as a widget: a button, a volume, a meter, and an AudioWorklet that plays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from terrain_widgets.audio.host import Host
from terrain_widgets.audio.sinks.remote import RemoteSink

_STATIC = Path(__file__).parent / "static"


class BrowserSink(anywidget.AnyWidget):
    """Plays a host's sound in the page.

    The browser gives sound only after a click, so the user turns it on; ``sound_on`` then says so, and until then
    nothing is sent. One page plays at a time: a second page on the same kernel turns the first one off.

    Args:
        lead_seconds: Sound kept in the page: 0.3 is what the tests run with; less answers sooner and runs dry sooner.

    Attributes:
        sound_on: Whether the page plays; only the page writes it.
        volume_db: -60 (silent) to 0, in the page, after everything else.
        status_text: A sentence from the kernel under the page's own status line.
        remote: The pump that sends.
    """

    _esm = _STATIC / "browser_sink.js"
    _css = _STATIC / "browser_sink.css"
    _worklet = traitlets.Unicode().tag(sync=True)

    sound_on = traitlets.Bool(False).tag(sync=True)
    volume_db = traitlets.Float(-18.0, min=-60.0, max=0.0).tag(sync=True)
    status_text = traitlets.Unicode("").tag(sync=True)
    lead_seconds = traitlets.Float(0.3, min=0.02, max=2.0, read_only=True).tag(sync=True)
    rate = traitlets.Int(48000, min=1).tag(sync=True)
    channels = traitlets.Int(1, min=1).tag(sync=True)

    def __init__(self, lead_seconds: float = 0.3, **kwargs: Any) -> None:
        self.remote = RemoteSink(self._to_page, lead_seconds)
        self._host: Host | None = None
        self._sound_callbacks: list[Callable[[bool], None]] = []
        self._panic_callbacks: list[Callable[[], None]] = []
        super().__init__(_worklet=(_STATIC / "sink_worklet.js").read_text(encoding="utf-8"), **kwargs)
        self.set_trait("lead_seconds", float(lead_seconds))
        self.on_msg(self._from_page)
        self.observe(self._turned, "sound_on")

    def attach(self, host: Host) -> None:
        """Play this host from now on, if the sound is on, else as soon as it is turned on."""
        if host is self._host:
            return
        self._host = host
        self.rate, self.channels = host.sample_rate, host.channels
        if self.sound_on:
            self.remote.start(host)

    def on_sound(self, callback: Callable[[bool], None]) -> None:
        """Call back with whether the page plays, when that changes; on any thread, so only enqueue there."""
        self._sound_callbacks.append(callback)

    def on_panic(self, callback: Callable[[], None]) -> None:
        """Call back when the user has pressed Panic or Esc; on any thread, so only enqueue there."""
        self._panic_callbacks.append(callback)

    def panic(self) -> None:
        """Silence host and page at once, until the gate opens again."""
        self.remote.panic()

    def close(self) -> None:
        """End the pump and take the panel off the page. The host is not ours and goes on."""
        self.remote.close()
        super().close()

    def _to_page(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self.send(message, buffers)

    def _turned(self, change: Any) -> None:
        on = bool(change["new"])
        if on and self._host is not None:
            self.remote.start(self._host)
        elif not on:
            self.remote.stop()
        for callback in list(self._sound_callbacks):
            callback(on)

    def _from_page(self, _widget: Any, content: Any, _buffers: Any) -> None:
        kind = content.get("type") if isinstance(content, dict) else None
        if kind == "report":
            self.remote.report(content)
        elif kind == "panic":
            self.remote.panic()
            for callback in list(self._panic_callbacks):
                callback()
