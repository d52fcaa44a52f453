"""What of a mosaic goes into a page: the very samples that the kernel plays, with 16 bits."""

from __future__ import annotations

import numpy as np
import pytest
from safetensors.numpy import load

import terrain_widgets as tw
from terrain_widgets.audio.page_host.page_setup import page_decoder
from terrain_widgets.codecs.mosaic import codec as module
from terrain_widgets.codecs.mosaic.codec import MosaicCodec
from terrain_widgets.codecs.mosaic.sixteen_bits import rounded
from tests.codecs.mosaic.material import bundled, silence


@pytest.fixture
def codec() -> MosaicCodec:
    return MosaicCodec([*bundled("drums"), silence()])


def test_the_page_is_sent_just_the_samples_that_the_kernel_plays(codec: MosaicCodec) -> None:
    sent = load(page_decoder(codec))
    assert sent["audio"].dtype == np.int16
    lengths = np.diff([*sent["sounds"], sent["audio"].shape[1]])
    np.testing.assert_array_equal(sent["audio"] * np.repeat(sent["steps"], lengths), codec.corpus.audio)


@pytest.mark.parametrize("peak", [1e-5, 0.01, 0.5, 1.0, 3.7])
def test_a_sound_is_kept_to_a_16_bit_step_of_its_own_peak(peak: float) -> None:
    noise = np.random.default_rng(0).uniform(-1, 1, (2, 5000)).astype(np.float32)
    sound = peak * noise / np.abs(noise).max()
    kept = rounded(sound)
    assert np.abs(kept - sound).max() <= 2.0**-14 * peak
    np.testing.assert_array_equal(rounded(kept), kept)
    assert not rounded(np.zeros((1, 9), np.float32)).any()


def test_a_mosaic_of_hours_stays_out_and_says_so(codec: MosaicCodec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FRAMES", 10)
    with pytest.raises(ValueError, match="ten minutes of sounds at most"):
        page_decoder(codec)
    tw.check_codec(codec, tolerance=1e-5)


def test_silent_frames_count_as_one(codec: MosaicCodec) -> None:
    arrays = load(page_decoder(codec))
    latents = arrays["latents"]
    assert len(np.unique(latents, axis=0)) == len(arrays["distinct"]) < len(latents)
    assert (np.diff(arrays["distinct"]) > 0).all()
