"""Files between the page and the kernel, which may be far apart: in pieces, each of which is acknowledged."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from terrain_widgets.widgets.base.ui_thread import ui

PIECE = 512 * 1024  # bytes in one message; a server drops one of more than ten megabytes without a word
LARGEST = 200 * 10**6
_IN_MEMORY = 8 * 2**20

Take = Callable[[str, bytes], str]
Give = Callable[[], tuple[str, bytes]]
Send = Callable[[dict[str, Any], list[bytes]], None]


@dataclass
class _Arriving:
    """A file on its way to the kernel."""

    name: str
    size: int
    file: IO[bytes] = field(default_factory=lambda: tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))


class FileTransfers:
    """The kernel's end of the way that files take.

    The other end of every call is a page, so names and contents are a stranger's: names are only shown as text, and
    contents go to ``take`` as bytes.

    Args:
        send: Sends a message to the page.
        take: Called on the UI thread with a file's name and content; returns what to tell the user, and raises a
            ``ValueError`` whose text tells why it cannot be used.
        give: Called on the UI thread when the user wants the file; returns its name and content.
        largest: Returns the bytes of the largest file that is taken.
        ready: Returns whether files are taken now.

    Raises:
        ValueError: If neither ``take`` nor ``give`` is passed, or both.
    """

    def __init__(
        self,
        send: Send,
        take: Take | None = None,
        give: Give | None = None,
        *,
        largest: Callable[[], int] = lambda: LARGEST,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        if (take is None) == (give is None):
            raise ValueError("files either arrive or leave: pass take=… or give=…")
        self._send, self._take, self._give = send, take, give
        self._largest, self._ready = largest, ready
        self._arriving: dict[str, _Arriving] = {}
        self._leaving: dict[str, tuple[str, bytes]] = {}

    @property
    def under_way(self) -> int:
        """How many files are on their way."""
        return len(self._arriving) + len(self._leaving)

    def close(self) -> None:
        """Drop what is under way."""
        for arriving in self._arriving.values():
            arriving.file.close()
        self._arriving.clear()
        self._leaving.clear()

    def receive(self, content: Any, buffers: list[Any]) -> None:
        """A message of the page, on whatever thread the kernel uses for messages."""
        handle = {"offer": self._offer, "piece": self._piece, "want": self._want, "stop": self._stop}
        if isinstance(content, dict) and isinstance(content.get("id"), str) and content.get("type") in handle:
            ui.submit(lambda: handle[content["type"]](content, buffers))

    # -- from the page

    def _offer(self, content: dict[str, Any], _buffers: list[Any]) -> None:
        name, size = Path(str(content.get("name", ""))).name[:200] or "file", int(content.get("size", -1))
        largest = self._largest()
        if self._take is None or not self._ready():
            self._end(content["id"], f"{name} cannot be taken now; wait a moment, and drop it again.", failed=True)
        elif not 0 <= size <= largest:
            self._end(content["id"], f"{name} has {size / 1e6:.1f} MB; the limit is {largest / 1e6:.1f} MB.", True)
        else:
            self._arriving.setdefault(content["id"], _Arriving(name, size))
            self._more(content["id"])

    def _piece(self, content: dict[str, Any], buffers: list[Any]) -> None:
        arriving = self._arriving.get(content["id"])
        if arriving is None:
            self._end(content["id"], "This file was lost on its way: the kernel was restarted. Choose it again.", True)
            return
        if content.get("at") == arriving.file.tell() and buffers:  # else it came twice
            data = bytes(buffers[0])
            arriving.file.write(data[: arriving.size - arriving.file.tell()])
        if arriving.file.tell() < arriving.size:
            self._more(content["id"])
        else:
            self._finish(content["id"], arriving)

    def _more(self, transfer: str) -> None:
        self._send({"type": "more", "id": transfer, "at": self._arriving[transfer].file.tell()}, [])

    def _finish(self, transfer: str, arriving: _Arriving) -> None:
        assert self._take is not None
        del self._arriving[transfer]
        with arriving.file as file:
            file.seek(0)
            data = file.read()
        try:
            self._end(transfer, self._take(arriving.name, data))
        except (ValueError, KeyError, RuntimeError, OSError) as error:
            why = str(error.args[0]) if isinstance(error, KeyError) else str(error)
            self._end(transfer, f"{arriving.name}: {why}", failed=True)

    # -- to the page

    def _want(self, content: dict[str, Any], _buffers: list[Any]) -> None:
        transfer, at = content["id"], int(content.get("at", 0))
        try:
            if self._give is None:
                raise ValueError("this button only takes files")
            if transfer not in self._leaving:
                if at != 0:
                    raise ValueError("the file was lost on its way: the kernel was restarted. Save it again")
                self._leaving[transfer] = self._give()
        except (ValueError, KeyError, RuntimeError, OSError) as error:
            why = str(error.args[0]) if isinstance(error, KeyError) else str(error)
            self._end(transfer, f"Nothing was saved: {why}.", failed=True)
            return
        name, data = self._leaving[transfer]
        part = {"type": "part", "id": transfer, "at": at, "size": len(data), "name": name}
        self._send(part, [data[at : at + PIECE]])

    def _stop(self, content: dict[str, Any], _buffers: list[Any]) -> None:
        self._leaving.pop(content["id"], None)
        arriving = self._arriving.pop(content["id"], None)
        if arriving is not None:
            arriving.file.close()

    def _end(self, transfer: str, text: str, failed: bool = False) -> None:
        self._send({"type": "end", "id": transfer, "text": text, "failed": failed}, [])
