"""The page's engine in a real audio thread gives what the Python engine gives."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from terrain_widgets.audio.takes.render import replay
from terrain_widgets.codecs.loading import load_codec
from tests.browser.engine_page import RATIO, engine_page, played
from tests.golden.golden_file import FOLDER, Samples, read_golden, write_golden
from tests.golden.random_takes import random_take

__all__ = ["engine_page"]
pytestmark = pytest.mark.browser

# A panic falls silent in the page before its frame ends, and a clip that is there from the start has its mix at once:
# takes of these two are played in node alone.
TAKES = ("terrain", "networks", "joint", "nearest", "idw", "rbf", "playheads", "loud")


@pytest.mark.parametrize("name", TAKES)
def test_a_golden_take_sounds_the_same_in_the_audio_thread(page: Page, name: str) -> None:
    take, _ = read_golden(name)
    assert not any(stroke.panic for stroke in take.strokes)
    print(name, "largest difference", difference(page, name))


@pytest.mark.timeout(600)
@pytest.mark.extra  # eight of them are in every run, and a thousand in node with `make soak`
def test_fifty_random_takes_sound_the_same_in_the_audio_thread(page: Page, tmp_path: Path) -> None:
    codec, seeds, largest = load_codec("pebble"), count(1000), 0.0
    for number in range(50):
        theme = TAKES[number % len(TAKES)]
        takes = (random_take(seed, theme) for seed in seeds)
        take = next(take for take in takes if not any(stroke.panic for stroke in take.strokes))
        write_golden(f"{theme}-{number}", take, replay(take, codec), tmp_path)
        largest = max(largest, difference(page, f"{theme}-{number}", tmp_path))
    print("largest difference of 50 takes", largest)


def difference(page: Page, name: str, folder: Path = FOLDER) -> float:
    """By how much a take's samples differ at most in the audio thread: no more than is allowed."""
    take, golden = read_golden(name, folder)
    made = Samples.of(played(page, name, folder)[None, : len(take) * RATIO], RATIO)
    np.testing.assert_allclose(made.every, golden.every, atol=1e-5, rtol=0)
    np.testing.assert_allclose(np.sqrt(made.powers), np.sqrt(golden.powers), atol=1e-5, rtol=0)
    return float(np.abs(made.every - golden.every).max())
