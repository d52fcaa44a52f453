"""A control for one value of the patch: its range, its default and its tooltip stand with the parameter alone."""

from __future__ import annotations

import math
from typing import Any

from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.core.parameter import Choice, Number, Parameter, Switch, Text
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.controls.buttons import Checkbox
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.item import Field
from terrain_widgets.widgets.controls.numbers import NumberField, Slider
from terrain_widgets.widgets.controls.words import TextField

_STEPS = 100
_FEW = 20.0  # a range that is no wider can be dragged through


def patch_control(panel: Panel, address: str, label: str) -> Field:
    """A control that sets a value of the session's patch, and shows every change of it.

    Args:
        panel: In which it stands; what goes wrong is said there.
        address: Of the value, such as ``"clip.wet"``.
        label: One word in front of it.

    Raises:
        KeyError: If there is no such parameter.
    """
    session = panel.session
    control = parameter_control(PARAMETERS.at(address), label, session.document.patch[address])

    def set_patch(change: dict[str, Any]) -> None:
        if change["new"] != session.document.patch[address]:  # else it shows what the patch says
            panel.do(lambda: session.stage.set({address: change["new"]}, f"set {address}"))

    def show_patch() -> None:
        control.set_trait("value", session.document.patch[address])

    control.observe(set_patch, names="value")
    panel.listen("patch", show_patch, session.document)
    return control


def parameter_control(parameter: Parameter, label: str, value: Any = None) -> Field:
    """The control that suits a parameter: its limits, its default and its tooltip are the parameter's.

    Args:
        parameter: Which.
        label: One word in front of the control.
        value: What it shows at first; ``None`` is the parameter's default.
    """
    told = {
        "description": label,
        "tooltip": parameter.description,
        "value": parameter.default if value is None else value,
    }
    if isinstance(parameter, Switch):
        return Checkbox(**told)
    if isinstance(parameter, Choice):
        return Dropdown(parameter.choices, **told)
    if isinstance(parameter, Text):
        return TextField(longest=parameter.longest, **told)
    if not isinstance(parameter, Number):
        raise TypeError(f"there is no control for a {type(parameter).__name__}")
    if parameter.unit:
        told["tooltip"] = f"{parameter.description} In {parameter.unit}."
    told |= {"min": parameter.low, "max": parameter.high, "integer": parameter.integer}
    span = parameter.high - parameter.low
    if not math.isfinite(span) or (span > _FEW and parameter.curve != "log"):
        return NumberField(step=1.0 if parameter.integer else 0.1, **told)
    return Slider(
        step=1.0 if parameter.integer else span / _STEPS,
        curve=parameter.curve,
        readout_format="d" if parameter.integer else ".2f",
        **told,
    )
