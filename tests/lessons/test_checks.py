"""The notebooks' checks survive any answer, and their hints meet the mistake that was made."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module

import numpy as np
import pytest

import terrain_widgets.lessons
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.core.points.points import PointSet
from terrain_widgets.io.sound_files import Sound, sounds
from terrain_widgets.lessons import (
    codecs_and_latents,
    draw_and_pair,
    points_steering,
    quickstart,
    reading_a_terrain,
    scripting_a_piece,
    your_own_sounds,
)
from terrain_widgets.lessons.verdict import Verdict
from terrain_widgets.session.session import Session

MODULES = [module.name for module in pkgutil.iter_modules(terrain_widgets.lessons.__path__) if module.name != "verdict"]
CHECKS = [
    check
    for module in MODULES
    for name, check in inspect.getmembers(import_module(f"terrain_widgets.lessons.{module}"), inspect.isfunction)
    if name.startswith("check_")
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_nothing_that_a_learner_writes_breaks_a_check_or_passes_it(check) -> None:
    more = len(inspect.signature(check).parameters) - 1
    for answer in (..., None, "noise", 3, [], object(), np.full((3, 2), np.nan)):
        verdict = check(answer, *[None] * more)
        assert isinstance(verdict, Verdict) and not verdict
        assert repr(verdict).startswith("Not yet. Hint: ") and len(verdict.text) > 20


LATENTS = LatentTrajectory(np.arange(24.0).reshape(3, 8))
PLAIN = LATENTS.values
DRUMS = next(sound for sound in sounds() if sound.name == "drums")


def made_of_drums() -> Session:
    return Session("mosaic", [DRUMS])


TENT = np.array([[0.0, -9.0], [-30.0, -40.0]], np.float32)  # loudest at the top right


@pytest.mark.parametrize(
    ("hint", "ask"),
    [
        ("number of frames", lambda: codecs_and_latents.check_count(3, LATENTS, 3072)),
        ("number of samples", lambda: codecs_and_latents.check_count(3072, LATENTS, 3072)),
        ("columns round", lambda: codecs_and_latents.check_backwards(PLAIN[:, ::-1], LATENTS)),
        ("sum", lambda: codecs_and_latents.check_blend(PLAIN + PLAIN[::-1], PLAIN, PLAIN[::-1])),
        ("one of the two", lambda: codecs_and_latents.check_blend(PLAIN, PLAIN, PLAIN[::-1])),
        ("leaves the plane", lambda: quickstart.check_walk(np.full((99, 2), 2.0), None)),
        ("at least 86", lambda: quickstart.check_walk(np.zeros((20, 2)), None)),
        ("upside down", lambda: reading_a_terrain.check_loudest((-0.5, -0.5), TENT, Boundary())),
        ("outside", lambda: reading_a_terrain.check_loudest((2, 0), TENT, Boundary())),
        ("place four", lambda: points_steering.check_points(PointSet().placed((0, 0), PLAIN[0]))),
        ("All four are alike", lambda: scripting_a_piece.check_rhythm(np.zeros((8, 2)), np.zeros((2, 2)))),
        ("leaps", lambda: scripting_a_piece.check_form([np.zeros((9, 2)), np.ones((9, 2)), np.zeros((9, 2))])),
        ("silent for", lambda: scripting_a_piece.check_piece(0.5 * np.eye(1, 12 * 8000), 8000)),
        ("clips", lambda: scripting_a_piece.check_piece(np.ones((1, 12 * 8000)), 8000)),
        ("no sound yet", lambda: your_own_sounds.check_played(np.zeros((1, 900)), Session(sounds=[]))),
        ("render one place for each", lambda: your_own_sounds.check_played(np.zeros((1, 900)), made_of_drums())),
        ("correlates with that of", lambda: your_own_sounds.check_played(DRUMS.audio[:, ::-1], made_of_drums())),
        ("clicks", lambda: your_own_sounds.check_cut(Sound("x", DRUMS.audio[:, 7000:95200], 44100), DRUMS)),
        (
            "cannot find it",
            lambda: your_own_sounds.check_cut(
                Sound("x", np.random.default_rng(0).normal(0, 0.1, (1, 88200)), 44100), DRUMS
            ),
        ),
    ],
)
def test_a_hint_names_the_mistake(hint, ask) -> None:
    verdict = ask()
    assert not verdict and hint in verdict.text, verdict


def test_drawing_is_judged_by_the_paths_and_not_by_how_they_came_about() -> None:
    session = Session(sounds=sounds()[:2])
    one, two = (clip.id for clip in session.state.clips)
    assert "no path yet" in draw_and_pair.check_path(session, one).text
    session.draw(one, [[0, 0], [0.1, 0]])
    assert "short" in draw_and_pair.check_path(session, one).text
    session.draw(one, [[-2, 0], [1, 0]])
    assert "leaves the plane" in draw_and_pair.check_path(session, one).text
    session.arrange()
    session.draw(one, [[-1, 0.5], [1, 0.5]])
    assert draw_and_pair.check_path(session, one)
    session.draw(two, [[-1, 0.0], [1, 0.0]])
    assert "no nearer than 0.50" in draw_and_pair.check_crossing(session, one, two).text
    session.draw(two, [[0.3, -1.0], [0.3, 1.0]])
    assert "(0.30, 0.50)" in draw_and_pair.check_crossing(session, one, two).text
    assert draw_and_pair.check_crossing(session, one, two)
    session.close()


def test_a_stretched_attack_has_the_share_of_the_line_that_arithmetic_says() -> None:
    """Under “stretch” frame k of N lies at k / (N - 1) of the line, so 13 frames of 131 have a tenth of it."""
    session = Session(sounds=sounds()[:1])
    session.codec  # noqa: B018 - loaded, so that latents may be set
    session.sounds.set_latents("c1", np.zeros((131, 8)))
    session.draw("c1", [[-1, 0], [1, 0]])
    verdict = draw_and_pair.check_attack(session, "c1")
    assert not verdict and "get 10%" in verdict.text, verdict
    session.close()


def test_a_verdict_is_true_or_false_and_says_so() -> None:
    assert Verdict(True, "x") and repr(Verdict(True, "x")) == "✓ x"
    assert not Verdict(False, "x")
