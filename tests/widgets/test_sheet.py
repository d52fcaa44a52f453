"""The sheet without a page: every message that is stated for it is heard, and what cannot be read did not happen."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.widgets.plane.sheet import Handlers, Sheet
from tests.protocol import PROTOCOL, assert_stated, example

HEARD_AS = {"drag": "touch", "move": "steer"}
SHAPED = {"columns": 6, "tilt": [10, 20]}
INK = np.array([[0.0, 0.0, 0.5, 0.0, 10, 20], [1.0, 1.0, 0.7, 8.0, 11, 21]], dtype="<f4").tobytes()


@pytest.fixture
def heard() -> list[tuple[str, Any]]:
    return []


@pytest.fixture
def sheet(heard):
    names = [field.name for field in dataclasses.fields(Handlers)]
    made = Sheet(
        Handlers(**{name: lambda *what, name=name: heard.append((name, what)) for name in names}), chords=["q1"]
    )
    yield made
    made.close()


@pytest.mark.parametrize("kind", PROTOCOL["sheet"]["to_kernel"])
def test_every_message_of_the_page_is_heard_once_and_only_whole(sheet, heard, kind):
    message = example("sheet", "to_kernel", kind) | {
        k: v for k, v in SHAPED.items() if k in example("sheet", "to_kernel", kind)
    }
    assert_stated("sheet", "to_kernel", message)
    sheet._receive(sheet, message, [INK])
    assert [name for name, _ in heard] == [HEARD_AS.get(kind, kind)]
    heard.clear()
    for name in message.keys() - {"type", "columns", "view", "shift", "device", "tilt", "on", "played", "calm"}:
        sheet._receive(sheet, {key: value for key, value in message.items() if key != name}, [INK])
        assert heard == [], f"{kind} was heard without {name}"


def test_places_come_back_in_control_units_of_the_view_they_were_seen_in(sheet, heard):
    sheet.view = [0.0, 0.0, 1.0, 1.0]
    seen = list(Boundary(-16, -4, 16, 4).as_tuple())
    for message in (
        {"type": "place", "x": 0.5, "y": 0.25, "view": seen},
        {"type": "move_point", "id": "q1", "gesture": 1, "x": 0.5, "y": 0.25, "view": seen},
        {"type": "move", "x": 0.5, "y": 0.25, "view": seen, "pressure": 0.5, "on": True},
        {"type": "drag", "gesture": 1, "phase": "down", "x": 0.5, "y": 0.25, "view": seen},
    ):
        sheet._receive(sheet, message, [])
    places = [what[0] if name == "place" else what[0].place for name, what in heard]
    assert len(places) == 4
    for place in places:
        np.testing.assert_allclose(place, [0.0, -2.0])


def test_a_key_that_nobody_asked_for_is_not_heard(sheet, heard):
    sheet._receive(sheet, {"type": "key", "key": "x"}, [])
    assert heard == []


def test_what_settles_ink_is_stated(sheet, monkeypatch):
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(sheet, "send", sent.append)
    sheet.settle(12)
    assert_stated("sheet", "to_page", sent[0])
