"""What of a mosaic goes into a page: the sounds as they are, or as a CD has them."""

from __future__ import annotations

import numpy as np
import pytest
from safetensors.numpy import load

import terrain_widgets as tw
from terrain_widgets.audio.hosts.page_setup import page_decoder
from terrain_widgets.codecs.mosaic import codec as module
from terrain_widgets.codecs.mosaic import page_corpus
from terrain_widgets.codecs.mosaic.codec import MosaicCodec
from tests.codecs.mosaic.material import bundled, silence


@pytest.fixture
def codec() -> MosaicCodec:
    return MosaicCodec([*bundled("drums"), silence()])


def test_a_short_mosaic_goes_there_exactly_and_a_long_one_with_16_bits(
    codec: MosaicCodec, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.testing.assert_array_equal(load(page_decoder(codec))["audio"], codec.corpus.audio)
    compact = load(page_decoder(codec, compact=True))["audio"]
    assert compact.dtype == np.int16 and np.abs(compact / 32768 - codec.corpus.audio).max() < 2e-5
    monkeypatch.setattr(page_corpus, "_FEW_FRAMES", 10)
    assert load(page_decoder(codec))["audio"].dtype == np.int16


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
