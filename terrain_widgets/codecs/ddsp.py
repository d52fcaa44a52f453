"""The decoder of ``pebble``, the bundled codec: eight latents to a harmonic tone and shaped noise.

The latents of one frame (1024 samples at 44.1 kHz, 43.07 frames per second):

====== ================ ==========================================================================
latent meaning          scale
====== ================ ==========================================================================
0      pitch            octaves from middle C (261.63 Hz): -3 is C1, 0 is C4, +3 is C7
1      loudness         12 dB per unit around -36 dBFS RMS: -3 and below is silence, +3 the limit
2..7   learned timbre   encoded sounds have about zero mean and unit variance; +-3 is the musical range
====== ================ ==========================================================================

Whatever the latents, the power of a frame is set by latent 1 alone: the network only says how that power is shared
among 100 harmonics, 65 noise bands and four sub-frames. Hence every point of latent space sounds, and silence can be
reached from everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from terrain_widgets.codecs.ddsp_synth import (
    BANDS,
    BINS,
    FADE,
    HARMONICS,
    NYQUIST,
    SUBFRAMES,
    HarmonicNoiseSynth,
    SynthState,
    band_matrix,
    fresh_state,
)

LATENT_DIM = 8
TIMBRE_DIM = 6
LATENT_LIMIT = 5.0
MIDDLE_C = 440.0 * 2.0 ** (-9 / 12)  # Hz
DB_PER_UNIT = 12.0
DB_CENTRE = -36.0
DB_LIMIT = -6.0  # RMS, so that no latent can shout
DB_SILENCE = -72.0
HIDDEN = 256
ENVELOPE = 48  # knots of the spectral envelope, from 0 Hz to Nyquist
_ENVELOPE_BEND = 300.0  # Hz: the knots lie linearly below, logarithmically above
_LOG_RANGE = 8.0  # nepers: amplitudes span about +-70 dB before they share the frame's power


def pitch_to_latent(midi: Tensor) -> Tensor:
    """MIDI note number to latent 0."""
    return (midi - 60.0) / 12.0


def latent_to_hertz(latent: Tensor) -> Tensor:
    """Latent 0 to Hz, in float64 (a phase is summed from it)."""
    return MIDDLE_C * torch.exp2(latent.double())


def level_to_latent(decibels: Tensor) -> Tensor:
    """dBFS RMS to latent 1, silence at -3.5."""
    return ((decibels - DB_CENTRE) / DB_PER_UNIT).clamp(min=-3.5)


def latent_to_gain(latent: Tensor) -> Tensor:
    """Latent 1 to RMS amplitude, exactly zero at and below -72 dBFS, limited at -6 dBFS."""
    decibels = (DB_CENTRE + DB_PER_UNIT * latent).clamp(max=DB_LIMIT)
    fade = ((decibels - DB_SILENCE) / 6.0).clamp(0.0, 1.0)  # no step where silence begins
    return torch.pow(10.0, decibels / 20.0) * fade


def sanitised(latents: Tensor) -> Tensor:
    """Latents ``[B, D, T]`` within +-5; a frame that holds NaN becomes a silent one, infinity becomes the limit."""
    if bool(torch.isnan(latents.sum())):  # infinities may cancel to NaN, too: looked at more closely below
        broken = torch.isnan(latents).any(dim=1, keepdim=True)
        silent = torch.zeros_like(latents)
        silent[:, 1] = -LATENT_LIMIT
        latents = torch.where(broken, silent, latents)
    return latents.clamp(-LATENT_LIMIT, LATENT_LIMIT)


@dataclass
class DecoderState:
    """The synthesiser's state and the last frame's latents ``[B, D, 1]``."""

    synth: SynthState
    latents: Tensor


class PebbleDecoder(nn.Module):
    """Latents to audio, causal: a frame depends on its own latents and on the frame before."""

    def __init__(self) -> None:
        super().__init__()
        outputs = SUBFRAMES * (HARMONICS + BANDS) + ENVELOPE
        self.net = nn.Sequential(
            nn.Linear(2 * LATENT_DIM, HIDDEN),
            nn.LayerNorm(HIDDEN),
            nn.SiLU(),
            nn.Linear(HIDDEN, HIDDEN),
            nn.LayerNorm(HIDDEN),
            nn.SiLU(),
            nn.Linear(HIDDEN, HIDDEN),
            nn.LayerNorm(HIDDEN),
            nn.SiLU(),
            nn.Linear(HIDDEN, outputs),
        )
        self.synth = HarmonicNoiseSynth()
        self.register_buffer("bands", band_matrix(), persistent=False)
        self.bands: Tensor
        with torch.no_grad():  # begin with a plain bright tone and quiet noise
            numbers = torch.arange(1, HARMONICS + 1, dtype=torch.float32)
            start = torch.cat([-torch.log(numbers) - 0.02 * numbers, torch.full((BANDS,), -6.0)])
            last = self.net[-1]
            assert isinstance(last, nn.Linear)
            last.weight.mul_(0.5)
            last.bias.copy_(torch.cat([start.repeat(SUBFRAMES), torch.zeros(ENVELOPE)]))

    def fresh_state(self, voices: int) -> DecoderState:
        """The state of a stream before its first frame: silence at middle C."""
        latents = torch.zeros(voices, LATENT_DIM, 1)
        latents[:, 1] = -3.5
        return DecoderState(fresh_state(voices), latents)

    def controls(self, latents: Tensor, before: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What to synthesise.

        Args:
            latents: Sanitised latents ``[B, D, T]``.
            before: The latents one frame earlier, same shape.

        Returns:
            Fundamental ``[B, T]`` in Hz, harmonic amplitudes ``[B, T, SUBFRAMES, HARMONICS]`` and noise gains
            ``[B, T, SUBFRAMES, BINS]``; the mean power of a frame is the square of its loudness.
        """
        frames = latents.shape[2]
        raw, envelope = self.net(torch.cat([latents, before], dim=1).transpose(1, 2)).tensor_split([-ENVELOPE], -1)
        raw = raw.unflatten(-1, (SUBFRAMES, HARMONICS + BANDS))
        frequency = latent_to_hertz(latents[:, 0].detach())  # pitch comes from outside, never from a spectral loss
        heights = frequency.float()[..., None] * self.synth.numbers
        # Formants stay at their frequency while the pitch moves: an envelope over Hz, read where the harmonics lie.
        place = torch.log1p(heights.clamp(max=NYQUIST) / _ENVELOPE_BEND) * (
            (ENVELOPE - 1.001) / math.log1p(NYQUIST / _ENVELOPE_BEND)
        )
        knot = place.long()
        low, high = envelope.gather(2, knot), envelope.gather(2, knot + 1)
        formants = torch.nn.functional.pad(low + (high - low) * (place - knot), (0, BANDS))[:, :, None]
        shares = torch.exp(_LOG_RANGE * torch.tanh((raw + formants) / _LOG_RANGE))
        audible = ((NYQUIST - heights) / FADE).clamp(0.0, 1.0)[:, :, None]  # [B, T, 1, H]
        amplitudes = shares[..., :HARMONICS]
        gains = shares[..., HARMONICS:] @ self.bands
        power = ((amplitudes * audible).square().sum((-1, -2)) / 2 + gains.square().sum((-1, -2))) / SUBFRAMES
        scale = (latent_to_gain(latents[:, 1]) / torch.sqrt(power + 1e-12))[..., None, None]
        assert gains.shape[1:] == (frames, SUBFRAMES, BINS)
        return frequency, amplitudes * scale, gains * scale

    def forward(self, latents: Tensor, state: DecoderState) -> Tensor:
        """Latents ``[B, D, T]`` to audio ``[B, T * RATIO]``; moves ``state`` on."""
        latents = sanitised(latents)
        before = torch.cat([state.latents, latents[:, :, :-1]], dim=2)
        state.latents = latents[:, :, -1:].detach().clone()
        frequency, amplitudes, gains = self.controls(latents, before)
        audio: Tensor = self.synth(frequency, amplitudes, gains, state.synth)
        return audio


def hertz_to_midi(hertz: float) -> float:
    """Hz to MIDI note number."""
    return 69.0 + 12.0 * math.log2(hertz / 440.0)
