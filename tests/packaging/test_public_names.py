"""All public names lead somewhere, the errors are among them, and misspelt arguments are refused."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import terrain_widgets as tw

PACKAGE = Path(tw.__file__).parent
_RAISES = re.compile(r"^ +Raises:\n((?: +.*\n|\n)+)", re.MULTILINE)
_NAMED = re.compile(r"^ +(\w+): ", re.MULTILINE)


def _docstrings() -> Iterator[str]:
    """Docstrings of everything public in the package."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                yield ast.get_docstring(node, clean=False) or ""


def test_every_name_leads_to_something() -> None:
    for name in tw.__all__:
        assert getattr(tw, name) is not None


def test_every_error_that_a_docstring_promises_can_be_caught_by_its_public_name() -> None:
    promised = {
        word
        for text in _docstrings()
        for section in _RAISES.findall(text + "\n")
        for word in _NAMED.findall(section)
        if not hasattr(builtins, word) and word.endswith("Error")
    }
    assert {"CodecError", "SessionFileError", "TakeError", "ExportError"} <= promised, "the walk finds them"
    assert promised <= set(tw.__all__)
    assert all(issubclass(getattr(tw, name), Exception) for name in promised)


@pytest.mark.parametrize("name", [name for name in tw.__all__ if name[0].isupper()])
def test_a_misspelt_argument_is_refused_by_every_class(name: str) -> None:
    made = getattr(tw, name)
    if issubclass(made, Exception):
        return
    with pytest.raises(TypeError, match=r"no_such_word|no arguments"):
        made(no_such_word=1)


def test_the_refusal_says_which_arguments_there_are() -> None:
    with pytest.raises(TypeError, match=r"PlayWidget\(\) .*'lead'.*lead_seconds.*layout"):
        tw.PlayWidget(lead=0.6)


def test_a_training_refuses_what_it_does_not_take_before_it_begins() -> None:
    session = tw.Session(sounds=[])
    with pytest.raises(TypeError, match=r"Session\.train\(\) .*'epoch'.*epochs"):
        session.train(epoch=3)
    assert not session.jobs.busy
    session.close()


def test_a_studio_takes_a_session_or_what_makes_one_but_not_both() -> None:
    session = tw.Session(sounds=[])
    with pytest.raises(TypeError, match="seed"):
        tw.Studio(session, seed=3)
    session.close()


def test_no_public_function_takes_just_any_keyword() -> None:
    """What is handed on is spelt out, as a typed dictionary; bokeh, which gets some, refuses unknown words itself."""
    loose = []
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.args.kwarg is not None and not node.name.startswith("_"):
                annotation = ast.unparse(node.args.kwarg.annotation or ast.Constant(None))
                if node.name != "plain_figure" and not annotation.startswith(
                    ("Unpack[", "Arguments.kwargs", "Given.kwargs", "str")
                ):
                    loose.append(f"{file.relative_to(PACKAGE)}: {node.name}(**{node.args.kwarg.arg}: {annotation})")
    assert loose == []
