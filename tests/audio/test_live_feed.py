"""Live sound in the engine: as a clip whose latents and samples come with every block."""

from __future__ import annotations

import numpy as np
import pytest
from safetensors.numpy import load

from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.engine.sources.live_feed import LiveBlock
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from tests.golden.heard import FILE, heard_sound, moved_by

RATIO = 1024
LIVE = {"clip.sound": "live", "clip.modes": "keep"}


@pytest.fixture(scope="module")
def codec() -> PebbleCodec:
    return PebbleCodec()


def played(codec: PebbleCodec, wet: float, block: int = 1, frames: int = 24) -> np.ndarray:
    """Live sound, with the hand up."""
    engine, encoder, sound = Engine(codec, None), codec.encoder_stream(), heard_sound()
    engine.update(Update({**LIVE, "clip.wet": wet}))
    parts = []
    for first in range(0, frames, block):
        count = min(block, frames - first)
        audio = sound[None, first * RATIO : (first + count) * RATIO]
        live = LiveBlock(encoder.encode(audio), audio)
        parts.append(engine.render(np.zeros((count, 2), np.float32), 0.0, 1.0, live=live))
    return np.concatenate(parts, axis=1)


def test_what_is_heard_itself_comes_out_and_what_is_decoded_is_what_a_stream_decodes(codec: PebbleCodec) -> None:
    delay, sound = Engine(codec, None).delay, heard_sound()
    dry = played(codec, 0.0)[0]
    start, end = 4 * RATIO, 20 * RATIO
    # aligned to the sample: the cross-correlation of both is largest without a shift
    shifts = range(-40, 41)
    fits = [float(dry[start + delay + s : end + delay + s] @ sound[start:end]) for s in shifts]
    assert shifts[int(np.argmax(fits))] == 0
    wet = played(codec, 1.0)[0]
    decoded = codec.decode(codec.encoder_stream().encode(sound[None, : 24 * RATIO]))[0]
    fits = [float(wet[start + delay + s : end + delay + s] @ decoded[start:end]) for s in shifts]
    assert shifts[int(np.argmax(fits))] == 0


def test_blocks_of_any_size_give_the_same_samples_and_silence_without_anything_heard(codec: PebbleCodec) -> None:
    assert np.abs(played(codec, 0.5, 7) - played(codec, 0.5)).max() < 1e-5
    engine = Engine(codec, None)
    engine.update(Update(LIVE))
    assert not engine.render(np.zeros((4, 2), np.float32), 0.0, 1.0).any()
    with pytest.raises(ValueError, match="what is heard is latents"):
        bad = LiveBlock(np.zeros((1, 3), np.float32), np.zeros((1, RATIO), np.float32))
        engine.render(np.zeros((1, 2), np.float32), 0.0, 1.0, live=bad)


@pytest.mark.parametrize("moving", [False, True])
def test_where_less_is_heard_than_a_block_takes_silence_follows_and_the_next_block_is_heard(
    codec: PebbleCodec, moving: bool
) -> None:
    engine, encoder = Engine(codec, None), codec.encoder_stream()
    mover = {"target": "output.level", "basis": "envelope", "depth": 0.0}
    values = {f"movers.1.{word}": value for word, value in mover.items()} | {"modulators.basis": "envelope"}
    engine.update(Update({**LIVE, "clip.wet": 0.5, **(values | {"modulators.energy": 1.0} if moving else {})}))
    audio = (0.2 * np.sin(np.arange(6 * RATIO) * 0.05)).astype(np.float32)[None]
    for _ in range(2):
        live = LiveBlock(encoder.encode(audio), audio)
        sound = engine.render(np.zeros((12, 2), np.float32), 0.0, 1.0, live=live)[0]
        assert np.abs(sound[4 * RATIO : 6 * RATIO]).max() > 0.05 and np.abs(sound[-3 * RATIO :]).max() < 1e-3
    assert not engine.error


@pytest.mark.parametrize("bad", [np.nan, np.inf, -1e30])
def test_a_sample_that_is_no_sound_is_left_out_and_what_follows_sounds(codec: PebbleCodec, bad: float) -> None:
    audio = (0.2 * np.sin(np.arange(12 * RATIO) / 15)).astype(np.float32)[None]
    latents = codec.encoder_stream().encode(audio)
    audio[0, 3 * RATIO + 5] = bad
    if not np.isfinite(bad):
        latents[3, 2] = bad
    engine = Engine(codec, None)
    engine.update(Update({**LIVE, "clip.wet": 0.5}))
    sound = engine.render(np.zeros((12, 2), np.float32), 0.0, 1.0, live=LiveBlock(latents, audio))
    assert np.isfinite(sound).all() and np.abs(sound).max() <= 1.0
    assert np.abs(sound[0, -2 * RATIO :]).max() > 0.05


def test_modulators_follow_how_loud_it_is_in_blocks_of_any_size_and_as_the_page_is_held_to() -> None:
    golden, sound = load(FILE.read_bytes())["moved"], heard_sound()
    for block in (1, 7, 32):
        np.testing.assert_allclose(moved_by(sound, block), golden, atol=1e-6)
    assert np.ptp(golden[:, :2], axis=0).min() > 0.3 and np.abs(moved_by(0 * sound)[:, 0]).max() < 1e-9


def test_a_mover_follows_it_and_its_number_is_back_in_silence(codec: PebbleCodec) -> None:
    engine, encoder = Engine(codec, None), codec.encoder_stream()
    mover = {"target": "output.level", "basis": "envelope", "depth": -0.8}
    engine.update(Update({f"movers.1.{word}": value for word, value in mover.items()} | {**LIVE, "clip.wet": 0.0}))
    found = []
    for size in (0.5, 0.05, 0.0):
        audio = (size * np.sin(np.arange(8 * RATIO) * 0.05)).astype(np.float32)[None]
        engine.render(np.zeros((8, 2), np.float32), 0.0, 1.0, live=LiveBlock(encoder.encode(audio), audio))
        found.append(engine.motion.sounding["output.level"])
    expected = [1.0 - 0.8 * (1.0 + 20.0 * np.log10(size / np.sqrt(2)) / 60.0) for size in (0.5, 0.05)]
    np.testing.assert_allclose(found, [*expected, 1.0], atol=0.002)
