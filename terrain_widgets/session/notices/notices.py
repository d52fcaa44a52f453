"""The newest event of each topic, for whichever view shows that topic."""

from __future__ import annotations

import threading

import traitlets

from terrain_widgets.session.notices.events import Notice


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
        return f"Notices({', '.join(f'{topic}: {notice!r}' for topic, notice in self.newest.items())})"

    def say(self, topic: str, notice: Notice | None) -> None:
        """Have the views of that topic show a notice; ``None`` takes the last back."""
        with self._lock:
            if self.newest.get(topic) == notice:
                return
            newest = {key: other for key, other in self.newest.items() if key != topic}
            self.newest = newest if notice is None else {**newest, topic: notice}
