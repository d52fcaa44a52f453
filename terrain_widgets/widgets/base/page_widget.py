"""What all widgets have in common: unknown words are refused, and what was never made whole is not closed."""

from __future__ import annotations

from typing import Any, ClassVar

import anywidget
import ipywidgets

from terrain_widgets.core.options import refuse_unknown


class Collected(ipywidgets.Widget):
    """A widget that is forgotten in silence where its constructor has raised: ipywidgets would close it, and trip."""

    def __del__(self) -> None:
        if self.comm is not None:
            super().__del__()


_shared: list[ipywidgets.Layout] = []


def shared_layout() -> ipywidgets.Layout:
    """One layout for all parts of panels that want nothing of it: each of their own would be a model more."""
    if not _shared or _shared[0].comm is None:  # closed, as ``Widget.close_all()`` does
        _shared[:] = [ipywidgets.Layout()]
    return _shared[0]


class PageWidget(Collected, anywidget.AnyWidget):
    """A widget whose JavaScript is ours.

    One that is only ever a part of a panel sets ``part``: such widgets have one layout together.

    Args:
        **traits: First values of its traits.

    Raises:
        TypeError: If there is no such trait; traitlets itself would only warn.
    """

    part: ClassVar[bool] = False

    def __init__(self, **traits: Any) -> None:
        if self.part:
            traits.setdefault("layout", shared_layout())
        refuse_unknown(type(self).__name__, traits, sorted(self.trait_names()))
        super().__init__(**traits)
