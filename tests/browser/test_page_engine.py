"""The page's engine in a real audio thread gives what the Python engine gives."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.engine_page import RATIO, engine_page, played
from tests.golden.golden_file import Samples, read_golden

__all__ = ["engine_page"]
pytestmark = pytest.mark.browser

# A panic falls silent in the page before its frame ends, and a clip that is there from the start has its mix at once:
# takes of these two are played in node alone.
TAKES = ("terrain", "networks", "joint", "nearest", "idw", "rbf", "playheads", "loud")


@pytest.mark.parametrize("name", TAKES)
def test_a_golden_take_sounds_the_same_in_the_audio_thread(page: Page, name: str) -> None:
    take, golden = read_golden(name)
    assert not any(stroke.panic for stroke in take.strokes)
    made = Samples.of(played(page, name)[None, : len(take) * RATIO], RATIO)
    print(name, "largest difference", np.abs(made.every - golden.every).max())
    np.testing.assert_allclose(made.every, golden.every, atol=1e-5, rtol=0)
    np.testing.assert_allclose(np.sqrt(made.powers), np.sqrt(golden.powers), atol=1e-5, rtol=0)
