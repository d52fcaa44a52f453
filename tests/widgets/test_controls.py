"""Controls without a page: what the page is told, what it may do, and what it may not."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
import traitlets

from terrain_widgets.core.parameter import Choice, Number, Switch, Text
from terrain_widgets.widgets.base.actions import Action, Actions
from terrain_widgets.widgets.base.offers import Offers
from terrain_widgets.widgets.base.patch_control import parameter_control
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.controls.boxes import Column, Disclosure, Row
from terrain_widgets.widgets.controls.buttons import Button, Checkbox
from terrain_widgets.widgets.controls.choices import Dropdown, ToggleGroup
from terrain_widgets.widgets.controls.controls import Controls
from terrain_widgets.widgets.controls.item import Item
from terrain_widgets.widgets.controls.numbers import NumberField, RangeSlider, Slider
from terrain_widgets.widgets.controls.words import Colour, Picture, TextField, Words
from tests.protocol import assert_stated


class Wired(Controls):
    """Without a page: what is sent is kept."""

    def __init__(self, *items: Item) -> None:
        self.sent: list[dict[str, Any]] = []
        super().__init__(items)

    def send(self, content: Any, buffers: Any = None) -> None:
        assert_stated("controls", "to_page", content)
        json.dumps(content, allow_nan=False)
        self.sent.append(content)

    def told(self) -> list[dict[str, Any]]:
        assert ui.flush()
        sent, self.sent = self.sent, []
        return sent

    def page(self, item: Item, value: Any, edit: int = 1) -> None:
        message = {"type": "value", "id": item.id, "value": value, "page": "p", "edit": edit}
        self._receive(self, message, [])


@pytest.fixture
def number() -> Iterator[tuple[Slider, Wired]]:
    slider = Slider(value=1.0, min=-4.0, max=4.0, description="Speed")
    wired = Wired(Row([slider]))
    yield slider, wired
    wired.close()


def test_many_controls_are_one_widget_whose_state_is_what_they_are_now() -> None:
    items = [Button(description=str(k), tooltip="does nothing") for k in range(50)]
    controls = Wired(Row(items), Words("<b>plain</b>"))
    items[3].disabled = True
    row, words = controls.get_state()["items"]
    assert [child["disabled"] for child in row["children"]] == [k == 3 for k in range(50)]
    assert words["value"] == "<b>plain</b>" and words["kind"] == "words"
    controls.close()


def test_what_is_changed_together_is_told_together(number: tuple[Slider, Wired]) -> None:
    slider, wired = number

    def work() -> None:
        slider.value = 2.0
        slider.value = 3.0
        slider.disabled = True

    ui.submit(work)
    assert wired.told() == [
        {"type": "change", "changes": [[slider.id, "value", 3.0], [slider.id, "disabled", True]], "answered": []}
    ]


def test_a_page_sets_a_value_and_is_answered_with_what_has_become_of_it(number: tuple[Slider, Wired]) -> None:
    slider, wired = number
    heard = []
    slider.observe(lambda change: heard.append(change["new"]), names="value")
    wired.page(slider, 2.5, edit=7)
    assert slider.value == 2.5 and heard == [2.5]
    assert wired.told()[-1] == {
        "type": "change", "changes": [[slider.id, "value", 2.5]], "answered": [["p", slider.id, 7]]
    }  # fmt: skip
    wired.page(slider, 99, edit=8)
    assert slider.value == 4.0, "what is beyond the limit is the limit"
    assert wired.told()[-1]["changes"] == [[slider.id, "value", 4.0]]


@pytest.mark.parametrize("said", [None, True, "3", [1.0], math.nan, math.inf, {}])
def test_nonsense_sets_nothing_and_is_answered(number: tuple[Slider, Wired], said: Any) -> None:
    slider, wired = number
    wired.page(slider, said)
    assert slider.value == 1.0 and wired.told()[-1]["answered"] == [["p", slider.id, 1]]


@pytest.mark.parametrize("hide", ["visible", "disabled"])
def test_a_page_cannot_use_what_is_hidden_or_disabled(hide: str) -> None:
    pressed, tick, press = [], Checkbox(description="Loop"), Button(description="Go", tooltip="goes")
    press.on_click(pressed.append)
    wired = Wired(tick, press)
    click = {"type": "click", "id": press.id}
    assert_stated("controls", "to_kernel", click)
    wired._receive(wired, click, [])
    assert pressed == [press]
    for item in (tick, press):
        item.set_trait(hide, hide == "disabled")
    wired._receive(wired, click, [])
    wired.page(tick, True)
    assert pressed == [press] and tick.value is False
    wired.close()


@pytest.mark.parametrize(
    "message",
    [None, 3, {}, {"type": "click"}, {"type": "click", "id": 3}, {"type": "click", "id": "i0"}, {"type": "sing"}],
)
def test_a_message_of_nothing_known_does_nothing(number: tuple[Slider, Wired], message: Any) -> None:
    slider, wired = number
    wired._receive(wired, message, [])
    for kind in ("click", "description", "file", "children"):
        wired._receive(wired, {"type": kind, "id": slider.id, "value": 3.0}, [])
    assert slider.value == 1.0 and wired.told() == []


def test_of_a_choice_the_page_knows_labels_and_numbers_only() -> None:
    menu = Dropdown([("nothing", None), ("loudness", "gain"), ("across", 0)], value="gain")
    group = ToggleGroup(["Heat", "Lines"])
    wired = Wired(menu, group)
    assert menu.state()["options"] == ["nothing", "loudness", "across"] and menu.state()["value"] == 1
    wired.page(menu, 2)
    assert menu.value == 0 and group.value == "Heat"
    for wrong in (3, -1, "gain", True, None):
        wired.page(menu, wrong)
        assert menu.value == 0
    menu.options = [("across", 0), ("upward", 1)]
    assert menu.value == 0, "what is still offered stays"
    assert [menu.id, "value", 0] in wired.told()[-1]["changes"], "under its new number"
    menu.options = ["one", "two"]
    assert menu.value == "one"
    with pytest.raises(traitlets.TraitError, match="offers 'one', 'two', not 'three'"):
        menu.value = "three"
    menu.options = []
    assert menu.value is None and menu.state()["value"] == -1
    wired.close()


def test_limits_keep_a_value_when_they_move() -> None:
    part, count = RangeSlider(max=10.0, value=(2.0, 8.0)), NumberField(min=0, max=9, value=7, integer=True)
    part.max, count.max = 5.0, 3
    assert part.value == (2.0, 5.0) and count.value == 3
    assert part.read([9.0, 1.0]) == (1.0, 5.0), "in order"
    assert count.read(1.6) == 2
    for wrong in ([1.0], [1.0, math.nan], "12", None):
        with pytest.raises(ValueError, match="two numbers|a number from"):
            part.read(wrong)


def test_texts_and_colours_are_taken_as_such_only() -> None:
    name, colour = TextField(longest=5), Colour()
    assert name.read("<b>long") == "<b>lo" and colour.read("#A0B1C2") == "#a0b1c2"
    for field, wrong in ((name, 3), (colour, "red"), (colour, "#12345"), (colour, "url(x)")):
        with pytest.raises(ValueError, match="is a text|is a colour"):
            field.read(wrong)
    assert Picture(b"\x89PNG", "a hill", 8).state()["png"] == "iVBORw=="


def test_what_is_taken_out_of_a_box_is_drawn_and_heard_no_more() -> None:
    first, second = Button(description="a"), Button(description="b")
    box = Column([first])
    wired = Wired(Disclosure([box], title="More"))
    box.children = (second,)
    (told,) = wired.told()
    assert told["type"] == "items"
    assert [child["id"] for child in told["items"][0]["children"][0]["children"]] == [second.id]
    first.description = "gone"
    assert wired.told() == []
    pressed: list[Button] = []
    first.on_click(pressed.append)
    wired._receive(wired, {"type": "click", "id": first.id}, [])
    second.description = "here"
    assert pressed == [] and wired.told()[-1]["changes"] == [[second.id, "description", "here"]]
    wired.close()
    second.description = "closed"
    assert wired.told() == []


def test_a_button_of_an_action_says_and_does_what_its_row_says() -> None:
    done: list[str] = []
    may = [False]
    action = Action("undo", "Undo", "Undo the last edit", lambda: done.append("undo"), ("Ctrl+z",), lambda: may[0])
    offers = Offers(Actions(), lambda pressed: pressed.run())
    (made,) = offers(action)
    offers.show()
    assert (made.description, made.tooltip, made.disabled) == ("Undo", "Undo the last edit (Ctrl+Z)", True)
    may[0] = True
    offers.show()
    made.click()
    assert done == ["undo"] and not made.disabled


def test_a_parameter_gives_its_control_range_unit_curve_and_hint() -> None:
    slew = parameter_control(
        Number("a.slew", 5.0, 0.1, 100.0, "units per second", "Fastest change.", curve="log"), "Slew"
    )
    assert isinstance(slew, Slider) and (slew.min, slew.max, slew.value, slew.curve) == (0.1, 100.0, 5.0, "log")
    assert slew.tooltip == "Fastest change. In units per second."
    endless = parameter_control(Number("a.slew", math.inf, 1e-6, math.inf), "Slew")
    assert isinstance(endless, NumberField)
    assert endless.state()["max"] is None and endless.state()["value"] is None, "JSON knows no infinity"
    assert isinstance(parameter_control(Switch("a.loop", True), "Loop"), Checkbox)
    loop = parameter_control(Choice("a.loop", "loop", ("once", "loop")), "Loop")
    assert isinstance(loop, Dropdown) and (loop.values, loop.value) == (["once", "loop"], "loop")
    assert isinstance(parameter_control(Text("a.path", "c1"), "Path"), TextField)


def test_an_unknown_trait_is_refused() -> None:
    with pytest.raises(TypeError, match="Button.* has no keyword argument 'colour'"):
        Button(colour="red")
