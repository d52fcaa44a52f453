"""What the page's engine is held to is still what the Python engine plays."""

from __future__ import annotations

import json

import numpy as np
import pytest
from safetensors.numpy import load

from terrain_widgets.audio.takes.render import replay
from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.loading import load_codec
from tests.golden.golden_file import FOLDER, Samples, names, read_golden
from tests.golden.golden_mosaic import FILE, golden_mosaic
from tests.golden.golden_stream import FILE as STREAM
from tests.golden.golden_stream import golden_stream
from tests.golden.hand_motions import TABLE, hand_motions
from tests.golden.modulations import MOVEMENTS, modulations
from tests.golden.parameters_module import MODULE, parameters_module
from tests.golden.random_score import MOSAIC_THEMES, STREAM_THEMES
from tests.golden.random_takes import THEMES
from tests.golden.walks import WALKS, walks

TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def codec() -> Codec:
    return load_codec("pebble")


@pytest.mark.parametrize("theme", THEMES)
def test_the_engine_plays_a_golden_take_as_it_did(theme: str, codec: Codec) -> None:
    take, golden = read_golden(theme)
    codec = golden_mosaic() if theme in MOSAIC_THEMES else golden_stream() if theme in STREAM_THEMES else codec
    for block in (1, 7):
        made = Samples.of(replay(take, codec, block=block), take.ratio)
        np.testing.assert_allclose(made.every, golden.every, atol=TOLERANCE, rtol=0)
        np.testing.assert_allclose(np.sqrt(made.powers), np.sqrt(golden.powers), atol=TOLERANCE, rtol=0)
    assert golden.powers.max() > 1e-5, "a golden take that is silent shows nothing"


def test_golden_takes_are_all_of_the_themes_and_small() -> None:
    assert names() == sorted(THEMES)
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 800_000


def test_a_golden_take_is_limited_where_it_is_loud() -> None:
    _, loud = read_golden("loud")
    peak = float(np.abs(loud.every).max())
    assert 0.5 < peak <= 10 ** (-1 / 20)


def test_the_page_has_the_mosaic_that_its_takes_are_played_by() -> None:
    made, golden = load(golden_mosaic().page_decoder()), load(FILE.read_bytes())
    for name, array in golden.items():
        np.testing.assert_allclose(made[name], array, atol=1 if array.dtype == np.int16 else 1e-5)


def test_the_page_has_the_stream_model_that_its_take_is_played_by() -> None:
    made, golden = load(golden_stream().page_decoder()), load(STREAM.read_bytes())
    assert made.keys() == golden.keys()
    for name, array in golden.items():
        np.testing.assert_array_equal(made[name], array)


def test_a_hand_moves_as_the_table_for_the_page_says() -> None:
    for made, golden in zip(hand_motions(), json.loads(TABLE.read_text(encoding="utf-8")), strict=True):
        np.testing.assert_allclose(made.pop("place"), golden.pop("place"), atol=1e-6)
        assert made == golden


def test_the_page_has_the_same_parameters() -> None:
    assert MODULE.read_text(encoding="utf-8") == parameters_module(), "run python -m tests.golden.make"


def test_walks_go_where_the_table_for_the_page_says() -> None:
    for made, golden in zip(walks(), json.loads(WALKS.read_text(encoding="utf-8")), strict=True):
        np.testing.assert_allclose(made["frames"], golden["frames"], atol=1e-5)
        assert made["config"] == golden["config"]


def test_modulators_move_as_the_table_for_the_page_says() -> None:
    for made, golden in zip(modulations(), json.loads(MOVEMENTS.read_text(encoding="utf-8")), strict=True):
        np.testing.assert_allclose(made["frames"], golden["frames"], atol=1e-6)
        assert np.ptp(golden["frames"], axis=0).min() > 0.1, "a modulator that stands still shows nothing"
