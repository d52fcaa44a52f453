"""The bundled codec keeps its limits on sounds that training never saw, and the yardsticks measure what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from terrain_widgets.codecs.bundled.excerpts import Excerpt, read_excerpts
from terrain_widgets.codecs.bundled.heldout import EVALUATION_PROGRAMS, HELD_OUT_SAMPLES
from terrain_widgets.codecs.measures.log_mel import log_mel_distance
from terrain_widgets.codecs.measures.onsets import onsets, onsets_found
from terrain_widgets.codecs.measures.quality import (
    baseline_distance,
    multi_resolution_baseline,
    multi_resolution_distance,
)
from terrain_widgets.codecs.pebble.codec import PebbleCodec

HELD_OUT = Path(__file__).parent.parent / "data" / "held_out"
Measured = list[tuple[Excerpt, np.ndarray, np.ndarray]]


@pytest.fixture(scope="module")
def measured() -> Measured:
    """Every held-out excerpt with its latents ``[T, 8]`` and its copy ``[S]``."""
    codec = PebbleCodec()
    result = []
    for excerpt in read_excerpts(HELD_OUT):
        latents = codec.encode(excerpt.audio, 44100)
        result.append((excerpt, latents.values, codec.decode(latents)[0][: len(excerpt.audio)]))
    return result


def test_the_excerpts_are_those_that_were_held_out(measured: Measured) -> None:
    names = [excerpt.name for excerpt, _, _ in measured]
    assert [e.kind for e, _, _ in measured].count("pitched") == len(EVALUATION_PROGRAMS)
    assert {f"sonic-pi {name}" for name in HELD_OUT_SAMPLES} <= {*names, "sonic-pi perc_bell2"}
    assert sum(file.stat().st_size for file in HELD_OUT.iterdir()) < 1_500_000


def test_pitched_sounds_come_back(measured: Measured) -> None:
    pairs = [(excerpt.audio, copy) for excerpt, _, copy in measured if excerpt.kind == "pitched"]
    near = [log_mel_distance(*pair) for pair in pairs]
    assert np.mean(near) <= 4.0
    assert np.mean(near) < 0.8 * np.mean([baseline_distance(original) for original, _ in pairs])
    spectral = [multi_resolution_distance(*pair) for pair in pairs]
    assert np.mean(spectral) <= 1.3
    assert np.mean(spectral) < np.mean([multi_resolution_baseline(original) for original, _ in pairs])


def test_percussion_comes_back_in_time(measured: Measured) -> None:
    pairs = [(excerpt.audio, copy) for excerpt, _, copy in measured if excerpt.kind == "percussion"]
    assert np.mean([log_mel_distance(*pair) for pair in pairs]) < 6.0
    found, wanted, given = np.sum([onsets_found(*pair) for pair in pairs], axis=0)
    assert wanted >= 20
    assert found >= 0.8 * wanted
    assert found >= 0.8 * given


def test_the_encoder_finds_the_notes(measured: Measured) -> None:
    hits = []
    for excerpt, latents, _ in measured:
        if excerpt.kind == "pitched":
            voiced = (latents[:, 1] > -1.0) & np.isfinite(excerpt.pitch)
            hits.append(np.abs(60 + 12 * latents[voiced, 0] - excerpt.pitch[voiced]) <= 0.5)
    assert len(np.concatenate(hits)) > 500
    assert np.concatenate(hits).mean() >= 0.9


def test_distances_are_zero_for_the_same_and_known_for_noise() -> None:
    random = np.random.default_rng(0)
    one, other = (random.normal(0, 0.1, 44100).astype(np.float32) for _ in range(2))
    assert log_mel_distance(one, one) == 0.0
    assert multi_resolution_distance(one, one) == 0.0
    assert log_mel_distance(one, one * np.float32(0.5)) == pytest.approx(6.02, abs=0.05)
    # Half of everything is missing, and log 2 between the magnitudes.
    assert multi_resolution_distance(one, one * np.float32(0.5)) == pytest.approx(0.5 + np.log(2), abs=0.01)
    assert multi_resolution_distance(one, other) == pytest.approx(1.35, abs=0.05)


def test_onsets_are_found_where_they_are() -> None:
    random = np.random.default_rng(1)
    audio = np.zeros(3 * 44100, np.float32)
    places = [4000, 20000, 33000, 60000, 61000 + 4410, 100000]
    for place in places:
        decay = np.exp(-np.arange(12000) / 2500)
        audio[place : place + 12000] += (0.3 * random.normal(0, 1, 12000) * decay).astype(np.float32)
    found = onsets(audio)
    assert len(found) == len(places)
    np.testing.assert_allclose(found, np.array(places) / 44100, atol=0.01)
    assert onsets_found(audio, audio) == (6, 6, 6)
    late = np.concatenate([np.zeros(1400, np.float32), audio])[: len(audio)]  # 32 ms
    assert onsets_found(audio, late)[0] == 0
    assert onsets_found(audio, np.zeros_like(audio)) == (0, 6, 0)
