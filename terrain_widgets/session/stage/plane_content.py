"""What lies on the session's plane, as plain data for a page that draws it itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.session.document.state import SessionState

_MOST_POINTS = 400  # of a path in a picture


def plane_content(state: SessionState, boundary: Boundary) -> dict[str, Any]:
    """Boundary, drawn paths and labelled points, as JSON takes them.

    Args:
        state: What was made.
        boundary: The plane that is seen.
    """
    return {
        "boundary": list(boundary.as_tuple()),
        "paths": [*_drawn(state), *_free(state.free_paths)],
        "points": [
            {"name": point.label or point.id, "colour": point.colour, "place": _numbers(point.control)}
            for point in state.points
            if len(point.control) == 2
        ],
    }


def _drawn(state: SessionState) -> list[dict[str, Any]]:
    return [
        {
            "id": drawing.clip or "",
            "name": drawing.label or (state.clip(drawing.clip).name if drawing.clip is not None else ""),
            "colour": drawing.colour,
            "number": state.clip(drawing.clip).colour if drawing.clip is not None else -1,
            "places": _line(drawing.path.values),
        }
        for drawing in state.drawings.values()
        if drawing.path.control_dim == 2 and not drawing.muted
    ]


def _free(paths: Mapping[str, NDArray[np.float32]]) -> list[dict[str, Any]]:
    free = {name: path for name, path in paths.items() if path.shape[1] == 2}
    return [{"id": n, "name": "", "colour": "", "number": -1, "places": _line(path)} for n, path in free.items()]


def _line(table: NDArray[Any]) -> list[list[float]]:
    step = max(1, -(-len(table) // _MOST_POINTS))
    kept = [*table[:-1:step], table[-1]]
    return [_numbers(place) for place in kept]


def _numbers(vector: NDArray[Any]) -> list[float]:
    return [round(float(value), 5) for value in vector]
