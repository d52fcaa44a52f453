"""SVG's path data and transforms as numbers."""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.paths.editing import Affine
from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.io.reading import reading

NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_TRANSFORM = re.compile(r"(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^)]*)\)")
Points = NDArray[np.float64]


def subpaths(data: str) -> list[tuple[Points, Points | None]]:
    """Anchors ``[K, 2]`` and handles ``[K, 2, 2]`` or ``None``, for every sub-path of path data that has a length."""
    try:
        from fontTools.pens.recordingPen import RecordingPen
        from fontTools.svgLib.path import parse_path
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "SVG paths are read by fontTools, which is not installed: pip install 'terrain_widgets[svg]'"
        ) from error
    pen = RecordingPen()
    with reading(ForeignFileError, f"the path data {data[:40]!r}… cannot be read"):
        parse_path(data, pen)
    found: list[tuple[Points, Points | None]] = []
    segments: list[Points] = []  # [4, 2] each
    curved = False
    here = start = np.zeros(2)

    def close() -> None:
        nonlocal segments, curved
        if segments and np.isfinite(np.stack(segments)).all():
            table = np.stack(segments)
            anchors = np.concatenate([table[:, 0], table[-1:, 3]])
            handles = np.stack(
                [np.concatenate([anchors[:1], table[:, 2]]), np.concatenate([table[:, 1], anchors[-1:]])], axis=1
            )
            found.append((anchors, handles if curved else None))
        segments, curved = [], False

    for verb, arguments in pen.value:
        places = [np.array(place, dtype=np.float64) for place in arguments]
        if verb == "moveTo":
            close()
            here = start = places[0]
            continue
        if verb in ("closePath", "endPath"):
            places = [start] if verb == "closePath" and (here != start).any() else []
            verb = "lineTo"
        if verb == "lineTo" and places:
            control = [here + (places[0] - here) / 3, here + (places[0] - here) * 2 / 3]
        elif verb == "qCurveTo" and len(places) == 2:
            control = [here + (places[0] - here) * 2 / 3, places[1] + (places[0] - places[1]) * 2 / 3]
        else:
            control = places[:2]
        if places:
            if (places[-1] != here).any() or verb != "lineTo":
                segments.append(np.stack([here, *control, places[-1]]))
                curved |= verb != "lineTo"
            here = places[-1]
    close()
    return found


def transform(text: str) -> Affine:
    """SVG's ``transform``: maps from right to left."""
    matrix, offset = np.eye(2), np.zeros(2)
    for name, arguments in _TRANSFORM.findall(text[:2000]):
        given = [float(number) for number in NUMBER.findall(arguments)]
        own, shift = np.eye(2), np.zeros(2)
        if name == "matrix" and len(given) == 6:
            own, shift = np.array([[given[0], given[2]], [given[1], given[3]]]), np.array(given[4:])
        elif name == "translate" and given:
            shift = np.array([given[0], given[1] if len(given) > 1 else 0.0])
        elif name == "scale" and given:
            own = np.diag([given[0], given[-1]])
        elif name == "rotate" and given:
            angle, centre = math.radians(given[0]), np.array(given[1:3] if len(given) == 3 else [0.0, 0.0])
            own = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
            shift = centre - own @ centre
        elif name.startswith("skew") and given:
            slant = math.tan(math.radians(given[0]))
            own = np.array([[1.0, slant], [0.0, 1.0]] if name == "skewX" else [[1.0, 0.0], [slant, 1.0]])
        matrix, offset = matrix @ own, matrix @ shift + offset
    return Affine(matrix, offset)
