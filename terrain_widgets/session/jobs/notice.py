"""What a panel should tell its user."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """A sentence for the user.

    Args:
        text: The sentence; empty if there is nothing to say.
        level: ``"info"`` or ``"error"``.
    """

    text: str
    level: str = "error"
