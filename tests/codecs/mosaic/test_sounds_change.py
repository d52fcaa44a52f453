"""A mosaic that plays on while its sounds become others."""

from __future__ import annotations

import numpy as np
import pytest

from terrain_widgets.codecs.loader import Material
from terrain_widgets.codecs.mosaic.codec import MosaicCodec
from terrain_widgets.codecs.mosaic.frames import HOP
from terrain_widgets.codecs.mosaic.stream import MosaicStream
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from tests.codecs.mosaic.material import RATE, bundled, stereo
from tests.codecs.test_pebble_walks import CLICK, clicks


@pytest.fixture(scope="module")
def codec() -> MosaicCodec:
    return MosaicCodec(bundled("cello", "choir"))


def of(codec: MosaicCodec, *names: str) -> MosaicCodec:
    """A mosaic of these sounds, whose latents mean the same."""
    return MosaicCodec.of(Material(tuple(bundled(*names))), 8, codec.settings, codec.projection)


def played(stream: MosaicStream, latents: np.ndarray, at: int, other: MosaicCodec) -> np.ndarray:
    """Audio ``[S]`` of latents ``[T, D]``, the sounds becoming those of another mosaic at a frame."""
    rows = latents.T[None]
    first = stream.decode(rows[:, :, :at])[0, 0]
    stream.adopt(other.stream(1))
    return np.concatenate([first, stream.decode(rows[:, :, at:])[0, 0]])


def test_a_sound_that_is_added_changes_nothing_of_what_sounds(codec: MosaicCodec) -> None:
    latents = codec.encode(bundled("cello")[0].audio, RATE).values[40:120]
    more = of(codec, "cello", "choir", "flute")
    np.testing.assert_allclose(played(codec.stream(1), latents, 37, more), codec.decode(latents)[0], atol=1e-5)


def test_a_sound_that_is_removed_goes_over_into_the_nearest_one_without_a_click(codec: MosaicCodec) -> None:
    latents = codec.encode(bundled("choir")[0].audio, RATE).values[60:140]
    audio = played(codec.stream(1), latents, 40, of(codec, "cello"))
    assert np.abs(audio - codec.decode(latents)[0])[48 * HOP :].max() > 0.01, "it is still there"
    levels = np.sqrt((audio[8 * HOP :].reshape(-1, HOP) ** 2).mean(axis=1))
    assert levels.min() > 0.05 * levels.max()
    assert clicks(audio[None, 2048:]).max() < CLICK


def test_only_a_mosaic_of_as_many_channels_and_latents_is_gone_on_with(codec: MosaicCodec) -> None:
    with pytest.raises(ValueError, match="1 channels and 8 latents cannot go on with one of 2 and 8"):
        codec.stream(1).adopt(MosaicCodec([stereo()]).stream(1))
    with pytest.raises(ValueError, match="with the sounds of another mosaic"):
        codec.stream(1).adopt(PebbleCodec().stream(1))
