"""What is dropped on a plane: a row of the pairing table, or a point of the map of sounds."""

from __future__ import annotations

from numpy.typing import ArrayLike

from terrain_widgets.session.session import Session

_POINT = "map:"  # before a point's number, as js/src/shared/dragged.js writes it


def map_point(session: Session, what: str) -> int | None:
    """Which point of the session's map was dropped, or ``None``."""
    found, number = session.explore.map.now, what.removeprefix(_POINT)
    if number == what or not number.isdecimal() or found is None or int(number) >= len(found):
        return None
    return int(number)


def draw_dropped(session: Session, what: str, place: ArrayLike) -> None:
    """Draw the sound of a point of the map where it was dropped, ``[2]`` in control units; nothing else is drawn."""
    point = map_point(session, what)
    if point is not None:
        session.explore.points.to_drawing(point, place)
