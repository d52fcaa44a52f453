"""Below the widgets sentences name methods; the widgets turn these into their buttons."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import pytest

import terrain_widgets as tw
from terrain_widgets.session.notices.silence import Silence
from terrain_widgets.widgets.base.wording import BUTTONS, in_buttons, why_silent

PACKAGE = Path(tw.__file__).parent
# Lessons are read beside the panels, and name both the button and the method.
ROOMS = ("core", "io", "process", "codecs", "audio", "interop", "inputs", "session")
_BUTTON = re.compile(r"\b[Pp]ress (the )?[“\"A-Z]|\b[Cc]lick (on )?[“\"A-Z]|\bbutton “|\bturn on “|\bpanel \d")


def _texts(folder: str) -> Iterator[tuple[Path, str]]:
    """All strings that are no docstrings."""
    for file in sorted((PACKAGE / folder).rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                yield file, node.value


def _of_rooms() -> list[tuple[Path, str]]:
    return [found for room in ROOMS for found in _texts(room)]


@pytest.mark.parametrize("text", ["press “Encode” first", "press Train", "turn on “Hear them”", "see panel 2"])
def test_the_search_knows_a_button_when_it_sees_one(text: str) -> None:
    assert _BUTTON.search(text)


def test_no_sentence_below_the_widgets_names_a_button() -> None:
    assert [f"{file.relative_to(PACKAGE)}: {text}" for file, text in _of_rooms() if _BUTTON.search(text)] == []


def test_every_method_that_is_named_is_there_and_has_a_button() -> None:
    session = tw.Session(sounds=[])
    named = {call for _, text in _of_rooms() for call in re.findall(r"call (session[\w.]*\(\))", text)}
    assert named <= set(BUTTONS), "every method that a sentence tells to call has its button"
    for call in BUTTONS:
        assert callable(reduce(getattr, call.removesuffix("()").split(".")[1:], session))
    assert set(BUTTONS.values()) <= {text for _, text in _texts("widgets")}
    session.close()


def test_a_panel_says_buttons_and_sentences() -> None:
    assert in_buttons("no sound is encoded yet: call session.encode() first") == (
        "no sound is encoded yet: press “Encode” first"
    )
    assert in_buttons("nothing to change here") == "nothing to change here"
    assert why_silent(None) == "" and all(why_silent(silence) for silence in Silence)
