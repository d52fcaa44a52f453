"""A widget of its own that takes files from its page, or gives it some."""

from __future__ import annotations

from typing import Any

import traitlets

from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.controls.file_transfers import LARGEST, FileTransfers, Give, Take


class FilePort(PageWidget):
    """What a page and its kernel say to each other of files, for a widget that looks otherwise than a button.

    Args:
        take: As ``FileTransfers`` takes it.
        give: As ``FileTransfers`` takes it.
        **kwargs: Traits.

    Attributes:
        largest: Bytes of the largest file that is taken.
        disabled: Whether it takes nothing now.
    """

    largest = traitlets.Int(LARGEST, min=1).tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)

    def __init__(self, take: Take | None = None, give: Give | None = None, **kwargs: Any) -> None:
        self.transfers = self._make_transfers(take, give)
        super().__init__(**kwargs)
        self.on_msg(lambda _widget, content, buffers: self.transfers.receive(content, buffers))

    def close(self) -> None:
        """Drop what is under way, and leave the page."""
        self.transfers.close()
        super().close()

    def _make_transfers(self, take: Take | None, give: Give | None) -> FileTransfers:
        return FileTransfers(
            lambda content, buffers: self.send(content, buffers),
            take,
            give,
            largest=lambda: self.largest,
            ready=lambda: not self.disabled,
        )
