"""What people bring: silence, clicks, telephone speech, high rates, empty channels, a thousand sounds."""

from __future__ import annotations

import numpy as np
import pytest

import terrain_widgets as tw
from terrain_widgets.codecs.mosaic.codec import MosaicCodec
from terrain_widgets.io.sound_files import Sound
from tests.codecs.mosaic.material import RATE, bundled, silence, stereo


def there_and_back(codec: MosaicCodec, sound: Sound) -> np.ndarray:
    latents = codec.encode(sound.audio, sound.sample_rate)
    count = -(-round(sound.audio.shape[1] * RATE / sound.sample_rate) // 512)
    assert len(latents) == max(1, count) and np.isfinite(latents.values).all()
    audio = codec.decode(latents)
    assert np.isfinite(audio).all()
    return audio


def test_silence_alone_is_silent() -> None:
    codec = MosaicCodec([silence()])
    assert np.abs(there_and_back(codec, silence())).max() < 1e-9
    assert np.abs(codec.decode(np.random.default_rng(0).normal(0, 2, (20, 8)))).max() < 1e-9
    tw.check_codec(codec)


def test_a_click_of_ten_milliseconds_comes_back() -> None:
    click = np.zeros((1, 441), np.float32)
    click[0, 100:130] = np.hanning(30)
    sound = Sound("click", click, RATE)
    copy = there_and_back(MosaicCodec([sound]), sound)
    np.testing.assert_allclose(copy[0, :441], click[0], atol=1e-3)


@pytest.mark.parametrize("rate", [8000, 192_000])
def test_sounds_of_any_rate_come_back_at_that_of_the_codec(rate: int) -> None:
    def voice(at: int) -> np.ndarray:
        t = np.arange(at) / at
        return (0.3 * np.sin(2 * np.pi * 300 * t) * np.sin(2 * np.pi * 3 * t)).astype(np.float32)

    sound = Sound("voice", voice(rate)[None], rate)
    copy = there_and_back(MosaicCodec([sound, *bundled("drums")]), sound)[0, :RATE]
    assert np.abs(copy - voice(RATE))[2000:-2000].max() < 0.01


def test_an_empty_channel_stays_empty() -> None:
    audio = stereo().audio.copy()
    audio[1] = 0.0
    copy = there_and_back(MosaicCodec([Sound("left only", audio, RATE)]), Sound("left only", audio, RATE))
    assert np.abs(copy[0]).max() > 0.1 and np.abs(copy[1]).max() < 1e-6


def test_a_thousand_short_sounds_are_one_mosaic() -> None:
    random = np.random.default_rng(0)
    many = []
    for k in range(1000):
        t = np.arange(2205) / RATE
        wave = 0.3 * np.sin(2 * np.pi * random.uniform(100, 4000) * t) * np.exp(-t * 40)
        many.append(Sound(f"blip {k}", wave[None].astype(np.float32), RATE))
    codec = MosaicCodec(many)
    for sound in many[::250]:
        copy = there_and_back(codec, sound)[0, :2205]
        assert np.abs(copy - sound.audio[0]).max() < 0.05


def test_no_sounds_are_refused_in_a_sentence() -> None:
    with pytest.raises(tw.CodecError, match="made of sounds, and there are none"):
        MosaicCodec([])
    with pytest.raises(tw.CodecError, match="none are given"):
        tw.load_codec("mosaic")
