"""Keyword arguments that are passed on: a name that nobody takes is refused where it was written."""

from __future__ import annotations

from collections.abc import Iterable


def refuse_unknown(function: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Do nothing if all names are known.

    Args:
        function: What was called, as its caller wrote it.
        given: Names of the keyword arguments that it was called with.
        known: Names that it takes.

    Raises:
        TypeError: If one is not known; the message says which there are.
    """
    taken = list(known)
    unknown = [name for name in given if name not in taken]
    if unknown:
        raise TypeError(
            f"{function}() has no keyword argument {' or '.join(map(repr, unknown))}; it takes {', '.join(taken)}"
        )
