"""The mapping that Latent-Playground's Control module saves: places, and 22 parameters at each.

``{"xy": {"cols": 2, "data": {name: [x, y]}}, "params": {"cols": 22, "data": {name: [...]}}, "mlp": …}``; all numbers
are 0 to 1: seed map x and y, note value, chaos, smooth, jump, eight scales, eight offsets. Scales and offsets were
recorded behind the curve ``sign(s) s²/3``, and are played through it a second time there; here it is applied once. A
place on its map of seeds becomes that place on ours of simplex noise, as the file does not say which noise it is. The
network is left aside: its points say what it was trained on.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.control_map import MOST_POINTS, ControlMap, MapPoint
from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.io.reading import reading
from terrain_widgets.io.seed_maps import seed_map

_PARAMETERS, _MODULATORS = 22, 8
#: Bars of the 23 note values, from 1/16 to 32 bars; T is two thirds, D half as long again.
_BARS = (
    1 / 16, 1 / 12, 3 / 32, 1 / 8, 1 / 6, 3 / 16, 1 / 4, 1 / 3, 3 / 8, 1 / 2, 2 / 3, 3 / 4,
    1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0,
)  # fmt: skip
_COLUMNS = {
    "seed": slice(0, 2),
    "time": slice(2, 4),
    "jump": slice(4, 6),
    "energy": slice(6, 14),
    "deviation": slice(14, 22),
}


def is_mapping(data: bytes) -> bool:
    """Whether a file's content looks like such a mapping."""
    return b'"xy"' in data and b'"params"' in data


def read_mapping(name: str, data: bytes) -> ControlMap:
    """The points of a mapping, on the plane from -1 to 1; groups that are alike at all points are off.

    Args:
        name: The file's, for messages.
        data: Its content.

    Raises:
        ForeignFileError: If it is no such file, has numbers out of range, or more than a thousand points.
    """
    with reading(ForeignFileError, f"{name} is no mapping of Latent-Playground, or it is damaged"):
        content = json.loads(data)
        places, params = _table(content, "xy", 2), _table(content, "params", _PARAMETERS)
        if set(places) != set(params) or not places:
            raise ValueError("its places and its parameters are not of the same points")
        rows = np.array([params[key] for key in places])
        groups = {group for group, columns in _COLUMNS.items() if np.ptp(rows[:, columns], axis=0).max() > 0}
        groups = groups or {"energy", "deviation"}  # one place, or all alike
        points = [_point(places[key], row, groups) for key, row in zip(places, rows, strict=True)]
        return ControlMap(tuple(points), groups=frozenset(groups))


def _table(content: Any, key: str, columns: int) -> dict[str, NDArray[np.float64]]:
    table = content[key]
    data = table["data"]
    if table["cols"] != columns or not isinstance(data, dict):
        raise ValueError(f"“{key}” has {str(table['cols']):.20} columns where {columns} are expected")
    if len(data) > MOST_POINTS:
        raise ValueError(f"it has {len(data)} points; at most {MOST_POINTS} are read")
    rows = {str(name): np.asarray(row, dtype=np.float64) for name, row in data.items()}
    for name, row in rows.items():
        if row.shape != (columns,) or not ((row >= 0.0) & (row <= 1.0)).all():
            raise ValueError(f"“{key}” of {name:.40} is not {columns} numbers from 0 to 1")
    return rows


def _point(place: NDArray[np.float64], row: NDArray[np.float64], groups: set[str]) -> MapPoint:
    note = _BARS[round(row[2] * (len(_BARS) - 1))]
    values: dict[str, Any] = {}
    if "seed" in groups:
        values["seed"] = seed_map("simplex").nearest(2.0 * row[:2] - 1.0, _MODULATORS)
    if "time" in groups:
        values |= {"loop_in": "bars", "loop": note, "chaos": float(row[3])}
    if "jump" in groups:
        values |= {"smooth": 100.0 * float(row[4]), "jump": 200.0 * float(row[5]) - 100.0}
    for word in ("energy", "deviation"):
        if word in groups:
            values[word] = tuple(_uncurved(6.0 * row[_COLUMNS[word]] - 3.0).tolist())
    return MapPoint((2.0 * place[0] - 1.0, 2.0 * place[1] - 1.0), {f"modulators.{w}": v for w, v in values.items()})


def _uncurved(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    """What gives these amounts by the curve."""
    found: NDArray[np.float64] = np.sign(amounts) * np.sqrt(3.0 * np.abs(amounts))
    return found
