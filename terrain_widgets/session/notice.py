"""What a panel should tell its user."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """A sentence for the user, and the panel that should say it.

    Args:
        area: ``"sounds"``, ``"canvas"``, ``"training"``, ``"heatmap"`` or ``"play"``.
        text: The sentence; empty to clear.
        level: ``"info"`` or ``"error"``.
    """

    area: str
    text: str
    level: str = "error"
