"""Saves a session by itself, a little after it has changed."""

from __future__ import annotations

import threading
import weakref
from pathlib import Path
from typing import Any

from terrain_widgets.io.autosaves import autosaves, new_autosave, prune
from terrain_widgets.session.files.files import Files

_QUIET_SECONDS = 15.0


class Autosave:
    """A thread that writes the session once it has been changed and then left alone for some seconds.

    Sounds that came with the package and were not touched are no work of the user's: nothing is written before the
    first path is drawn or the first sound is added. It ends with ``close()`` or with the files' session.

    Args:
        files: What is saved, held weakly.
        seconds: How long after a change.
    """

    def __init__(self, files: Files, seconds: float = _QUIET_SECONDS) -> None:
        self.path = new_autosave()
        self._files, self._seconds = weakref.ref(files), float(seconds)
        self._before = [path for path in autosaves() if path != self.path]
        self._began = files.work
        self._changed, self._closing = threading.Event(), threading.Event()
        self._dirty, self.problem = False, ""
        files.watch(self._note)
        self._thread = threading.Thread(target=self._run, name="terrain_widgets autosave", daemon=True)
        self._thread.start()

    @property
    def earlier(self) -> Path | None:
        """The newest autosave of another session, if there is one."""
        return next((path for path in self._before if path.exists()), None)

    def close(self) -> None:
        """Save what is not saved yet, and stop; may be called again."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._changed.set()
        self._thread.join(timeout=10.0)
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
                    return
                continue
            # left alone, not merely late: while a terrain trains, it changes all the time
            while not self._closing.is_set():
                self._changed.clear()
                if not self._closing.wait(self._seconds) and not self._changed.is_set():
                    break
            self._save()
        self._save()  # what has changed while that was being written

    def _save(self) -> None:
        files = self._files()
        if files is None or files.work == self._began or not self._dirty:
            return
        self._dirty = False
        try:
            files.save(self.path)
            prune()
            self.problem = ""
        except (OSError, ValueError) as error:  # a full disk must not end the music
            self.problem = f"This session could not be saved by itself: {error}"
