"""The sound's panel: switch, outputs, volume and meter, whichever output plays."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import traitlets

from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.page_host.page_host import PageHost
from terrain_widgets.audio.page_stream.remote import RemoteStatus
from terrain_widgets.audio.update import Setup
from terrain_widgets.process.giving_way import GivingWay, way
from terrain_widgets.widgets.base.static import STATIC, static_text
from terrain_widgets.widgets.sound.engine_traits import EngineTraits
from terrain_widgets.widgets.sound.page_engine import PageEngine
from terrain_widgets.widgets.sound.page_output import PageOutput

# Ids of outputs; the kernel's own devices are called "device:" and their name.
PAGE = "page"  # the page makes the sound itself
STREAM = "stream"  # the kernel makes it and sends it to the page
IN_PAGE = (PAGE, STREAM)
_LOCAL = ("localhost", "127.0.0.1", "::1", "[::1]")


class SoundPanel(EngineTraits):
    """The panel of the sound, whichever output plays it; its view in the page is also what the page plays with.

    The browser gives sound only after a click, so the user turns it on; ``sound_on`` then says so, and until then
    nothing is sent. One page plays at a time: a second page on the same kernel turns the first one off. With an output
    that is not in the page the panel is a remote control: who owns that output listens to ``on_sound``, ``on_volume``,
    ``on_panic`` and ``on_output``, and tells ``levels`` and ``output_line``.

    Callbacks run on whatever thread the kernel uses for messages, so they must only enqueue.

    Args:
        lead_seconds: Sound kept in the page; less answers sooner and runs dry sooner. An underrun raises it, time
            without one lowers it again.
        before: What the page is told to play while no engine of the page's runs: see ``PageEngine``.
        way: Is asked to have the kernel step back while a page on its own machine makes the sound.
        **traits: First values of its traits.

    Attributes:
        outputs: What the user can choose from: ``{"id": "page", "label": "This page"}`` and others.
        output: Id of the one that plays. The page writes it when the user has chosen; when the kernel moves the sound
            into the page, it goes off, because the browser wants a click first.
        too_slow: Whether ``output`` was left because this machine was too slow for it, not because a user chose another
            one; the page writes it before the output.
        output_line: One line: which output plays and why.
        levels: What the engine measures, for the panel: any of ``peak_db``, ``rms_db``, ``limiter_db`` (dB, 0 or
            more), ``load`` (1 is too slow), ``xruns``, ``nan_count`` and ``latency``, a list of ``[name,
            milliseconds]`` in the order in which sound meets them; the page adds its own parts. To be set at most ten
            times a second, and only while something plays.
        page_host: Name of the host in the page's address; the page writes it.
        status_text: A sentence from the kernel under the page's own lines.
        page_line: Name of the engine's own line to the page, ``""`` if it has none.
        connected_line: Name of the line that the page holds; the page writes it.
        saved_as: Name of the session's autosave, under which the page keeps settings that its kernel may lose.
        resumed: Name of the autosave that the session went on from, if it did: what the page kept of that comes back.
        page_output: What brings the kernel's sound to the page.
        page_engine: What has the page make the sound.
    """

    _esm = STATIC / "browser_sink.js"
    _css = STATIC / "browser_sink.css"
    _worklet = traitlets.Unicode().tag(sync=True)
    _line_worker = traitlets.Unicode().tag(sync=True)

    outputs = traitlets.List(traitlets.Dict(), [{"id": STREAM, "label": "This page"}]).tag(sync=True)
    output = traitlets.Unicode(STREAM).tag(sync=True)
    too_slow = traitlets.Bool(False).tag(sync=True)
    output_line = traitlets.Unicode("").tag(sync=True)
    levels = traitlets.Dict().tag(sync=True)
    page_host = traitlets.Unicode("").tag(sync=True)
    status_text = traitlets.Unicode("").tag(sync=True)
    page_line = traitlets.Unicode("").tag(sync=True)
    connected_line = traitlets.Unicode("").tag(sync=True)
    saved_as = traitlets.Unicode("").tag(sync=True)
    resumed = traitlets.Unicode("").tag(sync=True)
    passing = traitlets.List(traitlets.Unicode()).tag(sync=True)
    lead_seconds = traitlets.Float(0.2, min=0.02, max=2.0, read_only=True).tag(sync=True)
    rate = traitlets.Int(48000, min=1).tag(sync=True)
    channels = traitlets.Int(1, min=1).tag(sync=True)

    def __init__(
        self,
        lead_seconds: float = 0.2,
        *,
        before: Callable[[], Setup] | None = None,
        way: GivingWay = way,
        **traits: Any,
    ) -> None:
        self._way = way
        self.page_output = PageOutput(self._to_page, lead_seconds, self._displaced)
        self.page_engine = PageEngine(self, self._displaced, before)
        self._leaving = ""  # an output that plays on until the one that was chosen sounds
        self._next: LocalHost | None = None  # an engine that plays here when that has ended
        self._page_thread: int | None = None  # on which the page's own writes are being taken
        self._sound_callbacks: list[Callable[[bool], None]] = []
        self._panic_callbacks: list[Callable[[], None]] = []
        self._output_callbacks: list[Callable[[str], None]] = []
        self._volume_callbacks: list[Callable[[float], None]] = []
        self._left_callbacks: list[Callable[[], None]] = []
        self._kept_callbacks: list[Callable[[dict[str, Any], list[str]], None]] = []
        texts = {
            "_worklet": static_text("sink_worklet.js"),
            "_line_worker": static_text("line_worker.js"),
        }
        super().__init__(**texts, **traits)
        self.set_trait("lead_seconds", float(lead_seconds))
        self.on_msg(self._from_page)
        self.observe(self._turned, "sound_on")
        self.observe(self._moved, "output")
        self.observe(lambda change: self.page_output.connect(change["new"]), "connected_line")
        self.observe(self._volume_changed, "volume_db")
        self.observe(lambda _: self._give_way(), ["sound_on", "output", "page_host"])

    @property
    def page_is_near(self) -> bool:
        """Whether page and kernel are on one machine, as far as the page's address says."""
        return self.page_host in _LOCAL

    def attach(self, host: LocalHost | PageHost) -> None:
        """Play this host from now on; in the page if the sound is on there, else as soon as it is."""
        if isinstance(host, PageHost):
            self.page_engine.attach(host)
        elif self._leaving == STREAM:
            self._next = host
        elif self.page_output.attach(host):
            self.rate, self.channels, self.page_line = host.sample_rate, host.channels, host.page_line

    def settle(self) -> None:
        """No engine is left that another has followed: an output that was left is off now."""
        self._leaving, host, self._next = "", self._next, None
        self._play_or_rest()
        if host is not None:
            self.attach(host)

    def status(self) -> RemoteStatus:
        """How the sound in the page is doing, whichever way it comes."""
        return self.page_output.status()

    def set_lead(self, seconds: float) -> None:
        """Keep so much sound in the page from now on; less answers sooner, more is safer.

        Raises:
            ValueError: If it is not 0.02 to 2 s.
        """
        self.page_output.set_lead(seconds)
        self.set_trait("lead_seconds", float(seconds))

    def on_sound(self, callback: Callable[[bool], None]) -> None:
        """Call back with whether the sound is on, when that changes."""
        self._sound_callbacks.append(callback)

    def on_panic(self, callback: Callable[[], None]) -> None:
        """Call back when the user has pressed Panic or Esc; the engine is silent by then."""
        self._panic_callbacks.append(callback)

    def on_output(self, callback: Callable[[str], None]) -> None:
        """Call back with the output's id when the user has chosen another; not when the kernel has."""
        self._output_callbacks.append(callback)

    def on_volume(self, callback: Callable[[float], None]) -> None:
        """Call back with the volume in dB, -60 being silent, when that changes."""
        self._volume_callbacks.append(callback)

    def on_left(self, callback: Callable[[], None]) -> None:
        """Call back when the page has faded from one way into it, made there or sent there, to the other."""
        self._left_callbacks.append(callback)

    def on_kept(self, callback: Callable[[dict[str, Any], list[str]], None]) -> None:
        """Call back with the patch that the page has kept of the session that this one goes on from, as JSON has it.

        With it come the addresses whose values only played for now.
        """
        self._kept_callbacks.append(callback)

    def panic(self) -> None:
        """Silence host and page at once, until the gate opens again."""
        if self.output == PAGE:
            self.page_engine.panic()
        else:
            self.page_output.panic()

    def close(self) -> None:
        """End the pump and take the panel off the page. The host is not ours and goes on."""
        self.page_output.close()
        self.page_engine.close()
        self._way.ask(id(self), wanted=False)
        super().close()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the page writes; called by ipywidgets."""
        self._page_thread = threading.get_ident()
        try:
            super().set_state(sync_data)
        finally:
            self._page_thread = None

    def _to_page(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self.send(message, buffers)

    def _displaced(self) -> None:
        self.sound_on = False

    def _play_or_rest(self) -> None:
        playing = (self.output, self._leaving) if self.sound_on else ()
        self.page_output.switch(STREAM in playing)
        self.page_engine.switch(PAGE in playing)

    def _give_way(self) -> None:
        self._way.ask(id(self), self.sound_on and self.output == PAGE and self.page_is_near)

    def _turned(self, change: Any) -> None:
        self._play_or_rest()
        for callback in list(self._sound_callbacks):
            callback(bool(change["new"]))

    def _moved(self, change: Any) -> None:
        if self.sound_on:
            self._leaving = str(change["old"])
        if self._page_thread == threading.get_ident():
            self._play_or_rest()
            for callback in list(self._output_callbacks):
                callback(str(change["new"]))
            return
        if change["new"] in IN_PAGE and change["old"] not in IN_PAGE:
            self.sound_on = False  # no page has been clicked for it
        self._play_or_rest()

    def _volume_changed(self, change: Any) -> None:
        for callback in list(self._volume_callbacks):
            callback(float(change["new"]))

    def _from_page(self, _widget: Any, content: Any, buffers: Any) -> None:
        kind = content.get("type") if isinstance(content, dict) else None
        if kind == "report":
            self.page_output.remote.report(content)
        elif kind == "panic":
            if self.output == PAGE:
                self.page_engine.silenced()
            else:
                self.page_output.panic()
            for callback in list(self._panic_callbacks):
                callback()
        elif kind == "left":
            for callback in list(self._left_callbacks):
                callback()
        elif kind == "kept":
            for kept in list(self._kept_callbacks):
                kept(content["patch"], content.get("passing", []))
        elif kind is not None:
            self.page_engine.hear(content, buffers)
