"""Walking a straight line between two bundled sounds: never much louder than its ends, never a click."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from terrain_widgets.codecs.mosaic.codec import MosaicCodec
from terrain_widgets.codecs.mosaic.frames import HOP
from terrain_widgets.io.sound_files import sounds
from tests.codecs.test_pebble_walks import CLICK, clicks

STEPS, HELD = 48, 16  # frames of a walk, and at either end


@pytest.fixture(scope="module")
def walks() -> tuple[list[str], np.ndarray]:
    """Names and audio ``[walks, samples]``: from the loudest frame of every sound to that of every other."""
    codec = MosaicCodec(sounds())
    points = {}
    for sound in sounds():
        latents = codec.encode(sound.audio, sound.sample_rate).values
        points[sound.name] = latents[latents[:, 0].argmax()]
    way = np.concatenate([np.zeros(HELD), np.linspace(0, 1, STEPS), np.ones(HELD)])[:, None]
    names, parts = [], []
    for one, other in itertools.combinations(points, 2):
        names.append(f"{one} to {other}")
        parts.append(codec.decode(points[one] + (points[other] - points[one]) * way)[0])
    return names, np.stack(parts)


def test_no_frame_of_a_walk_is_much_louder_than_its_ends(walks: tuple[list[str], np.ndarray]) -> None:
    names, audio = walks
    levels = 10 * np.log10((audio.reshape(len(audio), -1, 2 * HOP).astype(np.float64) ** 2).mean(axis=2) + 1e-12)
    ends = np.maximum(levels[:, : HELD // 2].max(axis=1), levels[:, -HELD // 2 + 2 :].max(axis=1))
    worst = int((levels.max(axis=1) - ends).argmax())
    assert levels[worst].max() <= ends[worst] + 6.0, names[worst]


def test_no_walk_clicks(walks: tuple[list[str], np.ndarray]) -> None:
    names, audio = walks
    found = clicks(audio[:, 2048:])  # the beginning out of silence is left out
    assert found.max() < CLICK, names[int(found.argmax())]
