"""Exercises that answer: a check says yes, and why, or not yet, with a hint. It never raises, so Run All runs on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import numpy as np
from numpy.typing import NDArray

Given = ParamSpec("Given")
_YES, _NOT_YET = "✓ ", "Not yet. Hint: "


class Hint(Exception):
    """Raised inside a check: what is still missing, and how to get there."""


@dataclass(frozen=True)
class Verdict:
    """What a check found; its ``repr`` is what the notebook shows.

    Args:
        passed: Whether the exercise is done.
        text: What to make of it: praise with a fact, or the hint.
    """

    passed: bool
    text: str

    def __repr__(self) -> str:
        return (_YES if self.passed else _NOT_YET) + self.text

    def __bool__(self) -> bool:
        return self.passed


def exercise(
    begin: str,
) -> Callable[[Callable[Concatenate[Any, Given], str]], Callable[Concatenate[Any, Given], Verdict]]:
    """Make a check of a function that returns a sentence of praise or raises ``Hint``.

    Args:
        begin: The hint while the answer, the check's first argument, is still the three dots that it was stored with.
    """

    def decorate(
        check: Callable[Concatenate[Any, Given], str],
    ) -> Callable[Concatenate[Any, Given], Verdict]:
        @wraps(check)
        def checked(answer: Any, /, *given: Given.args, **more: Given.kwargs) -> Verdict:
            if answer is ...:
                return Verdict(False, begin)
            try:
                return Verdict(True, check(answer, *given, **more))
            except Hint as hint:
                return Verdict(False, str(hint))
            except Exception as error:  # a learner's answer may be anything; a traceback through us teaches nothing
                return Verdict(False, f"{begin} (Your answer could not be read: {type(error).__name__}: {error})")

        return checked

    return decorate


def table(answer: object, columns: int, what: str) -> NDArray[np.float64]:
    """The answer as numbers ``[N, columns]``.

    Raises:
        Hint: If it is something else.
    """
    try:
        rows = np.asarray(getattr(answer, "values", answer), dtype=np.float64)
    except (TypeError, ValueError):
        rows = np.empty(0)
    if rows.ndim != 2 or rows.shape[1] != columns or not np.isfinite(rows).all():
        raise Hint(f"{what} is a table with {columns} columns, and yours has the shape {rows.shape}.")
    return rows


def place(answer: object) -> NDArray[np.float64]:
    """The answer as one place ``[2]`` on the plane.

    Raises:
        Hint: If it is something else, or outside.
    """
    try:
        xy = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError):
        xy = np.empty(0)
    if xy.shape != (2,) or not np.isfinite(xy).all():
        raise Hint("A place is two numbers, x and y, such as (0.3, -0.5).")
    if np.abs(xy).max() > 1:
        raise Hint(f"({xy[0]:g}, {xy[1]:g}) is outside the plane: x and y go from -1 to 1.")
    return xy
