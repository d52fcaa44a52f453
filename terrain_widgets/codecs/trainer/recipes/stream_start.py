"""Where a stream model begins: as a linear one, whose latents are the principal components of what it hears.

Its encoder hears levels on the grid on which its decoder plays. So a model whose layers only pass on the first
principal components of those levels already plays the right notes, and training need not find them.

A layer that bends what goes through it passes a number on as two, the number and its negative: with
``f(u) = max(u, 0.2 u)``, ``f(u) - f(-u) = 1.2 u``.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from terrain_widgets.codecs.stream import grid
from terrain_widgets.codecs.stream.decoder import QUIETEST
from terrain_widgets.codecs.stream.encoder import StreamEncoder, in_nepers
from terrain_widgets.codecs.stream.model import StreamModel
from terrain_widgets.codecs.trainer.dataset import TrainingSound

_PASSES = 1.2  # f(1) - f(-1)
_LOG_VARIANCE = -4.0  # noise of an eighth of a latent's range: what is heard first is the sounds, not the noise
_NOISE_DB = -15.0  # of the noise under the partials, below the power that all of a band would have as noise
_PARTIAL_DB = -25.0  # from a partial's level to its amplitude: a sine's energy lies in few bins
_STRETCH = 8 * grid.SAMPLE_RATE  # samples of a sound that are heard at once
_MOST_FRAMES = 40_000
_LEAST_SPREAD = 1e-3  # of a component that tells anything


def begin_linear(model: StreamModel, sounds: Iterable[TrainingSound]) -> None:
    """Set a model's weights so that it passes on the principal components of the sounds.

    As many components as the model has latents besides the level, and half as many as its layers have channels, are
    passed on; other weights stay as chance made them, but nothing they give is heard before it is learnt.

    Args:
        model: Whose weights are set.
        sounds: What it is to learn; stretches of them are heard, in turns.
    """
    heard = _heard(model.encoder, sounds)
    mean = heard.mean(0)
    variances, components = torch.linalg.eigh((heard - mean).T @ (heard - mean) / max(1, len(heard)))
    count = min(model.config.latents - 1, model.config.width // 2)
    spread = variances.clamp(min=0.0).sqrt().flip(0)[:count]
    components = components.flip(1)[:, :count]  # [F, count], the largest first
    told = spread > _LEAST_SPREAD
    _encode(model.encoder, mean, components[:, told] / spread[told])
    _decode(model, mean, components[:, told] * spread[told])


def _heard(encoder: StreamEncoder, sounds: Iterable[TrainingSound]) -> Tensor:
    """What the encoder hears of the sounds besides their levels, frames that are not silent ``[N, F]``."""
    few = [sound.audio for sound in sounds]
    share = min(1.0, _MOST_FRAMES * encoder.ratio / max(1, sum(map(len, few))))
    found = []
    for audio in few:
        for start in range(0, len(audio), max(1, round(_STRETCH / share))):
            stretch = audio[start : start + _STRETCH]
            stretch = np.pad(stretch, (0, -len(stretch) % encoder.ratio))
            padded = functional.pad(torch.from_numpy(stretch)[None], (encoder.before, encoder.after))
            level, features = encoder.features(padded.to(encoder.long.device))
            found.append(features[0].T[level[0, 0] > QUIETEST])
    return torch.cat(found)


def _pass_on(layer: nn.Conv1d, matrix: Tensor, offset: Tensor) -> None:
    """Let the first channels of a layer give ``matrix [R, channels] @ input + offset [R]``, and its negative."""
    rows, channels = matrix.shape
    for first, sign in ((0, 1.0), (rows, -1.0)):
        layer.weight[first : first + rows] = 0.0
        layer.weight[first : first + rows, :channels, -1] = sign * matrix  # of this frame, none before
        if layer.bias is not None:
            layer.bias[first : first + rows] = sign * offset


def _encode(encoder: StreamEncoder, mean: Tensor, components: Tensor) -> None:
    """Means of the latents are what lies along each component ``[F, count]`` of what is heard beyond the mean."""
    count = components.shape[1]
    _pass_on(encoder.first, components.T, -mean @ components)
    for value in (encoder.second.weight, encoder.second.bias):
        assert value is not None
        value[: 2 * count] = 0.0  # adds nothing
    _give(encoder.mean, torch.eye(count, device=mean.device), torch.zeros(count, device=mean.device))
    assert encoder.log_variance.bias is not None
    encoder.log_variance.weight.zero_()
    encoder.log_variance.bias.fill_(_LOG_VARIANCE)


def _decode(model: StreamModel, mean: Tensor, components: Tensor) -> None:
    """Levels are the mean and so much of each component ``[F, count]`` as its latent says; amplitudes follow."""
    decoder, count = model.decoder, components.shape[1]
    same, none = torch.eye(count, device=mean.device), torch.zeros(count, device=mean.device)
    _pass_on(decoder.first, functional.pad(same, (1, 0)), none)  # the level goes by another way
    _pass_on(decoder.second, torch.cat([same, -same], 1) / _PASSES, none)
    for value in (decoder.third.weight, decoder.third.bias):
        assert value is not None
        value[: 2 * count] = 0.0
    amplitudes, offset = _amplitudes(model.config.ratio)
    amplitudes, offset = amplitudes.to(mean.device), offset.to(mean.device)
    levels = in_nepers(mean[:, None] + components) - in_nepers(mean[:, None])
    _give(decoder.out, amplitudes @ levels, amplitudes @ in_nepers(mean) + offset)


def _give(layer: nn.Conv1d, matrix: Tensor, offset: Tensor) -> None:
    """Let the first rows of a last layer be ``matrix [R, count] @`` what was passed on ``+ offset [R]``."""
    rows, count = matrix.shape
    assert layer.bias is not None
    layer.weight[:rows] = 0.0
    layer.weight[:rows, : 2 * count, 0] = torch.cat([matrix, -matrix], 1) / _PASSES
    layer.bias[:rows] = offset


def _amplitudes(ratio: int) -> tuple[Tensor, Tensor]:
    """Logarithms of amplitudes from levels in nepers: a matrix ``[hops * (partials + bands), F]`` and an offset."""
    hops = ratio // grid.HOP
    matrix = torch.zeros(hops, grid.PARTIALS + grid.NOISE_BANDS, grid.PARTIALS + hops * grid.SHORT_BANDS)
    matrix[:, : grid.PARTIALS, : grid.PARTIALS] = torch.eye(grid.PARTIALS)
    between = torch.from_numpy(
        np.array([np.interp(grid.noise_centres(), grid.band_centres(), row) for row in np.eye(grid.SHORT_BANDS)]).T
    ).float()
    for hop in range(hops):
        first = grid.PARTIALS + hop * grid.SHORT_BANDS
        matrix[hop, grid.PARTIALS :, first : first + grid.SHORT_BANDS] = between
    decibels = torch.tensor([_PARTIAL_DB] * grid.PARTIALS + [_NOISE_DB] * grid.NOISE_BANDS)
    return matrix.flatten(0, 1), (decibels * np.log(10) / 20).repeat(hops)
