"""The session's sound: the engine that makes it, the device it comes from, and its recordings."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from terrain_widgets.audio.device.device import DeviceSettings
from terrain_widgets.audio.hosts.handle import EngineHandle
from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.page_host.page_host import PageHost
from terrain_widgets.audio.render_loop.tracing import Traced
from terrain_widgets.audio.takes.take_file import new_take
from terrain_widgets.audio.update import Setup
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.glide import Course
from terrain_widgets.session.engines import Engines, StartEngine, places_to_run
from terrain_widgets.session.hand_position import HandPosition


class Sound(traitlets.HasTraits):
    """Where the engine runs, where it sounds, and how much sound is kept ready there.

    It keeps the engine at what is wanted of it. It knows which hands are down: one that starts later holds them too.

    Args:
        codec: Gives the codec that decodes; asked when an engine is started.
        wanted: Gives all that an engine should be set to now.
        places: How an engine is started, by where it runs; ``"process"``, ``"thread"``, ``"page"`` if left out.

    Attributes:
        hands: Where each hand is that was ever moved, by its number; replaced whole.
        key: By which views in one page find the engine that plays this there.
    """

    runs = traitlets.Unicode("process", help="Where the engine runs, or will: set by ``run_in``.", read_only=True)
    lead = traitlets.Float(0.2, min=0.02, max=2.0, help="Seconds of sound kept in the page, where that plays.")
    recording = traitlets.Unicode("", help="Path of the recording that runs, or nothing.")
    takes = traitlets.Tuple(help="Paths of the recordings that have ended, oldest first; replaced whole.")
    hand = traitlets.Any(help="The newest gesture of the first hand, whether an engine runs or not; HandPosition.")
    engine = traitlets.Any(None, read_only=True, help="The engine, EngineHandle, if one has been started.")
    leaving = traitlets.Any(None, read_only=True, help="The engine that it has followed, while that is still heard.")
    device = traitlets.Unicode(None, allow_none=True, help="Name of the kernel's sound device that plays, or None.")
    listening = traitlets.Bool(False, help="Whether somebody listens to it; set by who turns it on and off.")
    passing = traitlets.Tuple(help="Addresses whose values play for now, kept by no file; replaced whole.")

    def __init__(
        self,
        codec: Callable[[], Codec],
        wanted: Callable[[], Setup],
        places: Mapping[str, StartEngine] | None = None,
    ) -> None:
        super().__init__()
        self._lock = threading.RLock()
        self._engines = Engines(lambda: self.lead)
        self._places = dict(places_to_run() if places is None else places)
        self._codec, self._wanted = codec, wanted
        self._device: DeviceSettings | None = None
        self._closed, self._came_from = False, ""  # where the engine ran before
        self.hands: dict[int, HandPosition] = {}
        self.key = uuid.uuid4().hex
        self._trace: tuple[str, int, Callable[[Traced], None]] | None = None
        self.hand = HandPosition()

    def __repr__(self) -> str:
        engine = f"no engine, for a {self.runs}" if self.engine is None else repr(self.engine)
        device = f", on {self.device}" if self.device is not None else ""
        return f"Sound({engine}{device}{', recording' if self.recording else ''})"

    # --- the engine

    @property
    def local(self) -> LocalHost | None:
        """The engine, if it runs on the kernel's machine: one that can be read, and play on its devices."""
        return self.engine if isinstance(self.engine, LocalHost) else None

    @property
    def places(self) -> tuple[str, ...]:
        """Where an engine can run."""
        return tuple(self._places)

    def add_place(self, name: str, start: StartEngine) -> None:
        """One more place where an engine can run, such as a page that has come."""
        self._places[name] = start

    def run_in(self, place: str) -> None:
        """Have the engine run there from now on.

        Where one that runs elsewhere is heard, it plays on until the new one sounds, and the two fade across.

        Raises:
            ValueError: If there is no such place.
        """
        if place not in self._places:
            raise ValueError(f"an engine runs in one of {', '.join(self._places)}, not {place!r}")
        with self._lock:
            if place == self.runs:
                return
            back, self._came_from = place == self._came_from, self.runs
            self.set_trait("runs", place)
            if self.engine is not None and not (back and self._engines.take_back()) and not self._exchange():
                self.stop()
                self.start()

    def use_codec(self, codec: Codec) -> bool:
        """Have a running engine go on with a codec that was built again, without a gap in the sound.

        Args:
            codec: Its latents mean the same as those of the one that decodes.

        Returns:
            Whether it can. One that cannot is ended and starts again: what is held goes on, playheads start again.
        """
        with self._lock:
            if self.engine is None or self.engine.use_codec(codec):
                return True
            self.stop()
            self.start()
            return False

    def start(self) -> EngineHandle:
        """The running engine; if there is none, it is started and is ready a second or two later.

        Where it should run in the page and the codec cannot go there, it runs in a process.

        Raises:
            RuntimeError: If the session has been closed.
        """
        if not self._closed:
            self._codec()  # before the lock: loading takes the document's, under which an edit waits for this one
        with self._lock:
            if self._closed:
                raise RuntimeError("this session is closed; make a new one")
            self.revive()
            if (engine := self._engines.now) is None:
                self.take(engine := self._made())
            return engine

    def take(self, engine: EngineHandle) -> None:
        """Play on this engine from now on, which was started for this session's codec."""
        with self._lock:
            self._engines.take(engine)
            self._tell_engines()
            engine.update(self._wanted().since(engine.setup))
            if self._device is not None and isinstance(engine, LocalHost):
                engine.use_device(self._device)
            for number, hand in self.hands.items():
                # What is held goes on; what a page has felt, an engine in the page knows better.
                if hand.down and not (hand.played and isinstance(engine, PageHost)):
                    engine.move(hand.place_or_origin, True, hand.pressure, hand=number)
            if not isinstance(engine, PageHost):
                self.hands = {number: replace(hand, played=False) for number, hand in self.hands.items()}
            if self._trace is not None:
                engine.trace(*self._trace)

    def _made(self) -> EngineHandle:
        codec = self._codec()
        if self.runs == "page" and not codec.info.capabilities.in_page:
            self.set_trait("runs", "process")
        return self._places[self.runs](codec)

    def _exchange(self) -> bool:
        """Have another engine follow the one that is heard; nothing happens if none is, and it returns whether."""
        if not (self.listening and self._engines.sounding):
            return False
        new, recorded, self.recording = self._made(), self.recording, ""
        self._engines.follow(new, lambda stays: self._left(recorded, stays))
        self.take(new)
        self._engines.begin()
        return True

    def handed_over(self) -> None:
        """A page has faded from the engine that was left: it ends now."""
        self._engines.settle()

    def _left(self, recorded: str, stays: bool = False) -> None:
        self._tell_engines()
        if stays:
            recorded, self.recording = self.recording, recorded
        self.list_take(recorded)

    def _tell_engines(self) -> None:
        self.set_trait("leaving", self._engines.leaving)
        self.set_trait("engine", self._engines.now)

    def revive(self) -> bool:
        """Start the engine again if it has died, say for want of memory; returns whether it had."""
        with self._lock:
            if self.engine is None or self._closed or self.engine.status().alive:
                return False
            self.engine.restart()
            if self._trace is not None:
                self.engine.trace(*self._trace)
            return True

    def follow(self) -> None:
        """Tell a running engine what has changed in what is wanted of it."""
        with self._lock:
            for engine in self._engines:
                change = self._wanted().since(engine.setup)
                if change.changes or change.assets:
                    engine.update(change)

    def stop(self) -> None:
        """End the engine and free its process; ``start`` makes a new one."""
        with self._lock:
            recorded, self.recording = self.recording, ""
            self._engines.stop()
        self._left(recorded)

    def close(self) -> None:
        """End for good."""
        self._closed = True
        self.stop()

    # --- gestures

    def move(
        self,
        coordinates: ArrayLike,
        on: bool = True,
        pressure: float = 1.0,
        *,
        hand: int = 0,
        seconds: float = 0.0,
        course: Course = "eased",
        played: bool = False,
        waits: bool = False,
    ) -> None:
        """Hand on a gesture; returns at once. Where no engine runs yet, it sounds when one does.

        Args:
            coordinates: ``[C]`` in control units.
            on: Whether the hand is down.
            pressure: 0..1, linear loudness.
            hand: Which of several fingers, 0 to 7; each sounds by itself.
            seconds: Glide there from where it is, if it is down already, in the engine's own time; 0 goes straight.
            course: Of the glide, ``"eased"`` or ``"even"``.
            played: Whether the page that felt it has played it itself already, where the engine is in the page.
            waits: Whether it waits for the next beat or bar, where ``clock.quantise`` is on.

        Raises:
            ValueError: If there is no such hand or glide, or the coordinates are not numbers.
        """
        place = np.asarray(coordinates, dtype=np.float64)
        self._engines.move(place, on, pressure, hand, seconds, course, played, waits)
        last = place if on else self.hands.get(hand, HandPosition()).place
        now = HandPosition(last, on, pressure, played and isinstance(self.engine, PageHost))
        self.hands = {**self.hands, hand: now}
        self.hand = self.hands.get(0, self.hand)

    def lift(self, hand: int | None = None) -> None:
        """Lift a hand, or all of them: it falls silent in the engine's own fade."""
        for number in {0, *self.hands} if hand is None else {hand}:
            self.move(self.hands.get(number, HandPosition()).place_or_origin, on=False, hand=number)

    def trace(self, latents: str, limit: int, heard: Callable[[Traced], None]) -> None:
        """Be told, frame by frame, what sounds where: see ``EngineHandle.trace``; goes on with a later engine."""
        with self._lock:
            self._trace = (latents, limit, heard)
            if self.engine is not None:
                self.engine.trace(*self._trace)

    def stop_trace(self) -> bool:
        """End it; returns whether an engine is there to tell the last part."""
        with self._lock:
            self._trace = None
            if self.engine is None or not self.engine.status().alive:
                return False
            self.engine.stop_trace()
            return True

    def panic(self) -> None:
        """Silence within 5 ms, until something starts again."""
        for engine in self._engines:
            engine.panic()
        self.silenced()

    def silenced(self) -> None:
        """Panic was pressed, and the engine is silent by now: no later one is to hold what was held."""
        self._engines.silenced()
        self.hands = {number: replace(hand, down=False) for number, hand in self.hands.items()}
        self.hand = self.hands.get(0, self.hand)

    # --- device and recordings

    def use_device(self, settings: DeviceSettings | None) -> None:
        """Play on a sound device of the kernel's machine, or (``None``) in the page again.

        Where it is heard, and nothing is recorded, another engine does so and follows this one, as in ``run_in``.

        Raises:
            RuntimeError: If the engine runs where no device can be reached.
        """
        if settings is not None and not isinstance(self.start(), LocalHost):
            raise RuntimeError(f"an engine in the {self.runs} reaches no device of the kernel's; run it in a process")
        other, self._device = settings != self._device, settings
        self.device = None if settings is None else settings.device or "default"
        with self._lock:
            if not other or self.local is None or self.recording or self.leaving or not self._exchange():
                self._engines.use_device(settings)

    def record(self, path: str | os.PathLike[str] | None = None, max_seconds: float = 3600.0) -> str:
        """Record what is heard, at the engine's end, with its gestures beside it.

        Args:
            path: Of the WAV file, beside which gestures and arrays stand; left out, one in the folder ``takes`` here.
            max_seconds: Where it ends by itself.

        Returns:
            The path.

        Raises:
            RuntimeError: If the engine is not ready yet.
        """
        target = str(Path(path or new_take()).with_suffix(".wav").absolute())
        self.start().record(target, max_seconds)
        self.recording = target
        return target

    def stop_recording(self) -> str:
        """End the recording; its files are whole when this returns, or, made in the page, soon after the running cell.

        Raises:
            RuntimeError: If nothing is recorded.
            OSError: If the disk refused something.
        """
        if not self.recording:
            raise RuntimeError("nothing is being recorded")
        path, self.recording = self.recording, ""
        try:
            return self.start().stop_recording()
        finally:
            self.list_take(path)

    def list_take(self, path: str) -> None:
        """Put a sound file on the list of takes, if it is there: also one whose gestures were lost."""
        self.takes = (*(take for take in self.takes if take != path), *([path] if Path(path).is_file() else []))

    def forget_take(self, path: str | os.PathLike[str]) -> None:
        """Take a recording off the list; its files stay where they are."""
        self.takes = tuple(take for take in self.takes if take != os.fspath(path))
