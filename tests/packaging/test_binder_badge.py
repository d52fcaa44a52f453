"""A Binder badge for wherever this repository is published."""

from __future__ import annotations

import subprocess
import sys

import pytest

from terrain_widgets.binder_badge import QUICKSTART, binder_badge, binder_link
from tests.packaging.test_binder import BINDER

LAB = "?urlpath=lab%2Ftree%2Fnotebooks%2F00_quickstart.ipynb"


@pytest.mark.parametrize(
    ("address", "ref", "expected"),
    [
        ("https://github.com/owner/name", "v0.1.0", "gh/owner/name/v0.1.0"),
        ("https://github.com/owner/name.git", "v0.1.0", "gh/owner/name/v0.1.0"),
        ("git@github.com:owner/name.git", "for/class", "gh/owner/name/for%2Fclass"),
        ("https://gitlab.com/school/music/name/", "main", "gl/school%2Fmusic%2Fname/main"),
        ("https://git.example/a/name.git", "main", "git/https%3A%2F%2Fgit.example%2Fa%2Fname.git/main"),
    ],
)
def test_each_kind_of_host_has_its_form(address: str, ref: str, expected: str) -> None:
    assert binder_link(address, ref) == f"https://mybinder.org/v2/{expected}{LAB}"


@pytest.mark.parametrize("address", [
        "", "owner/name", "/home/me/name", "https://localhost/name", "C:\\name", "https://github.com/owner",
        "https://github.com/owner/name/tree/main", "https://github.com/owner/name?tab=readme", "https://gitlab.com/o/n#r",
    ],
)  # fmt: skip
def test_what_nobody_else_can_reach_is_refused_with_what_to_do(address: str) -> None:
    with pytest.raises(ValueError, match="publish the repository and give its address"):
        binder_link(address, "v1")


def test_the_badge_opens_a_notebook_that_is_there() -> None:
    badge = binder_badge("https://github.com/owner/name", "v1")
    assert badge.startswith("[![Open on Binder](https://mybinder.org/badge_logo.svg)](https://mybinder.org/v2/gh/")
    assert (BINDER.parent / QUICKSTART).is_file()


def test_the_command_prints_it_or_one_line() -> None:
    command = [sys.executable, "-m", "terrain_widgets.cli", "badge"]
    done = subprocess.run([*command, "https://github.com/o/n", "--ref", "v1"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.strip() == binder_badge("https://github.com/o/n", "v1")
    done = subprocess.run([*command, "here", "--ref", "v1"], capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith("terrain-widgets: Binder clones from a public address")
    assert len(done.stderr.splitlines()) == 1
