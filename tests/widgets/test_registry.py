"""Panels enter themselves: a new one is in the dock, in a cell of its own and in the list, by its entry alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import terrain_widgets
from terrain_widgets.core.pictures.sound_colours import sound_colour
from terrain_widgets.session.session import Session
from terrain_widgets.studio import Studio
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.controls.words import Words
from terrain_widgets.widgets.panels.registry import Entry, as_markdown, entries, register, unregister
from tests.session.doubles import LevelCodec, tones

ROOT = Path(__file__).parents[2]


class CounterPanel(Panel):
    def __init__(self, session: Session, **options: Any) -> None:
        super().__init__(session, "counter", "How many sounds", **options)
        self.words = Words(f"{len(session.state.clips)} sounds")
        self.lay_out(self.heading, self.words)


@pytest.fixture
def counter() -> Iterator[str]:
    register(Entry("counter", "Count", "hashtag", "How many sounds there are", "right", 99, CounterPanel))
    yield "counter"
    unregister("counter")


def test_a_new_panel_is_in_the_dock_in_its_own_cell_and_in_the_list(counter: str, monkeypatch: Any) -> None:
    studio = Studio(Session(codec=LevelCodec(), sounds=tones(2)))
    assert studio.right.has(counter) and counter not in studio._made
    studio.show(counter)
    panel = studio.panel(counter)
    assert isinstance(panel, CounterPanel) and panel.words.value == "2 sounds" and studio.right.shown == counter
    alone = next(entry for entry in entries() if entry.name == counter).make(studio.session)
    assert isinstance(alone, CounterPanel) and alone.heading.value == "How many sounds"
    assert "| Count | `counter` | `CounterPanel` | How many sounds there are |" in as_markdown()
    alone.close()
    studio.close()


def test_every_panel_says_what_it_is_for_and_has_a_place_of_its_own() -> None:
    every = entries()
    assert len({entry.name for entry in every}) == len({entry.title for entry in every}) == len(every) >= 12
    assert all(entry.hint and not entry.hint.endswith(".") and entry.icon for entry in every)


def test_the_documentation_lists_every_panel_by_a_class_that_there_is() -> None:
    page = as_markdown()
    for entry in entries():
        assert f"| {entry.title} | `{entry.name}` |" in page and entry.hint in page
        assert isinstance(entry.home, str) and entry.home.split(":")[1] in terrain_widgets.__all__
    assert "_generated/panels" in (ROOT / "docs" / "index.md").read_text(encoding="utf-8")


def test_a_shared_page_has_the_colours_of_the_package() -> None:
    text = (ROOT / "js" / "src" / "instrument" / "plane_canvas.js").read_text(encoding="utf-8")
    found = re.search(r'COLOURS = "([0-9a-f ]+)"', text)
    assert found is not None
    assert [f"#{colour}" for colour in found[1].split()] == [sound_colour(k).lower() for k in range(10)]
