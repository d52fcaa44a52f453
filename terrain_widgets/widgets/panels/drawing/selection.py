"""Which paths a tool or a key is about."""

from __future__ import annotations

from terrain_widgets.session.session import Session


class Selection:
    """Paths that were taken hold of together. On the UI thread only.

    Args:
        session: Whose paths.

    Attributes:
        touched: Id of the path that was last taken hold of, alone.
        place: Where a path was last touched: its id, and control units from its start.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ids: tuple[str, ...] = ()
        self.touched = ""
        self.place = ("", 0.0)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the paths in it that are still there."""
        drawings = self._session.state.drawings
        living = tuple(key for key in self._ids if key in drawings and drawings[key].path.control_dim == 2)
        if len(living) == 1:  # the menu has chosen another sound since
            clip = drawings[living[0]].clip
            if clip is not None and clip != self._session.document.selected:
                return ()
        return living

    @ids.setter
    def ids(self, ids: tuple[str, ...]) -> None:
        if len(ids) == 1:
            self.take(ids[0])
        else:
            self._ids = ids

    def take(self, key: str) -> None:
        """This path alone; its sound is the selected one."""
        self._ids, self.touched = (key,), key
        clip = self._session.state.drawings[key].clip
        if clip is not None:
            self._session.document.select(clip)

    def toggle(self, key: str) -> None:
        """With this path, or without it."""
        ids = self.ids
        self.ids = tuple(other for other in ids if other != key) if key in ids else (*ids, key)

    def clear(self) -> None:
        """Nothing is selected; the path that was last touched stays remembered."""
        self._ids = ()

    def every(self) -> None:
        """All paths."""
        self.ids = tuple(self._session.state.drawings)

    def meant(self) -> list[str]:
        """The paths that a key is about: those selected, else the one last touched, or that of the selected sound.

        Raises:
            ValueError: If there is none.
        """
        if len(self.ids) > 1:
            return list(self.ids)
        state = self._session.state
        own = state.drawing_of(self._session.document.selected) if self._session.document.selected else None
        touched = state.drawings.get(self.touched)
        if touched is not None and (touched.clip is None or touched is own):
            return [touched.id]
        if own is None:
            raise ValueError("the selected sound has no path; select one that has, or draw it first")
        return [own.id]
