"""Files between the page and the kernel, which may be far apart: a button, a place to drop them, progress, a stop."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import traitlets

from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import STATIC
from terrain_widgets.widgets.base.ui_thread import ui

PIECE = 512 * 1024  # bytes in one message; a server drops one of more than ten megabytes without a word
_IN_MEMORY = 8 * 2**20

Take = Callable[[str, bytes], str]
Give = Callable[[], tuple[str, bytes]]


@dataclass
class _Arriving:
    """A file on its way to the kernel."""

    name: str
    size: int
    file: IO[bytes] = field(default_factory=lambda: tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))


class FilePort(PageWidget):
    """A button that opens files of the user's own machine, or saves one there.

    Where the port stands in an element of the class ``tw-drop``, files can be dropped anywhere on that element. The
    other end of every call is a page, so names and contents are a stranger's: names are only shown as text, and
    contents go to ``take`` as bytes.

    Args:
        take: Called on the UI thread with a file's name and content; returns what to tell the user, and raises a
            ``ValueError`` whose text tells why it cannot be used. For ``direction="open"``.
        give: Called on the UI thread when the user wants the file; returns its name and content. For ``"save"``.
        **kwargs: Traits.

    Attributes:
        label: On the button.
        hint: Its tooltip.
        accept: As HTML's ``accept``: ``".wav,.flac"``.
        multiple: Whether several files may be chosen at once.
        decoded: Suffixes of files whose sound the page decodes, and sends as WAV, where its browser can.
        largest: Bytes of the largest file that is taken.
        disabled: Whether it takes nothing now.
    """

    _esm = STATIC / "file_port.js"
    _css = STATIC / "file_port.css"
    direction = traitlets.Enum(("open", "save"), "open").tag(sync=True)
    label = traitlets.Unicode("Open").tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    accept = traitlets.Unicode("").tag(sync=True)
    multiple = traitlets.Bool(False).tag(sync=True)
    decoded = traitlets.List(traitlets.Unicode()).tag(sync=True)
    largest = traitlets.Int(200 * 10**6, min=1).tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)

    def __init__(self, take: Take | None = None, give: Give | None = None, **kwargs: Any) -> None:
        self._take, self._give = take, give
        self._arriving: dict[str, _Arriving] = {}
        self._leaving: dict[str, tuple[str, bytes]] = {}
        if (take is None) == (give is None):
            raise ValueError("a port either takes files or gives one: pass take=… or give=…")
        super().__init__(direction="open" if take is not None else "save", **kwargs)
        self.on_msg(self._receive)

    def close(self) -> None:
        """Drop what is under way, and leave the page."""
        for arriving in self._arriving.values():
            arriving.file.close()
        self._arriving.clear()
        self._leaving.clear()
        super().close()

    def _receive(self, _widget: Any, content: Any, buffers: list[Any]) -> None:
        handle = {"offer": self._offer, "piece": self._piece, "want": self._want, "stop": self._stop}
        if isinstance(content, dict) and isinstance(content.get("id"), str) and content.get("type") in handle:
            ui.submit(lambda: handle[content["type"]](content, buffers))

    # -- from the page

    def _offer(self, content: dict[str, Any], _buffers: list[Any]) -> None:
        name, size = Path(str(content.get("name", ""))).name[:200] or "file", int(content.get("size", -1))
        if self._take is None or self.disabled:
            self._end(content["id"], f"{name} cannot be taken now; wait a moment, and drop it again.", failed=True)
        elif not 0 <= size <= self.largest:
            self._end(content["id"], f"{name} has {size / 1e6:.1f} MB; the limit is {self.largest / 1e6:.1f} MB.", True)
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
        self.send({"type": "more", "id": transfer, "at": self._arriving[transfer].file.tell()})

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
                raise ValueError("this port only takes files")
            if transfer not in self._leaving:
                if at != 0:
                    raise ValueError("the file was lost on its way: the kernel was restarted. Save it again")
                self._leaving[transfer] = self._give()
        except (ValueError, KeyError, RuntimeError, OSError) as error:
            why = str(error.args[0]) if isinstance(error, KeyError) else str(error)
            self._end(transfer, f"Nothing was saved: {why}.", failed=True)
            return
        name, data = self._leaving[transfer]
        self.send({"type": "part", "id": transfer, "at": at, "size": len(data), "name": name}, [data[at : at + PIECE]])

    def _stop(self, content: dict[str, Any], _buffers: list[Any]) -> None:
        self._leaving.pop(content["id"], None)
        arriving = self._arriving.pop(content["id"], None)
        if arriving is not None:
            arriving.file.close()

    def _end(self, transfer: str, text: str, failed: bool = False) -> None:
        self.send({"type": "end", "id": transfer, "text": text, "failed": failed})
