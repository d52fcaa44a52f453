"""What a panel knows of its charts, whatever draws them."""

from __future__ import annotations


class Chart:
    """Part of a panel that is drawn by a library of the page, and may have changed while it had no view."""

    def refresh(self) -> None:
        """Tell the page the picture of now, soon."""
        raise NotImplementedError
