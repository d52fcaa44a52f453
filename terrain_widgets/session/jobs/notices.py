"""What a user should be told: sentences by topic, for whichever view shows that topic."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import traitlets


@dataclass(frozen=True)
class Notice:
    """A sentence for the user.

    Args:
        text: The sentence; empty if there is nothing to say.
        level: ``"info"`` or ``"error"``.
    """

    text: str
    level: str = "error"


class Notices(traitlets.HasTraits):
    """The newest notice of each topic.

    A topic is a kind of job (``"encode"``, ``"train"`` …) or a word that a view listens for. Its lock is its own: a
    gesture that says something waits for no training.
    """

    newest = traitlets.Dict(help="Notice by topic; replaced whole. The topic that spoke last stands last.")

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.RLock()  # who hears a notice may say another

    def __repr__(self) -> str:
        return (
            f"Notices({', '.join(f'{topic}: {notice.text}' for topic, notice in self.newest.items() if notice.text)})"
        )

    def say(self, topic: str, text: str, level: str = "error") -> None:
        """Have the views of that topic show a sentence; an empty one takes the last back."""
        with self._lock:
            if self.newest.get(topic, Notice("")).text == text:
                return
            others = {key: notice for key, notice in self.newest.items() if key != topic}
            newest = {**others, topic: Notice(text, level)}
            self.newest = newest
