"""Parameters: what may be set, and what is said of what may not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from terrain_widgets.core.parameter import Choice, Number, ParameterTree, Switch, Text

LEVEL = Number("out.*.level", 1.0, 0.0, 2.0, "dB", each=True)
COUNT = Number("count", 1, 0, 9, integer=True)
OPEN = Number("slew", math.inf, 1e-6, math.inf)
MODE = Choice("out.*.mode", "add", ("add", "keep"), each=True)
ON = Switch("on", True)
NAME = Text("name", longest=3)


def test_a_value_is_checked_and_comes_back_as_pythons_own() -> None:
    assert LEVEL.check(np.float32(0.5)) == 0.5 and type(LEVEL.check(np.float32(0.5))) is float
    assert LEVEL.check(np.array([0.5, 1.0])) == (0.5, 1.0) and LEVEL.check([1, 2]) == (1.0, 2.0)
    assert COUNT.check(3.0) == 3 and type(COUNT.check(np.int64(3))) is int
    assert OPEN.check(math.inf) == math.inf
    assert MODE.check(["add", "keep"]) == ("add", "keep") and MODE.check("keep") == "keep"
    assert ON.check(np.bool_(False)) is False and NAME.check("abc") == "abc"


@pytest.mark.parametrize(
    ("parameter", "value", "said"),
    [
        (LEVEL, 2.1, "level must be a number from 0 to 2 dB, got 2.1"),
        (LEVEL, [1.0, -1.0], "got -1"),
        (LEVEL, math.nan, "got nan"),
        (LEVEL, True, "got True"),
        (LEVEL, "1", "got '1'"),
        (COUNT, 2.5, "a whole number from 0 to 9"),
        (COUNT, [1], "got \\[1\\]"),
        (OPEN, 0.0, "from 1e-06 to inf"),
        (MODE, ["add", "no"], "one of add, keep, got 'no'"),
        (ON, 1, "True or False, got 1"),
        (NAME, "abcd", "at most 3 characters"),
        (NAME, 5, "got 5"),
    ],
)
def test_what_is_not_allowed_is_told_with_what_is(parameter: Number, value: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parameter.check(value)


def test_a_tree_finds_a_groups_parameter_under_every_name() -> None:
    tree = ParameterTree(LEVEL, COUNT, MODE)
    assert tree.at("out.left.level") is LEVEL and tree.at("count") is COUNT and tree.groups == {"out"}
    assert len(tree) == 3 and list(tree) == [LEVEL, COUNT, MODE] and LEVEL.name == "level"
    for wrong in ("out.level", "out.left.none", "out", "out.left.level.more", "", "counts"):
        with pytest.raises(KeyError, match="there is no parameter"):
            tree.at(wrong)
    with pytest.raises(KeyError, match=r"there are out\.\*\.level, out\.\*\.mode"):
        tree.at("out.left.lewel")


def test_a_tree_takes_one_more_and_gives_it_up() -> None:
    tree = ParameterTree(COUNT)
    tree.add(ON)
    with pytest.raises(ValueError, match="'on' already"):
        tree.add(ON)
    tree.remove("on")
    with pytest.raises(KeyError):
        tree.at("on")
