"""Following the session's traits on the UI thread, and ceasing to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from terrain_widgets.widgets.base.ui_thread import ui


class Following:
    """What some widget follows. Traits of a session change on worker threads; what is shown, on the UI thread only.

    Args:
        owner: Who follows: several changes of one trait, for one owner, are shown once.
    """

    def __init__(self, owner: object) -> None:
        self._owner = id(owner)
        self._observed: list[tuple[traitlets.HasTraits, Callable[[Any], None], str]] = []

    def to(self, trait: str, show: Callable[[], None], whose: traitlets.HasTraits) -> None:
        """Call ``show`` on the UI thread after a trait has changed (once for several quick changes).

        Args:
            trait: Its name.
            show: What to do then.
            whose: Whose trait.
        """

        def enqueue(_change: Any) -> None:
            ui.submit(show, key=(self._owner, trait, show))

        whose.observe(enqueue, names=trait)
        self._observed.append((whose, enqueue, trait))

    def end(self) -> None:
        """Follow nothing any more."""
        for model, observer, trait in self._observed:
            model.unobserve(observer, names=trait)
        self._observed.clear()
