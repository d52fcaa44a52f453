"""Reading and writing the tables in JSON that Max exports from a ``dict``: limited, strict about numbers, exact."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.io.atomic import replacing
from terrain_widgets.io.reading import content_of_file, reading

FloatArray = NDArray[np.float32]

LARGEST_FILE = 64 * 2**20


def read_json(path: str | os.PathLike[str]) -> dict[str, Any]:
    """A JSON file whose outermost value is an object.

    Raises:
        ForeignFileError: If the file is missing, larger than 64 MiB, or something else.
    """
    file = Path(path)
    with reading(ForeignFileError, f"{file.name} is no JSON, or it is damaged"):
        content = json.loads(content_of_file(file, LARGEST_FILE).decode("utf-8-sig"))
    if not isinstance(content, dict):
        raise ForeignFileError(f"{file.name} should hold an object {{…}}, and holds a {type(content).__name__}")
    return content


def write_json(path: str | os.PathLike[str], content: dict[str, Any]) -> None:
    """Write JSON; an older file of that name stays whole until the new one is."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1, allow_nan=False), encoding="utf-8")


def numbered(table: Any, first: int, what: str) -> list[Any]:
    """The values of an object whose keys count up from ``first``, in that order.

    Raises:
        ForeignFileError: If it is no object, or a number is missing or is not a number.
    """
    if not isinstance(table, dict):
        raise ForeignFileError(f"{what} should be an object with numbered keys, and is a {type(table).__name__}")
    wanted = [str(k) for k in range(first, first + len(table))]
    missing = [key for key in wanted if key not in table]
    if missing:
        found = ", ".join(repr(key)[:20] for key in list(table)[:4])
        raise ForeignFileError(
            f"{what} should have the keys {first}, {first + 1}, …; {missing[0]} is missing ({found})"
        )
    return [table[key] for key in wanted]


def column(values: Any, what: str) -> FloatArray:
    """A list of numbers ``[N]``; a single number counts as a list of one, because Max writes it so.

    Raises:
        ForeignFileError: If it holds anything but finite numbers.
    """
    listed = values if isinstance(values, list) else [values]
    if not all(type(value) in (float, int) for value in listed):
        raise ForeignFileError(f"{what} should be a list of numbers")
    try:
        with np.errstate(over="ignore"):  # becomes infinity, which is refused below
            numbers = np.array(listed, dtype=np.float64).astype(np.float32)
    except OverflowError as error:
        raise ForeignFileError(f"{what} holds a number that is too large") from error
    if not np.isfinite(numbers).all():
        raise ForeignFileError(f"{what} holds NaN, infinity or a number that float32 cannot hold")
    return numbers


def listed(numbers: FloatArray) -> list[float]:
    """A column as the shortest decimals that are read back as the same float32."""
    return [float(str(value)) for value in numbers.astype(np.float32)]
