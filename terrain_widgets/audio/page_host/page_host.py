"""An engine in the page: what the kernel holds of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.engine.compatibility import check_update, exchangeable
from terrain_widgets.audio.hosts.gestures import Gestures
from terrain_widgets.audio.hosts.status import HostStatus
from terrain_widgets.audio.memory.control import Gesture, Telemetry, Touch
from terrain_widgets.audio.page_host.page_setup import page_decoder
from terrain_widgets.audio.page_host.page_telemetry import telemetry_of
from terrain_widgets.audio.render_loop.tracing import Traced
from terrain_widgets.audio.takes.page_recording import PageRecording
from terrain_widgets.audio.update import Setup, Update
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.glide import Course

_LAST_WORDS_SECONDS = 5.0  # in which a page whose sound goes on again has told what it recorded before
_NO_PAGE = "no page plays: turn its sound on first"


def _ignore(_gesture: Gesture) -> None:
    """A gesture goes to the page by itself, not as a part of all of them."""


class Page(Protocol):
    """A page that has the engine."""

    def tell(self, message: dict[str, Any]) -> None:
        """Send the page a message; returns at once."""

    def displaced(self) -> None:
        """Another page plays from now on."""


class PageHost:
    """An engine that runs where it is heard: in the AudioWorklet of a page.

    The kernel only says what it should be set to, and hears what it does. Everything the page needs is handed over
    before it plays, so a busy or dead kernel stops nothing. Of several pages one plays: the last that was turned on.

    Args:
        codec: What decodes.

    Attributes:
        decoder: What the page needs of the codec, a safetensors file.

    Raises:
        ValueError: If the codec cannot go into a page.
    """

    kind = "page"

    def __init__(self, codec: Codec) -> None:
        self.info, self.decoder = codec.info, page_decoder(codec, hears=True)
        self._recipe = codec.recipe
        self._lock = threading.RLock()
        self._setup = Setup()
        self._page: Page | None = None
        self._followers: list[Callable[[], None]] = []
        self._gestures = Gestures(_ignore)
        self._telemetry, self._problem = Telemetry(), ""
        self._trace: tuple[str, int] | None = None
        self._traced: Callable[[Traced], None] | None = None
        self._recording: PageRecording | None = None  # the newest
        self._recordings: dict[int, tuple[PageRecording, Page]] = {}  # that are not whole, and who records
        self._closed = False

    def __repr__(self) -> str:
        return f"<PageHost {self.info.name!r} {'closed' if self._closed else 'plays' if self._page else 'waits'}>"

    # --- the pages

    def follow(self, changed: Callable[[], None]) -> None:
        """Call back, on any thread, when what it should be set to has changed."""
        self._followers.append(changed)

    def unfollow(self, changed: Callable[[], None]) -> None:
        """Call back no more."""
        if changed in self._followers:
            self._followers.remove(changed)

    def play_in(self, page: Page) -> None:
        """This page plays from now on; one that played before hears that it does no more."""
        with self._lock:
            before, self._page = self._page, page
            trace = self._trace
            left = [number for number, (_, own) in self._recordings.items() if own is page] if before is None else []
        if left:  # sound that was turned off and on again is told in a moment; a page that was reloaded has no more
            why = "the page was reloaded before it had told it all"
            timer = threading.Timer(_LAST_WORDS_SECONDS, self._give_up, (left, why))
            timer.daemon = True
            timer.start()
        if before is not None and before is not page:
            before.displaced()
        if before is page:
            return
        gain = self._gestures.now.gain
        if gain != 1.0:
            page.tell({"type": "gain", "gain": gain})
        for number, touch in enumerate(self._gestures.now.touches):
            if touch.gate:
                self._tell_hand(number, touch)
        if trace is not None:
            page.tell({"type": "trace", "on": True})

    @property
    def plays(self) -> bool:
        """Whether a page plays it."""
        return self._page is not None

    def rest_in(self, page: Page) -> None:
        """This page plays no more, if it did."""
        with self._lock:
            if self._page is not page:
                return
            self._page, self._telemetry = None, Telemetry()

    def forget(self, page: Page, why: str) -> None:
        """That page tells no more of what it recorded: what came of it is kept."""
        self._give_up([number for number, (_, own) in list(self._recordings.items()) if own is page], why)

    def _give_up(self, numbers: Sequence[int], why: str) -> None:
        for number in numbers:
            recording, _ = self._recordings.pop(number, (None, None))
            if recording is not None:
                recording.give_up(f"the recording is not whole: {why}")

    def hear(self, content: dict[str, Any], buffers: Sequence[Any]) -> None:
        """Take what the page that plays says; what cannot be read did not happen."""
        kind = content.get("type")
        if kind == "heard":
            self._telemetry, self._problem = telemetry_of(content, self._telemetry), str(content.get("error", ""))
        elif kind == "traced":
            self._hear_trace(content, buffers)
        elif self.records(content):
            self._hear_recording(*self._recordings[content["recording"]], content, buffers)

    def _hear_recording(
        self, recording: PageRecording, page: Page, content: dict[str, Any], buffers: Sequence[Any]
    ) -> None:
        number, kind = recording.number, content["type"]
        if kind == "recorded":
            if recording.take(buffers, bool(content["live"])):
                page.tell({"type": "record", "on": False, "recording": number})
            return
        del self._recordings[number]
        if kind == "take":
            recording.finish(str(content["gestures"]), bytes(buffers[0]))
            page.tell({"type": "written", "recording": number, "problem": recording.problem})
        else:
            recording.give_up(f"nothing was recorded: {content['problem']}")

    def _tell(self, message: dict[str, Any]) -> None:
        page = self._page
        if page is not None:
            page.tell(message)

    def _tell_hand(self, number: int, touch: Touch) -> None:
        how = {"hand": number, "seconds": touch.seconds, "course": touch.course, "waits": touch.waits}
        place = list(touch.coordinates)
        self._tell({"type": "hand", "place": place, "down": touch.gate, "pressure": touch.pressure, **how})

    # --- the handle

    def start(self) -> None:
        """Nothing to be started here: the page starts its engine with the user's click."""

    def restart(self) -> None:
        """It can be used again after ``close``."""
        self._closed = False

    def close(self) -> None:
        """The page that plays falls silent, and stays ready for another engine; may be called again.

        A recording that runs ends there: the page still tells the rest of it, and its files become whole.
        """
        for number, (_, page) in self._recordings.items():
            page.tell({"type": "record", "on": False, "recording": number})
        self._tell({"type": "hush"})
        with self._lock:
            self._page, self._closed, self._telemetry = None, True, Telemetry()

    def status(self) -> HostStatus:
        """How it is doing, as the page said last."""
        ready = self._page is not None
        message = "the page's engine is closed" if self._closed else self._problem if ready else ""
        return HostStatus(kind=self.kind, alive=not self._closed, ready=ready, message=message, **vars(self._telemetry))

    @property
    def setup(self) -> Setup:
        """All that it is set to."""
        return self._setup

    def update(self, update: Update) -> None:
        """Set values of the patch and hand over assets; a page hears of it a moment later.

        Raises:
            KeyError: If there is no such parameter; nothing is changed.
            ValueError: If a value or an asset does not fit the codec or the rest of the patch; nothing is changed.
        """
        with self._lock:
            wanted = self._setup.then(update)
            check_update(wanted.patch, wanted.assets, self.info, update.groups)
            self._setup = wanted
        for changed in list(self._followers):
            changed()

    def use_codec(self, codec: Codec) -> bool:
        """Go on with a codec that was built again: see ``EngineHandle.use_codec``; the page hears of it soon."""
        if not exchangeable(self.info, codec.info) or not codec.info.capabilities.in_page:
            return False
        decoder = page_decoder(codec, hears=True)
        with self._lock:
            self.info, self.decoder, self._recipe = codec.info, decoder, codec.recipe
        for changed in list(self._followers):
            changed()
        return True

    def move(
        self,
        coordinates: Sequence[float] | ArrayLike,
        gate: bool,
        pressure: float = 1.0,
        *,
        hand: int = 0,
        seconds: float = 0.0,
        course: Course = "eased",
        waits: bool = False,
    ) -> None:
        """Have the page move a hand: see ``LocalHost.move``. What the page's own views feel does not come this way."""
        self._gestures.move(coordinates, gate, pressure, hand, seconds, course, waits)
        self._tell_hand(hand, self._gestures.now.touch(hand))

    def leave(self, hand: int = 0) -> None:
        """The page plays this hand by itself: another page, which has not felt it, must not hold it."""
        touch = self._gestures.now.touch(hand)
        if touch.gate:
            self._gestures.move(touch.coordinates, False, hand=hand)

    @property
    def gate_open(self) -> bool:
        """Whether something sounds, as far as the page has said, or a hand of the kernel's is down."""
        return self._gestures.now.down or not self._telemetry.silent

    def set_gain(self, linear: float) -> None:
        """Linear gain before the limiter, 0 or more; ramped."""
        self._gestures.set_gain(linear)
        self._tell({"type": "gain", "gain": self._gestures.now.gain})

    def fade(self, level: float) -> None:
        """A factor of the gain: see ``EngineHandle.fade``."""
        self._gestures.set_fade(level)
        self._tell({"type": "gain", "gain": self._gestures.now.gain})

    def panic(self) -> None:
        """Silence in the next 5 ms, until a hand goes up and down again."""
        self.silenced()
        self._tell({"type": "hush"})

    def silenced(self) -> None:
        """The page has silenced its engine by itself: turning its sound off and on brings nothing back."""
        self._gestures.panic()
        for number in range(len(self._gestures.now.touches)):
            self.leave(number)

    # --- takes and traces

    def record(self, path: str | os.PathLike[str], max_seconds: float = 3600.0) -> None:
        """Have the page record; the files are written here. One that runs ends before.

        Raises:
            RuntimeError: If no page plays.
            OSError: If the file cannot be written there.
        """
        page = self._page
        if page is None:
            raise RuntimeError(_NO_PAGE)
        self._recording = recording = PageRecording(path, self.info, self._recipe, max_seconds)
        self._recordings[recording.number] = (recording, page)
        page.tell({"type": "record", "on": True, "recording": recording.number})

    def records(self, content: dict[str, Any] | None = None) -> bool:
        """Whether a recording is not whole yet, or the one that a message of the page is about."""
        return bool(self._recordings) if content is None else content.get("recording") in self._recordings

    def stop_recording(self, timeout: float = 10.0) -> str:
        """End the recording and wait until its files are whole; returns the sound file's path.

        Called on the kernel's main thread, as by a cell, it does not wait: what the page still has to say can arrive
        only after the cell, and the files are whole a moment later.

        Raises:
            RuntimeError: If nothing was recorded.
            OSError: If the disk refused something, or the page does not answer.
        """
        recording = self._recording
        if recording is None:
            raise RuntimeError("nothing is being recorded")
        for number, (own, page) in self._recordings.items():
            if own is recording:
                page.tell({"type": "record", "on": False, "recording": number})
        if threading.current_thread() is not threading.main_thread():
            try:
                recording.wait(timeout)
            finally:
                self._recording = None
                self._recordings.pop(recording.number, None)
        return str(recording.path)

    def trace(self, latents: str, limit: int, heard: Callable[[Traced], None]) -> None:
        """Be told, frame by frame, what sounds where: see ``EngineHandle.trace``."""
        with self._lock:
            self._trace, self._traced = (latents, int(limit)), heard
        self._tell({"type": "trace", "on": True})

    def stop_trace(self) -> None:
        """End it; what is left comes as the last part."""
        self._tell({"type": "trace", "on": False})

    def _hear_trace(self, content: dict[str, Any], buffers: Sequence[Any]) -> None:
        with self._lock:
            if self._trace is None or self._traced is None:
                return
            source, left = self._trace
            places = _table(buffers[0], int(content["dims"]))[:left]
            latents = _table(buffers[1], self.info.latent_dim)[:left]
            left -= len(places)
            ended = bool(content["ended"]) or left <= 0
            heard, self._trace = self._traced, None if ended else (source, left)
        if source == "sliders":
            row = np.asarray(self._setup.patch["sliders.values"], dtype=np.float32)
            latents = np.repeat(np.broadcast_to(row, (1, self.info.latent_dim)), len(places), axis=0)
        if ended and not content["ended"]:
            self.stop_trace()
        heard((places, latents, ended))


def _table(buffer: Any, columns: int) -> NDArray[np.float32]:
    table = np.frombuffer(bytes(buffer), dtype="<f4").reshape(-1, columns).astype(np.float32)
    if not np.isfinite(table).all():
        raise ValueError("not finite")
    return table
