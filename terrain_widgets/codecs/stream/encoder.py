"""The stream model's encoder: levels of a grid of partials and of mel bands, to means and variances of latents."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from terrain_widgets.codecs.stream import grid
from terrain_widgets.codecs.stream.decoder import LEVEL_AT_ZERO_DB, LEVEL_DB, LOUDEST, QUIETEST

_REACH = 2  # frames before that its convolution hears
_FLOOR = 1e-4  # of the frame's own power: -40 dB in a band
_MOST = 5.0  # tenfolds of it: what comes next may be far louder
_LEAST = 1e-12


def _scaled(tenfolds: Tensor) -> Tensor:
    return (tenfolds + 1.0) / 2.0


def in_nepers(features: Tensor) -> Tensor:
    """Logarithms of amplitudes, relative to the frame's level, of what an encoder hears of a band."""
    return (2.0 * features - 1.0) * (math.log(10.0) / 2.0)


_SILENCE = float(_scaled(torch.tensor(_FLOOR).log10()))  # what is heard of silence


class EncoderState(NamedTuple):
    """What an encoder remembers: its newest features ``[B, F, 2]``."""

    features: Tensor


class StreamEncoder(nn.Module):
    """Audio to latents, frame by frame.

    Args:
        latents: D, with the level, which is measured.
        width: Channels of its layers.
        ratio: Samples per frame.
    """

    long: Tensor
    short: Tensor
    partials: Tensor
    bands: Tensor

    def __init__(self, latents: int, width: int, ratio: int) -> None:
        super().__init__()
        self.ratio = ratio
        self.shorts = ratio // grid.HOP
        features = grid.PARTIALS + self.shorts * grid.SHORT_BANDS
        self.first = nn.Conv1d(features, width, _REACH + 1)
        self.second = nn.Conv1d(width, width, 1)
        self.mean, self.log_variance = (nn.Conv1d(width, latents - 1, 1) for _ in range(2))
        self.register_buffer("long", torch.hann_window(grid.LONG), persistent=False)
        self.register_buffer("short", torch.hann_window(grid.SHORT), persistent=False)
        self.register_buffer("partials", grid.partial_filters(), persistent=False)
        self.register_buffer("bands", grid.band_filters(), persistent=False)

    @property
    def margin(self) -> int:
        """Samples before and after what it takes as a frame that it hears."""
        return (grid.LONG - self.ratio) // 2

    @property
    def before(self) -> int:
        """Samples that it hears before a frame: a frame is taken half a hop late, as the decoder is by as much."""
        return self.margin - grid.HOP // 2

    @property
    def after(self) -> int:
        """Samples that it hears after a frame's end."""
        return self.margin + grid.HOP // 2

    def fresh(self, rows: int) -> EncoderState:
        """The state before the first frame."""
        silence = torch.full((rows, self.first.in_channels, _REACH), _SILENCE, device=self.long.device)
        return EncoderState(silence)

    def forward(self, audio: Tensor, state: EncoderState) -> tuple[Tensor, Tensor, Tensor, EncoderState]:
        """Levels ``[B, 1, T]``, means and log variances ``[B, D - 1, T]``, and the state behind them.

        Args:
            audio: ``[B, before + T * ratio + after]``: the frames with what lies around them.
            state: Before them.
        """
        level, features = self.features(audio)
        heard = torch.cat([state.features, features], 2)
        hidden = functional.leaky_relu(self.first(heard), 0.2)
        hidden = hidden + functional.leaky_relu(self.second(hidden), 0.2)
        return level, self.mean(hidden), self.log_variance(hidden), EncoderState(heard[:, :, -_REACH:])

    def features(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        """Levels ``[B, 1, T]``, and what else is heard ``[B, F, T]``, relative to them."""
        ratio, margin = self.ratio, self.margin
        own = audio[:, margin : audio.shape[1] - margin].unflatten(1, (-1, ratio))
        power = own.square().mean(2) + _LEAST  # [B, T]
        level = (10 * torch.log10(power) - LEVEL_AT_ZERO_DB) / LEVEL_DB
        reference = power[:, :, None]

        def spectrum(frames: Tensor, window: Tensor, filters: Tensor) -> Tensor:
            found = torch.fft.rfft(frames * window)
            return torch.view_as_real(found).square().sum(-1) @ filters / window.square().sum()

        long = spectrum(audio.unfold(1, grid.LONG, ratio), self.long, self.partials)
        inner = (grid.SHORT - grid.HOP) // 2
        cut = audio[:, margin - inner : audio.shape[1] - margin + inner]
        short = spectrum(cut.unfold(1, grid.SHORT, grid.HOP), self.short, self.bands)
        short = short.unflatten(1, (-1, self.shorts)).flatten(2)  # [B, T, shorts * bands]
        heard = torch.log10(torch.cat([long, short], 2) / (reference + 1e-9) + _FLOOR).clamp(max=_MOST)
        return level.clamp(QUIETEST, LOUDEST)[:, None], _scaled(heard).transpose(1, 2)
