"""Small widgets hear every message that is stated for them, once and only whole."""

from __future__ import annotations

from typing import Any

import pytest

from terrain_widgets.widgets.base.bar import Bar, BarItem
from terrain_widgets.widgets.base.slider_list import SliderList
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.panels.bending.weights_view import WeightsView
from terrain_widgets.widgets.panels.points.pads_row import PadsRow
from tests.protocol import PROTOCOL, assert_stated, example

HEARD: list[Any] = []


def bar() -> Bar:
    """A bar with one button."""
    made = Bar(lambda _id: HEARD.append("press"), "tools", "Trial")
    made.show([BarItem("q1", "Trial", "Does nothing")])
    return made


MAKE = {
    "weights": lambda: WeightsView(
        lambda layer: HEARD.append("select"), lambda points, stroke: HEARD.append("curve"), layers=[{"name": "q1"}]
    ),
    "pads": lambda: PadsRow(lambda point, played: HEARD.append("strike"), lambda: HEARD.append("release")),
    "bar": lambda: bar(),
    "sliders": lambda: SliderList(
        lambda moves: HEARD.append("move"), lambda index, locked: HEARD.append("lock"), values=[0.0] * 8
    ),
}


@pytest.mark.parametrize(("channel", "kind"), [(c, kind) for c in MAKE for kind in PROTOCOL[c]["to_kernel"]])
def test_every_stated_message_is_heard_once_and_only_whole(channel: str, kind: str) -> None:
    HEARD.clear()
    widget, message = MAKE[channel](), example(channel, "to_kernel", kind)
    assert_stated(channel, "to_kernel", message)
    widget._receive(widget, message, [])
    assert ui.flush() and HEARD == [kind]
    for name in message.keys() - {"type", "locked", "played"}:
        widget._receive(widget, {key: value for key, value in message.items() if key != name}, [])
    assert ui.flush() and HEARD == [kind]
    widget.close()


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ({"type": "sing"}, "is no message"),
        ({"type": "strike"}, "lacks"),
        ({"type": "strike", "id": 3, "played": False}, "id is 3"),
        ({"type": "strike", "id": "q1", "played": False, "loud": True}, "has more"),
    ],
)
def test_what_is_not_stated_is_found_out(message: dict[str, Any], why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        assert_stated("pads", "to_kernel", message)
