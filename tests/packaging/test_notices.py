"""Every event that a user is told is told somewhere, and has its words, which leave no fact out."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import terrain_widgets as tw
from terrain_widgets.session.notices import events
from terrain_widgets.session.notices.events import Failed, Notice
from terrain_widgets.session.notices.silence import Silence
from terrain_widgets.widgets.base.wording import words

PACKAGE = Path(tw.__file__).parent
CODES = [code for code in vars(events).values() if isinstance(code, type) and issubclass(code, Notice)][1:]

#: Two different values of each type that a fact may have: plain data.
FACTS: dict[Any, tuple[Any, Any]] = {
    str: ("a {name} % ", "another"),
    int: (2, 3),
    float: (1.5, 2.5),
    bool: (False, True),
    tuple[str, ...]: (("one",), ("one", "two")),
    Silence: (Silence.NO_TERRAIN, Silence.SOUND_OFF),
}


def example(code: type[Notice], which: int = 0, other: str = "") -> Notice:
    """One of these, all its facts the first of their type (or the second), but for the ``other`` one."""
    hints = get_type_hints(code)
    facts = {field.name: FACTS[hints[field.name]] for field in dataclasses.fields(code)}
    return code(**{name: values[1 - which if name == other else which] for name, values in facts.items()})


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.__name__)
def test_every_notice_has_its_words_and_they_say_every_fact(code: type[Notice]) -> None:
    first = example(code)
    assert words(first).strip() and code.level in ("info", "error")
    for field in dataclasses.fields(code):
        assert words(example(code, other=field.name)) != words(first), f"the words leave {field.name} out"
        assert f"{field.name}=" in repr(first), "who has no widgets reads its repr"
    with pytest.raises(dataclasses.FrozenInstanceError):
        first.level = "error"


def test_what_has_no_words_is_an_error() -> None:
    with pytest.raises(TypeError, match="no words for Notice"):
        words(Notice())


def test_every_notice_is_told_somewhere() -> None:
    made = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if file.name != "events.py" else ():
            if isinstance(node, ast.Call):
                by = node.func.value if isinstance(node.func, ast.Attribute) and node.func.attr == "of" else node.func
                made |= {by.id} if isinstance(by, ast.Name) else set()
    assert {code.__name__ for code in CODES} - made == set()


def test_the_newest_of_each_topic_can_be_read_without_widgets() -> None:
    session = tw.Session(sounds=[])
    heard: list[dict[str, Notice]] = []
    notices = session.jobs.notices
    notices.observe(lambda change: heard.append(change["new"]), names="newest")
    notices.say("train", Failed("there is no pair yet"))
    notices.say("train", Failed("there is no pair yet"))
    notices.say("trace", events.TraceEnded(2, 3))
    assert len(heard) == 2, "the same once more is no news"
    assert repr(notices) == "Notices(train: Failed(why='there is no pair yet'), trace: TraceEnded(before=2, now=3))"
    notices.say("train", None)
    assert notices.newest == {"trace": events.TraceEnded(2, 3)}
    assert Failed.of(KeyError("there is no x")) == Failed.of(ValueError("there is no x")) == Failed("there is no x")
    session.close()
