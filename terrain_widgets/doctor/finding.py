"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "note", "problem"]


@dataclass(frozen=True)
class Finding:
    """What was found, and what to do.

    Args:
        area: What it is about, in one or two words.
        level: ``"problem"`` is what keeps the instrument from working; a ``"note"`` may be wanted otherwise.
        text: What was found.
        cure: What to do; never empty unless all is well.

    Raises:
        ValueError: If something is wrong and no cure is given.
    """

    area: str
    level: Level
    text: str
    cure: str = ""

    def __post_init__(self) -> None:
        if self.level != "ok" and not self.cure:
            raise ValueError(f"a finding that is not well needs a cure: {self.area}, {self.text}")
