"""Every kind of model for nn~ loads right: what is found out about it, and that it keeps a codec's promises."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.check import check_codec
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.nn_tilde.codec import TorchScriptCodec
from tests.codecs.nn_models import GOOD

Model = Callable[[str], TorchScriptCodec]

# latents, ratio, sample rate, channels, voices
SHAPES = {
    "rave_v1": (8, 2048, 48000, 1, 64),
    "rave_v2": (8, 2048, 44100, 1, 64),
    "rave_v3": (8, 1024, 44100, 1, 64),
    "rave_small": (8, 512, 44100, 1, 64),
    "rave_discrete": (8, 1024, 44100, 1, 64),
    "rave_spherical": (8, 2048, 44100, 1, 64),
    "rave_stereo": (8, 512, 44100, 2, 64),
    "rave_filtered": (8, 512, 44100, 2, 32),
    "rave_88200": (8, 1024, 88200, 1, 64),
    "rave_folded": (8, 512, 44100, 2, 16),
    "rave_not_streaming": (8, 512, 44100, 1, 64),
    "rave_old_stereo": (8, 2048, 44100, 2, 16),
    "rave_old": (8, 2048, 48000, 1, 64),
    "rave_old_cropped": (8, 2048, 48000, 1, 16),
    "rave_old_stereo_cropped": (8, 2048, 48000, 2, 16),
    "rave_combined": (8, 2048, 48000, 1, 64),
    "rave_wasserstein_127": (127, 2048, 44100, 1, 64),
    "rave_wasserstein_128": (128, 2048, 44100, 1, 64),
    "vschaos": (8, 512, 44100, 1, 64),
    "music2latent": (64, 4096, 44100, 1, 16),
    "music2latent_stereo": (64, 4096, 44100, 2, 16),
    "nn16": (8, 512, 44100, 1, 64),
    "nn16_rate": (8, 512, 32000, 1, 64),
    "asking": (8, 512, 44100, 1, 64),
    "exact": (64, 64, 44100, 1, 64),
    "exact_late": (64, 64, 44100, 1, 64),
    "exact_stereo": (64, 32, 44100, 2, 64),
}


@pytest.mark.parametrize("name", GOOD)
def test_it_is_known_for_what_it_is_and_keeps_its_promises(name: str, model: Model) -> None:
    codec = model(name)
    info, card = codec.info, codec.card
    assert isinstance(codec, Codec)
    assert (info.latent_dim, info.ratio, info.sample_rate, info.channels, info.max_voices) == SHAPES[name]
    assert info.name == card.name == name
    assert card.streaming == (name != "rave_not_streaming")
    assert 0 < card.real_time_factor < 1
    check_codec(codec)


def test_a_card_says_what_a_user_wants_to_know(model: Model) -> None:
    lines = repr(model("rave_v3").card).splitlines()
    assert lines[0] == "codec       rave_v3"
    assert lines[1] == "latents     8 at 43.07 frames/s (1024 samples each)"
    assert lines[2] == "sound       44100 Hz, mono"
    assert lines[3] == "streaming   yes"
    assert lines[4] == "parameters  0.3 M"
    assert "times real time on one thread" in lines[5]
    assert lines[6] == "licence     CC-BY-4.0"
    assert len(lines) == 7
    assert "export it again with --streaming" in repr(model("rave_not_streaming").card)
    assert "rave_v3" in repr(model("rave_v3"))
    assert "43.07 frames/s" in repr(model("rave_v3"))


@pytest.mark.parametrize("name", ["rave_old_stereo", "rave_old_stereo_cropped"])
def test_an_old_stereo_export_keeps_its_channels_apart_and_makes_up_the_same_each_time(name: str, model: Model) -> None:
    codec = model(name)
    latents = np.random.default_rng(0).normal(size=(6, 8)).astype(np.float32)
    sound = codec.decode(latents)
    assert np.abs(sound[0] - sound[1]).max() > 0.05 * np.abs(sound).max()
    np.testing.assert_array_equal(sound, codec.decode(latents))


def test_an_export_that_does_not_say_its_rate_says_so_on_its_card(model: Model) -> None:
    assert "it does not say its sample rate: 44100 Hz is assumed" in repr(model("rave_old_stereo").card)
    assert "sample rate:" not in repr(model("rave_combined").card)


def test_the_licence_may_stand_in_a_file_beside_the_model(model_path: Callable[[str], Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy.ts"
    copy.write_bytes(model_path("exact").read_bytes())
    assert load_codec(copy).info.licence == "unknown"
    (tmp_path / "copy.ts.license").write_text("SPDX-FileCopyrightText: me\n\nSPDX-License-Identifier: CC0-1.0\n")
    assert load_codec(copy).info.licence == "CC0-1.0"


def test_the_delay_of_a_model_is_measured(model: Model) -> None:
    assert model("exact").info.delay == 0
    assert model("exact_late").info.delay == 37
    assert model("vschaos").info.delay == 3 * 512  # three frames must be waited for


def test_a_rate_that_a_model_does_not_say_can_be_said(model_path: Callable[[str], Path], model: Model) -> None:
    assert any("sample_rate=48000" in note for note in model("music2latent").card.notes)
    told = load_codec(f"{model_path('music2latent')}#sample_rate=48000")
    assert told.info.sample_rate == 48000
    assert isinstance(told, TorchScriptCodec)
    assert told.card.notes == ()
    assert told.recipe is not None
    assert load_codec(told.recipe).info == told.info
    assert load_codec(f"{model_path('nn16_rate')}#sample_rate=48000").info.sample_rate == 32000  # it knows better
    for wrong in ("sample_rate=0", "sample_rate=fast"):
        with pytest.raises(CodecError, match="whole number of Hz"):
            load_codec(f"{model_path('exact')}#{wrong}")
    with pytest.raises(CodecError, match="no option 'colour'.*noise=fixed"):
        load_codec(f"{model_path('exact')}#colour=blue")


@pytest.mark.parametrize("name", ["rave_v2", "rave_small"])
def test_what_a_model_makes_up_is_the_same_each_time_unless_it_is_let_free(
    name: str, model: Model, model_path: Callable[[str], Path]
) -> None:
    codec = model(name)
    latents = np.random.default_rng(0).normal(size=(10, 8)).astype(np.float32)
    first = codec.decode(latents)
    np.testing.assert_array_equal(first, codec.decode(latents))
    another = codec.stream(1)
    another.seed(1)
    assert np.abs(another.decode(latents.T[None])[0] - first).max() > 0.01 * np.abs(first).max()
    late = codec.stream(1)  # begun in the middle: the noise is that of the middle, after what the model remembers
    late.reset(4)
    rest = late.decode(latents[4:].T[None])[0][:, 2048:]
    np.testing.assert_allclose(rest, first[:, 4 * codec.info.ratio + 2048 :], atol=1e-6)
    free = load_codec(f"{model_path(name)}#noise=free")
    assert np.abs(free.decode(latents) - free.decode(latents)).max() > 1e-3
    with pytest.raises(CodecError, match="'fixed'.*'free'"):
        load_codec(f"{model_path(name)}#noise=pink")


def test_the_same_sound_is_encoded_to_the_same_latents(model: Model) -> None:
    codec, noise = model("rave_v2"), np.random.default_rng(1).normal(0, 0.1, 50_000)
    np.testing.assert_array_equal(codec.encode(noise, 44100).values, codec.encode(noise, 44100).values)


def test_wrong_numbers_of_latents_and_voices_are_refused(model: Model) -> None:
    codec = model("rave_v2")
    with pytest.raises(ValueError, match=r"\[frames, 8\], got shape \(5, 7\)"):
        codec.decode(np.zeros((5, 7)))
    with pytest.raises(ValueError, match=r"2 voices, 8 latents.*\(2, 9, 1\)"):
        codec.stream(2).decode(np.zeros((2, 9, 1)))
    with pytest.raises(ValueError, match="1 to 64 voices, got 65"):
        codec.stream(65)
    assert codec.stream(64).decode(np.zeros((64, 8, 1))).shape == (64, 1, 2048)
    with pytest.raises(ValueError, match="1 to 64 voices, got 65"):
        codec.stream(2).resize(65)
