"""A button for files of the user's own machine: to open them, or to save one there."""

from __future__ import annotations

from typing import Any

import traitlets

from terrain_widgets.widgets.controls.file_transfers import LARGEST, FileTransfers, Give, Take
from terrain_widgets.widgets.controls.item import Control
from terrain_widgets.widgets.controls.made_files import MadeFiles, Make


class FileButton(Control):
    """Opens files, or saves one, with progress and a stop.

    Where it stands in an element of the class ``tw-drop``, files can be dropped anywhere on that element.

    Args:
        take: As ``FileTransfers`` takes it: the button opens files.
        give: As ``FileTransfers`` takes it: the button saves one.
        make: As ``MadeFiles`` takes it: the button saves one that takes long to make.
        **traits: First values of its traits.

    Attributes:
        direction: ``"open"`` or ``"save"``.
        accept: As HTML's ``accept``: ``".wav,.flac"``.
        multiple: Whether several files may be chosen at once.
        decoded: Suffixes of files whose sound the page decodes, and sends as WAV, where its browser can.
        largest: Bytes of the largest file that is taken.
    """

    kind = "file"
    direction = traitlets.Enum(("open", "save"), "open").tag(page=True)
    accept = traitlets.Unicode("").tag(page=True)
    multiple = traitlets.Bool(False).tag(page=True)
    decoded = traitlets.List(traitlets.Unicode()).tag(page=True)
    largest = traitlets.Int(LARGEST, min=1).tag(page=True)

    def __init__(
        self, take: Take | None = None, give: Give | None = None, make: Make | None = None, **traits: Any
    ) -> None:
        self.transfers = (
            FileTransfers(self._send, take, give, largest=lambda: self.largest, ready=lambda: not self.disabled)
            if make is None
            else MadeFiles(self._send, make)
        )
        super().__init__(direction="open" if take is not None else "save", **traits)

    @property
    def selector(self) -> str:
        """Of its element in a page."""
        return f'[data-item="{self.id}"]'

    def _send(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        if self._owner is not None:
            self._owner.send_to(self, content, buffers)
