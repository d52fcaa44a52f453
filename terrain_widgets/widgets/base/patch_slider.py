"""A slider for one number of the patch: its range, its default and its tooltip stand with the parameter alone."""

from __future__ import annotations

from typing import Any

import ipywidgets

from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.core.parameter import Number
from terrain_widgets.widgets.base.panel import Panel

_STEPS = 100


def patch_slider(panel: Panel, address: str, label: str) -> ipywidgets.FloatSlider:
    """A slider that sets a number of the session's patch, and shows every change of it.

    Args:
        panel: In which it stands; what goes wrong is said there.
        address: Of the number, such as ``"clip.wet"``; its range must be finite.
        label: One word in front of it.

    Raises:
        KeyError: If there is no such parameter.
        TypeError: If it is no number.
    """
    number = PARAMETERS.at(address)
    if not isinstance(number, Number):
        raise TypeError(f"a slider sets a number, and {address} is a {type(number).__name__}")
    session = panel.session
    slider = ipywidgets.FloatSlider(
        session.document.patch[address], min=number.low, max=number.high, step=(number.high - number.low) / _STEPS,
        description=label, tooltip=number.description, continuous_update=True, layout={"width": "auto"},
    )  # fmt: skip

    def set_patch(change: dict[str, Any]) -> None:
        if change["new"] != session.document.patch[address]:  # else it shows what the patch says
            panel.do(lambda: session.stage.set({address: change["new"]}, f"set {address}"))

    def show_patch() -> None:
        slider.value = session.document.patch[address]

    slider.observe(set_patch, names="value")
    panel.listen("patch", show_patch, session.document)
    return slider
