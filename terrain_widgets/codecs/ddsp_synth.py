"""The sound of the bundled codec: a harmonic oscillator bank and filtered noise, both exact under streaming.

Harmonic-plus-noise synthesis after Engel et al., "DDSP: Differentiable Digital Signal Processing" (ICLR 2020), with
their per-sample amplitude envelopes replaced by four straight ramps per latent frame, and their time-varying FIR by
overlapping segments of noise that are shaped in the frequency domain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

SAMPLE_RATE = 44100
RATIO = 1024  # audio samples per latent frame
SUBFRAMES = 4  # control points per latent frame
HOP = RATIO // SUBFRAMES  # samples between control points
HARMONICS = 100
BANDS = 65
WINDOW = 2 * HOP  # samples of one noise segment
BINS = WINDOW // 2 + 1
NOISE_PERIOD = 2048  # noise segments before the noise repeats: 11.9 s
GLIDE = RATIO // 2  # samples within which a frame's pitch is reached
NYQUIST = SAMPLE_RATE / 2
FADE = 0.1 * NYQUIST  # width of the fade below Nyquist, Hz


@dataclass
class SynthState:
    """What the synthesiser remembers between two blocks, one row per voice.

    Args:
        phase: Phase of the fundamental in cycles, float64 ``[B, 1]``, in [0, 1).
        frequency: Last frame's fundamental in Hz, float64 ``[B, 1]``.
        amplitudes: Last harmonic control point ``[B, 1, H]``.
        tail: Second half of the last noise segment ``[B, 1, HOP]``.
        frame: Absolute index of the next latent frame.
    """

    phase: Tensor
    frequency: Tensor
    amplitudes: Tensor
    tail: Tensor
    frame: int = 0


def fresh_state(voices: int) -> SynthState:
    """The state before the first frame: silent, phase 0."""
    return SynthState(
        phase=torch.zeros(voices, 1, dtype=torch.float64),
        frequency=torch.zeros(voices, 1, dtype=torch.float64),
        amplitudes=torch.zeros(voices, 1, HARMONICS),
        tail=torch.zeros(voices, 1, HOP),
    )


def noise_table() -> Tensor:
    """Spectra of the noise segments ``[NOISE_PERIOD, BINS]``, complex64: magnitude one, seeded random phase.

    Scaled so that a segment shaped by real gains G has mean power ``sum(G ** 2)``. Segment k of every stream takes
    row ``k % NOISE_PERIOD``: noise belongs to a moment, not to a call, hence any blocking gives the same samples.
    """
    generator = torch.Generator().manual_seed(20200114)
    angle = torch.rand(NOISE_PERIOD, BINS, generator=generator) * (2 * math.pi)
    return torch.polar(torch.full_like(angle, WINDOW / math.sqrt(2.0)), angle)


def band_matrix() -> Tensor:
    """Gains of 65 bands to gains of 257 bins ``[BANDS, BINS]``: triangles, narrow at the bottom; no DC, no Nyquist."""
    bins = torch.arange(BINS, dtype=torch.float64)
    # Knots at c (e^{ak} - 1): about one bin apart at the bottom (86 Hz), twelve at the top.
    steps = torch.arange(BANDS, dtype=torch.float64)
    bend = 0.040
    knots = 1 + (BINS - 2) * torch.expm1(bend * steps) / math.expm1(bend * (BANDS - 1))
    place = torch.searchsorted(knots, bins.clamp(1, BINS - 1.001), right=True).clamp(1, BANDS - 1)
    weight = ((bins - knots[place - 1]) / (knots[place] - knots[place - 1])).clamp(0, 1)
    matrix = torch.zeros(BANDS, BINS, dtype=torch.float64)
    columns = torch.arange(BINS)
    matrix[place - 1, columns] = 1 - weight
    matrix[place, columns] += weight
    matrix[:, 0] = 0
    matrix[:, -1] = 0
    return matrix.float()


class HarmonicNoiseSynth(torch.nn.Module):
    """Turns control points into audio; has no trainable parameters."""

    def __init__(self) -> None:
        super().__init__()
        for name, table in {
            "noise": noise_table(),
            "window": torch.sin(math.pi * (torch.arange(WINDOW) + 0.5) / WINDOW),  # squares overlap to one
            "numbers": torch.arange(1, HARMONICS + 1, dtype=torch.float32),
            "angles": torch.arange(1, HARMONICS + 1, dtype=torch.float32)[:, None] * (2 * math.pi),
            "ramp": (torch.arange(HOP, dtype=torch.float32) + 1) / HOP,
            "glide": ((torch.arange(RATIO, dtype=torch.float64) + 1) / GLIDE).clamp(max=1.0),
        }.items():
            self.register_buffer(name, table, persistent=False)
        self.noise: Tensor
        self.window: Tensor
        self.numbers: Tensor
        self.angles: Tensor
        self.ramp: Tensor
        self.glide: Tensor

    def forward(self, frequency: Tensor, amplitudes: Tensor, gains: Tensor, state: SynthState) -> Tensor:
        """Audio for a block of frames; moves ``state`` on.

        Args:
            frequency: Fundamental ``[B, T]`` in Hz, float64, above 0.
            amplitudes: Harmonic amplitudes ``[B, T, SUBFRAMES, H]`` at the end of each sub-frame; those near and above
                Nyquist are faded here.
            gains: Noise gains ``[B, T, SUBFRAMES, BINS]``, each segment centred on the end of its sub-frame.
            state: Carried from block to block.

        Returns:
            Audio ``[B, T * RATIO]``.
        """
        harmonic = self._harmonics(frequency, amplitudes, state)
        noise = self.filtered_noise(gains, state)
        state.frame += frequency.shape[1]
        return harmonic + noise

    def _harmonics(self, frequency: Tensor, amplitudes: Tensor, state: SynthState) -> Tensor:
        batch, frames = frequency.shape
        before = torch.cat([frequency[:, :1] if state.frame == 0 else state.frequency, frequency[:, :-1]], dim=1)
        # The pitch goes straight to its new value within half a frame, then holds.
        running = before[..., None] + (frequency - before)[..., None] * self.glide  # [B, T, RATIO] Hz
        phase = (state.phase + torch.cumsum(running.reshape(batch, -1) / SAMPLE_RATE, dim=1)) % 1.0
        state.phase, state.frequency = phase[:, -1:].clone(), frequency[:, -1:].clone()
        # Harmonics that lie above Nyquist throughout cost nothing.
        slowest = float(torch.minimum(before, frequency).min())
        count = max(1, min(HARMONICS, math.ceil(NYQUIST / slowest)))
        points = amplitudes.reshape(batch, frames * SUBFRAMES, HARMONICS)
        ends = torch.cat([state.amplitudes, points], dim=1)
        state.amplitudes = points[:, -1:].detach().clone()
        # Harmonics before samples, [B, T * SUBFRAMES, count, HOP]: the sums below run six times faster that way round.
        sines = (phase.float().reshape(batch, -1, 1, HOP) * self.angles[:count]).sin_()
        # Harmonics fade out sample by sample where a moving pitch carries them across Nyquist: no aliasing, no step.
        fastest = float(torch.maximum(before, frequency).max())
        safe = min(count, math.floor((NYQUIST - FADE) / fastest))
        if safe < count:
            slopes = (running * (-1 / FADE)).float().reshape(batch, -1, 1, HOP)
            sines[:, :, safe:] *= (slopes * self.numbers[safe:count, None]).add_(NYQUIST / FADE).clamp_(0.0, 1.0)
        # Both ends of every ramp at once: [.., 2, count] @ [.., count, HOP].
        pairs = torch.stack([ends[:, :-1, :count], ends[:, 1:, :count]], dim=2)
        start, end = torch.matmul(pairs, sines).unbind(2)
        return (start + (end - start) * self.ramp).reshape(batch, -1)

    def filtered_noise(self, gains: Tensor, state: SynthState) -> Tensor:
        """The noise part of ``forward``; moves the noise's tail on, not the frame index."""
        batch, frames = gains.shape[:2]
        first = state.frame * SUBFRAMES
        rows = torch.arange(first, first + frames * SUBFRAMES) % NOISE_PERIOD
        spectra = self.noise[rows] * gains.reshape(batch, frames * SUBFRAMES, BINS)
        segments = torch.fft.irfft(spectra, n=WINDOW) * self.window  # [B, T * SUBFRAMES, WINDOW]
        rising, falling = segments[..., :HOP], segments[..., HOP:]
        audio: Tensor = rising + torch.cat([state.tail, falling[:, :-1]], dim=1)
        state.tail = falling[:, -1:].detach().clone()
        return audio.reshape(batch, -1)
