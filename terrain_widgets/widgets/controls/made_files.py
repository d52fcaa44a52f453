"""Files for the page that take long to make."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from terrain_widgets.process.last_threads import daemon
from terrain_widgets.process.worker import WorkCancelled
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.controls.file_transfers import FileTransfers, Send

#: Makes a file: called with what says whether it is no longer wanted; returns its name and content.
Make = Callable[[Callable[[], bool]], tuple[str, bytes]]


class MadeFiles(FileTransfers):
    """Gives what takes long to make: on a thread of its own, once, and the last one only.

    Args:
        send: Sends a message to the page.
        make: Makes the file.
        failed: Begins the sentence on what went wrong.
    """

    def __init__(self, send: Send, make: Make, failed: str = "Nothing was saved") -> None:
        super().__init__(send, give=lambda: make(lambda: False))
        self._make_file, self._failed = make, failed
        self._making: dict[str, threading.Event] = {}

    def close(self) -> None:
        """Drop what is under way, and have what is being made stop."""
        super().close()
        for stopped in self._making.values():
            stopped.set()
        self._making.clear()

    def _want(self, content: dict[str, Any], buffers: list[Any]) -> None:
        transfer = content["id"]
        if transfer in self._leaving or content.get("at") != 0:
            super()._want(content, buffers)
        elif transfer not in self._making:  # else the page has become impatient
            stopped = self._making[transfer] = threading.Event()
            daemon(self._make, content, stopped, name="terrain_widgets make", stop=stopped.set).start()

    def _stop(self, content: dict[str, Any], buffers: list[Any]) -> None:
        super()._stop(content, buffers)
        if content["id"] in self._making:
            self._making[content["id"]].set()

    def _make(self, content: dict[str, Any], stopped: threading.Event) -> None:
        try:
            made = self._make_file(stopped.is_set)
        except WorkCancelled:  # by the page, which knows, or by the end of the session
            ui.submit(lambda: self._made(content, None, "it was stopped"))
        except Exception as error:  # whatever a codec does: the page waits for an answer
            why = str(error.args[0]) if isinstance(error, KeyError) else str(error)
            ui.submit(lambda: self._made(content, None, why))
        else:
            ui.submit(lambda: self._made(content, made, ""))

    def _made(self, content: dict[str, Any], made: tuple[str, bytes] | None, why: str) -> None:
        stopped = self._making.pop(content["id"], None)
        if stopped is None or stopped.is_set():  # the page has gone, or wants it no more and was told so by itself
            return
        if made is None:
            self._end(content["id"], f"{self._failed}: {why}", failed=True)
        else:
            self._leaving = {content["id"]: made}  # what another page has not fetched to its end is asked for again
            super()._want(content, [])
