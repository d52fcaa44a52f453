"""Walking a straight line between any two bundled sounds: never much louder than its ends, never a click."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.ndimage import maximum_filter1d

from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.io.sound_files import sounds

RATIO = 1024
STEPS = 24  # frames of one walk
HELD = 6  # frames at either end
POINTS = 3  # places in each sound that are walked from and to
CLICK = 3.0  # twice what the smoothest walks have by chance


@pytest.fixture(scope="module")
def codec() -> PebbleCodec:
    return PebbleCodec()


@pytest.fixture(scope="module")
def points(codec: PebbleCodec) -> dict[str, np.ndarray]:
    """Frames ``[POINTS, 8]`` of every bundled sound: its loudest, and a third and two thirds into what is heard."""
    chosen = {}
    for sound in sounds():
        latents = codec.encode(sound.audio, sound.sample_rate).values
        heard = latents[latents[:, 1] > -1.5]
        chosen[sound.name] = heard[[int(heard[:, 1].argmax()), len(heard) // 3, 2 * len(heard) // 3]]
    return chosen


def _walk(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Held, walked, held: latents ``[8, 2 * HELD + STEPS]``."""
    way = np.concatenate([np.zeros(HELD), np.linspace(0, 1, STEPS), np.ones(HELD)])
    return (start + (end - start) * way[:, None]).T.astype(np.float32)


def _walks(points: dict[str, np.ndarray]) -> list[tuple[str, np.ndarray]]:
    lines = []
    for one, other in itertools.combinations(points, 2):
        lines += [(f"{one} to {other}", _walk(a, b)) for a in points[one] for b in points[other]]
    return lines


def _decoded(codec: PebbleCodec, lines: list[tuple[str, np.ndarray]]) -> np.ndarray:
    """All walks ``[walks, samples]``, sixteen voices at a time."""
    parts = []
    for begin in range(0, len(lines), 16):
        group = np.stack([path for _, path in lines[begin : begin + 16]])
        parts.append(codec.stream(len(group)).decode(group)[:, 0])
    return np.concatenate(parts)


def clicks(audio: np.ndarray) -> np.ndarray:
    """How far the strongest kink stands out of its surroundings, as a factor, per row of ``[rows, samples]``.

    A kink is the third difference of the samples, which a step, a jump of phase or a lost sample makes large at one
    place. It is compared with the largest within 23 ms on either side, 3 ms around it left out: noise and bright tones
    kink everywhere, a click kinks alone. What is 70 dB below the loudest sample of the row is no click.
    """
    kink = np.abs(np.diff(audio.astype(np.float64), 3, axis=1))
    near, far = 128, 1024
    blocks = kink[:, : kink.shape[1] // 32 * 32].reshape(len(kink), -1, 32).max(axis=2)
    reach, gap = far // 32, near // 32
    side = maximum_filter1d(blocks, reach - gap, axis=1, mode="constant")
    shift = gap + (reach - gap) // 2
    padded = np.pad(side, ((0, 0), (shift, shift)))
    before, after = padded[:, : -2 * shift], padded[:, 2 * shift :]
    surroundings = np.maximum(before, after)
    floor = 10 ** (-70 / 20) * np.abs(audio).max(axis=1, keepdims=True) + 1e-6
    return (blocks / np.maximum(surroundings, floor)).max(axis=1)


def test_no_frame_of_a_walk_is_much_louder_than_its_ends(codec: PebbleCodec, points: dict[str, np.ndarray]) -> None:
    lines = _walks(points)
    assert len(lines) == 45 * POINTS**2
    audio = _decoded(codec, lines)
    levels = 10 * np.log10((audio.reshape(len(audio), -1, RATIO).astype(np.float64) ** 2).mean(axis=2) + 1e-12)
    ends = np.maximum(levels[:, 2 : HELD - 1].max(axis=1), levels[:, -HELD + 1 :].max(axis=1))
    worst = (levels.max(axis=1) - ends).argmax()
    assert levels[worst].max() <= ends[worst] + 6.0, lines[worst][0]


def test_no_walk_clicks(codec: PebbleCodec, points: dict[str, np.ndarray]) -> None:
    lines = _walks(points)
    found = clicks(_decoded(codec, lines)[:, 2 * RATIO :])  # the beginning out of silence is left out
    assert found.max() < CLICK, lines[int(found.argmax())][0]


@pytest.mark.parametrize("damage", ["step", "lost samples", "phase"])
def test_a_click_would_be_found(codec: PebbleCodec, points: dict[str, np.ndarray], damage: str) -> None:
    lines = _walks({name: points[name] for name in ("horn", "flute", "cello", "marimba")})
    audio = _decoded(codec, lines)[:, 2 * RATIO :]
    place = 9000
    if damage == "step":
        audio[:, place:] += 0.1 * np.abs(audio[:, place - 500 : place + 500]).max(axis=1, keepdims=True)
    elif damage == "lost samples":
        audio[:, place : place + 64] = 0.0
    else:
        audio = np.concatenate([audio[:, :place], -audio[:, place:]], axis=1)
    assert np.median(clicks(audio)) >= CLICK
