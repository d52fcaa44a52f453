"""What all widgets have in common: unknown words are refused, and what was never made whole is not closed."""

from __future__ import annotations

from typing import Any

import anywidget
import ipywidgets

from terrain_widgets.core.options import refuse_unknown


class Collected(ipywidgets.Widget):
    """A widget that is forgotten in silence where its constructor has raised: ipywidgets would close it, and trip."""

    def __del__(self) -> None:
        if self.comm is not None:
            super().__del__()


class PageWidget(Collected, anywidget.AnyWidget):
    """A widget whose JavaScript is ours.

    Args:
        **traits: First values of its traits.

    Raises:
        TypeError: If there is no such trait; traitlets itself would only warn.
    """

    def __init__(self, **traits: Any) -> None:
        refuse_unknown(type(self).__name__, traits, sorted(self.trait_names()))
        super().__init__(**traits)
