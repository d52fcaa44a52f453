"""The stream model's decoder: latents to amplitudes of a fixed grid of partials and bands of noise, and to sound.

Its operations are few: two causal convolutions, matrix products, one inverse transform, and adding what overlaps. The
latent before all others is the level, so that what is heard is bounded by it. State is handed in and out, in tensors.
"""

# No "from __future__ import annotations": torch.jit.script reads the annotations of what it compiles.

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from terrain_widgets.codecs.stream import grid

#: The level latent: 0 is -30 dBFS (RMS), and one more is 15 dB louder, up to -6 dBFS.
LEVEL_DB, LEVEL_AT_ZERO_DB = 15.0, -30.0
QUIETEST, LOUDEST = -3.5, 1.6
FARTHEST = 5.0  # latents beyond are limited
_REACH = 2  # frames before that a convolution hears


class StreamState(NamedTuple):
    """What a decoder remembers from block to block; rows are independent.

    Args:
        latents: Newest latents ``[B, D, 2]``.
        hidden: Newest outputs of the first layer ``[B, W, 2]``.
        tail: What still sounds ``[B, HOP]``.
        hops: Number of the next hop, which chooses phases and noise.
    """

    latents: Tensor
    hidden: Tensor
    tail: Tensor
    hops: int


class StreamDecoder(nn.Module):
    """Latents ``[B, D, T]`` to audio ``[B, T * ratio]``.

    Args:
        latents: D, with the level.
        width: W, channels of its layers.
        ratio: Samples per latent frame; a multiple of the hop.
    """

    cosines: Tensor
    sines: Tensor
    turns: Tensor
    phases: Tensor
    noise: Tensor
    shapes: Tensor
    powers: Tensor
    fade: Tensor

    def __init__(self, latents: int, width: int, ratio: int) -> None:
        super().__init__()
        self.latent_dim, self.width, self.ratio = latents, width, ratio
        self.hop, self.window = grid.HOP, grid.WINDOW
        self.hops_per_frame = ratio // grid.HOP
        self.partials, self.bands = grid.PARTIALS, grid.NOISE_BANDS
        self.quietest, self.loudest, self.farthest = QUIETEST, LOUDEST, FARTHEST
        self.level_db, self.level_at_zero = LEVEL_DB, LEVEL_AT_ZERO_DB
        self.reach = _REACH
        self.first = nn.Conv1d(latents, width, _REACH + 1)
        self.second = nn.Conv1d(width, width, _REACH + 1)
        self.third = nn.Conv1d(width, width, 1)
        self.out = nn.Conv1d(width, self.hops_per_frame * (grid.PARTIALS + grid.NOISE_BANDS), 1)
        cosines, sines = grid.waves()
        turns = torch.from_numpy(grid.frequencies() * grid.HOP / grid.SAMPLE_RATE)
        self.register_buffer("cosines", cosines, persistent=False)
        self.register_buffer("sines", sines, persistent=False)
        self.register_buffer("turns", turns, persistent=False)  # of each partial in a hop
        self.register_buffer("phases", torch.from_numpy(grid.phases()), persistent=False)
        self.register_buffer("noise", grid.noise_spectra(), persistent=False)
        shapes = grid.noise_shapes()
        self.register_buffer("shapes", shapes, persistent=False)
        powers = torch.cat([torch.full([grid.PARTIALS], 0.5), shapes.sum(1) / shapes.sum()])
        self.register_buffer("powers", powers, persistent=False)  # of each at an amplitude of 1
        window = torch.sin(math.pi * (torch.arange(grid.WINDOW) + 0.5) / grid.WINDOW)
        self.register_buffer("fade", window, persistent=False)

    def fresh(self, rows: int, hops: int = 0) -> StreamState:
        """The state before the first frame, in silence."""
        device = self.fade.device
        latents = torch.zeros(rows, self.latent_dim, self.reach, device=device)
        latents[:, 0] = self.quietest
        hidden = torch.zeros(rows, self.width, self.reach, device=device)
        return StreamState(latents, hidden, torch.zeros(rows, self.hop, device=device), hops)

    def forward(self, latents: Tensor, state: StreamState) -> tuple[Tensor, StreamState]:
        """Audio, and the state behind it. A frame with NaN in it is silent.

        Args:
            latents: ``[B, D, T]``.
            state: Before it.
        """
        known = torch.isfinite(latents).all(1, keepdim=True)
        places = torch.nan_to_num(latents, 0.0, 0.0, 0.0).clamp(-self.farthest, self.farthest)
        level = torch.where(known, places[:, :1], torch.full_like(places[:, :1], self.quietest))
        level = level.clamp(self.quietest, self.loudest)
        places = torch.cat([level, places[:, 1:]], 1)
        heard = torch.cat([state.latents, places], 2)
        below = torch.cat([state.hidden, functional.leaky_relu(self.first(heard), 0.2)], 2)
        hidden = functional.leaky_relu(self.second(below), 0.2)
        hidden = hidden + functional.leaky_relu(self.third(hidden), 0.2)
        amplitudes = self._amplitudes(self.out(hidden), level)
        sound = self._partials(amplitudes[:, :, : self.partials], state.hops)
        sound = sound + self._noise(amplitudes[:, :, self.partials :], state.hops)
        audio, tail = self._joined(sound, state.tail)
        after = StreamState(
            heard[:, :, heard.shape[2] - self.reach :],
            below[:, :, below.shape[2] - self.reach :],
            tail,
            state.hops + amplitudes.shape[1],
        )
        return audio, after

    def _amplitudes(self, raw: Tensor, level: Tensor) -> Tensor:
        """``[B, hops, partials + bands]``, of which each frame has the power that its level says."""
        rows, _, frames = raw.shape
        shape = torch.exp(raw.clamp(-15.0, 8.0)).transpose(1, 2).reshape(rows, frames, self.hops_per_frame, -1)
        power = torch.sum(shape * shape * self.powers, 3).mean(2)  # [B, T]
        decibels = self.level_at_zero + self.level_db * level[:, 0]
        gain = torch.pow(10.0, decibels / 20.0) * torch.rsqrt(power + 1e-12)
        gain = torch.where(level[:, 0] <= self.quietest, torch.zeros_like(gain), gain)
        return (shape * gain[:, :, None, None]).reshape(rows, frames * self.hops_per_frame, -1)

    def _partials(self, amplitudes: Tensor, hops: int) -> Tensor:
        """Each under its window ``[B, hops, WINDOW]``, in the phase that it has reached."""
        count = torch.arange(hops, hops + amplitudes.shape[1], device=amplitudes.device).double()
        angle = 2.0 * math.pi * torch.frac(count[:, None] * self.turns + self.phases)
        cosine, sine = torch.cos(angle).to(amplitudes.dtype), torch.sin(angle).to(amplitudes.dtype)
        return torch.matmul(amplitudes * cosine, self.cosines) - torch.matmul(amplitudes * sine, self.sines)

    def _noise(self, amplitudes: Tensor, hops: int) -> Tensor:
        """``[B, hops, WINDOW]``: white noise in the bands, whose windows add up in power."""
        which = torch.remainder(
            torch.arange(hops, hops + amplitudes.shape[1], device=amplitudes.device), len(self.noise)
        )
        spectra = self.noise[which] * torch.matmul(amplitudes, self.shapes)
        grains: Tensor = torch.fft.irfft(spectra, self.window) * self.fade
        return grains

    def _joined(self, windows: Tensor, tail: Tensor) -> tuple[Tensor, Tensor]:
        """``[B, hops * HOP]`` of windows that overlap by half, and the half that is left over."""
        first, second = windows[:, :, : self.hop], windows[:, :, self.hop :]
        before = torch.cat([tail[:, None], second[:, : second.shape[1] - 1]], 1)
        return (first + before).flatten(1), second[:, second.shape[1] - 1]
