"""A stream model begins as a linear one: with the principal components of the sounds that it is to learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from terrain_widgets.codecs.measures.log_mel import log_mel_distance
from terrain_widgets.codecs.stream.encoder import in_nepers
from terrain_widgets.codecs.stream.grid import PARTIALS, frequencies
from terrain_widgets.codecs.stream.model import StreamConfig, StreamModel
from terrain_widgets.codecs.trainer.dataset import TrainingSound
from terrain_widgets.codecs.trainer.recipes.stream_start import begin_linear

RATE, RATIO = 44100, 1024
ROOTS = (30, 43, 51, 64)  # of the grid's partials


def _chord(root: int, seconds: float) -> np.ndarray:
    """Three tones on the grid, each swelling at its own pace."""
    time = np.arange(round(seconds * RATE / RATIO) * RATIO) / RATE
    tones = [
        (1 + np.sin(2 * np.pi * pace * time)) * np.sin(2 * np.pi * frequencies()[root + step] * time)
        for step, pace in ((0, 0.7), (8, 1.1), (14, 1.7))
    ]
    return np.asarray(0.1 * sum(tones), np.float32)


@pytest.fixture(scope="module")
def sounds() -> list[TrainingSound]:
    return [TrainingSound(str(root), _chord(root, 3.0)) for root in ROOTS]


def _model(latents: int, width: int = 64, ratio: int = RATIO) -> StreamModel:
    torch.manual_seed(0)
    return StreamModel(StreamConfig(latents, width, ratio)).requires_grad_(False)


def _features(model: StreamModel, audio: np.ndarray) -> torch.Tensor:
    """What the encoder hears besides the level ``[F, T]``."""
    padded = torch.nn.functional.pad(torch.from_numpy(audio)[None], (model.encoder.before, model.encoder.after))
    return model.encoder.features(padded)[1][0]


def _copy(model: StreamModel, audio: np.ndarray) -> tuple[torch.Tensor, np.ndarray]:
    """Means ``[D - 1, T]``, and the sound that they give."""
    level, mean, _ = model.encode(torch.from_numpy(audio)[None])
    sound, _ = model.decoder(torch.cat([level, mean], 1), model.decoder.fresh(1))
    return mean[0], sound[0].numpy()


def test_its_latents_are_principal_components_each_of_the_same_spread(sounds: list[TrainingSound]) -> None:
    model = _model(9)
    begin_linear(model, sounds)
    means = torch.cat([_copy(model, sound.audio)[0] for sound in sounds], 1).double().numpy()
    assert np.cov(means, bias=True) == pytest.approx(np.eye(8), abs=0.05)
    # and what they leave out is what the smallest of all components hold: no other eight hold more
    heard = torch.cat([_features(model, sound.audio) for sound in sounds], 1).double().numpy().T
    heard = heard - heard.mean(0)
    shares = np.linalg.svd(heard, compute_uv=False) ** 2
    explained = np.linalg.lstsq(means.T - means.T.mean(0), heard, rcond=None)[0]
    left = np.square(heard - (means.T - means.T.mean(0)) @ explained).sum()
    assert left == pytest.approx(shares[8:].sum(), rel=0.05)


def test_levels_of_partials_go_through_layer_by_layer_as_they_were_heard(sounds: list[TrainingSound]) -> None:
    model = _model(17)
    begin_linear(model, sounds)
    level, mean, _ = model.encode(torch.from_numpy(sounds[1].audio)[None])
    decoder, state = model.decoder, model.decoder.fresh(1)
    given: list[torch.Tensor] = []
    handle = decoder.out.register_forward_hook(lambda *args: given.append(args[2]))
    decoder(torch.cat([level, mean], 1), state)
    handle.remove()
    wanted = in_nepers(_features(model, sounds[1].audio)[:PARTIALS, 4:-4])
    loud = wanted > wanted.max() - 3.0  # 26 dB
    apart = (given[0][0, :PARTIALS, 4:-4] - wanted)[loud]
    assert loud.sum() > 100 and float((apart - apart.mean()).abs().mean()) < 0.2  # nepers: 1.7 dB


def test_what_it_has_not_heard_comes_back_near_before_a_step_is_learnt(sounds: list[TrainingSound]) -> None:
    unheard = np.roll(_chord(ROOTS[2], 2.0), 20_000)
    errors = []
    for begun in (False, True):
        model = _model(17)
        if begun:
            begin_linear(model, sounds)
        errors.append(log_mel_distance(unheard, _copy(model, unheard)[1]))
    assert errors[1] < 0.25 * errors[0]


@pytest.mark.parametrize(("latents", "width", "ratio"), [(64, 8, 512), (4, 16, 2048), (64, 256, 1024)])
def test_any_size_begins_finite_and_what_is_not_passed_on_can_still_be_learnt(
    latents: int, width: int, ratio: int
) -> None:
    model = _model(latents, width, ratio)
    tone = 0.2 * np.sin(2 * np.pi * 440.0 * np.arange(30 * 1024) / RATE)
    begin_linear(
        model, [TrainingSound("tone", tone.astype(np.float32)), TrainingSound("short", np.ones(50, np.float32))]
    )
    model.requires_grad_(True)
    audio = torch.from_numpy(tone.astype(np.float32))[None]
    level, mean, _ = model.encode(audio)
    sound, _ = model.decoder(torch.cat([level, mean], 1), model.decoder.fresh(1))
    sound.square().mean().backward()
    assert bool(torch.isfinite(sound).all())
    gradient = model.decoder.out.weight.grad
    assert gradient is not None and bool((gradient.abs().sum((0, 2)) > 0).any())
    assert all(bool(torch.isfinite(value.grad).all()) for value in model.parameters() if value.grad is not None)
