"""Saves a session by itself, a little after it has changed."""

from __future__ import annotations

import atexit
import concurrent.futures.thread  # noqa: F401  torch imports it, which is too late once Python ends
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from terrain_widgets.io.autosaves import autosaves, new_autosave, prune

_QUIET_SECONDS = 5.0
_LATEST = 6  # such times, where it is not left alone


class Saved(Protocol):
    """What is saved: a session's ``files``."""

    @property
    def work(self) -> object:
        """What the user has made and set; equal as long as it is the same."""

    def save(self, path: Path) -> None:
        """Write everything."""

    def watch(self, changed: Callable[[Any], None]) -> None:
        """Call back at every change."""

    def unwatch(self, changed: Callable[[Any], None]) -> None:
        """Call back no more."""


class Autosave:
    """Writes a session once it has been changed and then left alone for some seconds, while it is on.

    One that changes all the time, as while a terrain trains, is written all the same after six times as long.

    Sounds that came with the package and were not touched are no work of the user's: nothing is written before the
    first path is drawn or the first sound is added. It ends with ``stop()``, with what it saves, or with
    the program, which saves what is not saved yet. Views turn it on.

    Args:
        files: What is saved, held weakly.
        seconds: How long after a change.

    Attributes:
        path: Where it writes, once it was on; another file after each ``start``.
        resumed: The autosave from which the session went on, if it did.
        problem: Why the last try failed, in a sentence, or nothing.
        written: Called after each time that it has written the file, on a thread of its own.
    """

    def __init__(self, files: Saved, seconds: float = _QUIET_SECONDS) -> None:
        self._files, self._seconds = weakref.ref(files), float(seconds)
        self._before = autosaves()
        self._lock = threading.Lock()
        self._changed, self._closing = threading.Event(), threading.Event()
        self._dirty, self._began = False, files.work
        self._thread: threading.Thread | None = None
        self.path: Path | None = None
        self.resumed: Path | None = None
        self.problem = ""
        self.written: Callable[[], None] | None = None

    def __repr__(self) -> str:
        return f"Autosave({f'on, to {self.path.name}' if self.on and self.path is not None else 'off'})"

    @property
    def on(self) -> bool:
        """Whether it saves."""
        return self._thread is not None

    @property
    def earlier(self) -> Path | None:
        """The newest autosave of another session, if there is one."""
        return next((path for path in self._before if path.exists()), None)

    def start(self) -> None:
        """Save from now on, into a new file; nothing happens if it is on."""
        with self._lock:
            files = self._files()
            if self._thread is not None or files is None:
                return
            self._before, self.path = autosaves(), new_autosave()
            self._changed, self._closing = threading.Event(), threading.Event()
            self._dirty, self._began = False, files.work
            files.watch(self._note)
            self._thread = threading.Thread(target=self._run, name="terrain_widgets autosave", daemon=True)
            self._thread.start()
            atexit.register(self.stop)  # a kernel that is shut down, say a second after the last stroke

    def stop(self) -> None:
        """Save what is not saved yet, and no more; may be called again."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is None:
            return
        atexit.unregister(self.stop)
        self._closing.set()
        self._changed.set()
        thread.join(timeout=30.0)  # on a busy machine torch alone takes ten
        files = self._files()
        if files is not None:
            files.unwatch(self._note)

    def _note(self, _change: Any) -> None:
        self._dirty = True
        self._changed.set()

    def _run(self) -> None:
        while not self._closing.is_set():
            if not self._changed.wait(5.0):
                if self._files() is None:
                    atexit.unregister(self.stop)
                    return
                continue
            if self._dirty:
                import terrain_widgets.io.session_file  # torch: a kernel that ends has no time for it  # noqa: F401
            latest = time.monotonic() + _LATEST * self._seconds
            while not self._closing.is_set():
                self._changed.clear()
                left_alone = not self._closing.wait(self._seconds) and not self._changed.is_set()
                if left_alone or time.monotonic() >= latest:
                    break
            self._save()
        self._save()  # what has changed while that was being written

    def _save(self) -> None:
        files = self._files()
        if files is None or self.path is None or files.work == self._began or not self._dirty:
            return
        self._dirty = False
        try:
            files.save(self.path)
            prune()
            self.problem = ""
        except (OSError, ValueError) as error:  # a full disk must not end the music
            self.problem = f"This session could not be saved by itself: {error}"
            return
        if self.written is not None and not self._closing.is_set():
            self.written()
