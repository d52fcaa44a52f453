"""ipycanvas with its three traps disarmed in one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ipycanvas import hold_canvas
from ipycanvas.canvas import _CANVAS_MANAGER


@contextmanager
def batch() -> Iterator[None]:
    """Send all drawing inside as one message. Use on the UI thread only.

    ``hold_canvas`` itself never lets go after an exception inside it, and from then on nothing is drawn any more.
    """
    failure: Exception | None = None
    with hold_canvas():
        try:
            yield
        except Exception as error:
            failure = error
    if failure is not None:
        raise failure


def forget_current_canvas() -> None:
    """Call when a page appears, before the first drawing on it.

    ipycanvas only tells the page which canvas it draws on when that changes. A reloaded page has not heard it, and
    its first drawing command would end all drawing on that page.
    """
    if hasattr(_CANVAS_MANAGER, "_current_canvas"):
        _CANVAS_MANAGER._current_canvas = None
