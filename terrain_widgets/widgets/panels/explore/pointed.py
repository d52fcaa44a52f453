"""What a button below the map means: the point that the pointer was at last, or else the selected sound."""

from __future__ import annotations

from collections.abc import Callable

from numpy.typing import ArrayLike

from terrain_widgets.session.session import Session


class Pointed:
    """One sound of many, chosen by pointing.

    Args:
        session: Has the map and the selection.
        meant: Gives the number of the point of the map that the pointer was at last, or -1.
    """

    def __init__(self, session: Session, meant: Callable[[], int]) -> None:
        self._session, self._meant = session, meant

    def __call__(self) -> tuple[str, ArrayLike | str]:
        """What it is called, and where it is: latents ``[D]``, or a sound's id.

        Raises:
            KeyError: If nothing is meant.
        """
        found, point = self._session.explore.map.now, self._meant()
        if found is not None and 0 <= point < len(found):
            return found.name_of(point), found.latents[point]
        clip = self._session.state.clip(self._session.document.selected)
        return clip.name, clip.id

    @property
    def name(self) -> str:
        """What it is called; nothing where nothing is meant."""
        try:
            return self()[0]
        except KeyError:
            return ""
