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

# No "from __future__ import annotations": torch.jit.script cannot resolve a NamedTuple whose annotations are strings.

import copy
import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import layer_norm, linear, silu

from terrain_widgets.codecs.bent_outputs import BentOutputs
from terrain_widgets.codecs.other_weights import put_weights
from terrain_widgets.codecs.pebble.synth import (
    BANDS,
    FADE,
    GLIDE,
    HARMONICS,
    HOP,
    NYQUIST,
    SUBFRAMES,
    HarmonicNoiseSynth,
    SynthState,
    TableModule,
    band_matrix,
    fresh_state,
)
from terrain_widgets.core.bending.encoder_layers import is_encoder
from terrain_widgets.core.bending.outputs import LayerOutput, check_tables, is_output

LATENT_DIM = 8
TIMBRE_DIM = 6
LATENT_LIMIT = 5.0
MIDDLE_C = 440.0 * 2.0 ** (-9 / 12)  # Hz
DB_PER_UNIT = 12.0
DB_CENTRE = -36.0
DB_LIMIT = -6.0  # RMS, so that no latent can shout
DB_SILENCE = -72.0
QUIETEST = -3.5  # latent 1 of digital silence
DB_FADE = 6.0  # above silence, so that there is no step where it begins
HIDDEN = 256
ENVELOPE = 48  # knots of the spectral envelope, from 0 Hz to Nyquist
ENVELOPE_BEND = 300.0  # Hz: the knots lie linearly below, logarithmically above
#: Channels of the layers' outputs that can be changed.
OUTPUTS = {
    "net.2.output": LayerOutput(HIDDEN),
    "net.5.output": LayerOutput(HIDDEN),
    "net.8.output": LayerOutput(HIDDEN),
    "net.9.output": LayerOutput(SUBFRAMES * (HARMONICS + BANDS) + ENVELOPE),
}
LOG_RANGE = 8.0  # nepers: amplitudes span about +-70 dB before they share the frame's power


def pitch_to_latent(midi: Tensor) -> Tensor:
    """MIDI note number to latent 0."""
    return (midi - 60.0) / 12.0


def level_to_latent(decibels: Tensor) -> Tensor:
    """dBFS RMS to latent 1, silence at -3.5."""
    return ((decibels - DB_CENTRE) / DB_PER_UNIT).clamp(min=QUIETEST)


class DecoderState(NamedTuple):
    """What the decoder remembers between two blocks.

    Args:
        synth: The synthesiser's part.
        latents: The last frame's latents ``[B, D, 1]``; NaN in a row that had no frame yet.
        started: Whether every row had a frame.
    """

    synth: SynthState
    latents: Tensor
    started: bool


class PebbleDecoder(TableModule):
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
        numbers = torch.arange(1, HARMONICS + 1, dtype=torch.float32)
        tables = {
            "bands": band_matrix(),
            "fades": numbers / (math.sqrt(2) * FADE),  # the root turns an amplitude into its RMS on the way
            "bends": numbers / ENVELOPE_BEND,
            # Pitch on the way: half of the glide is done at the end of the first sub-frame, all of it at the second.
            "glide": ((torch.arange(SUBFRAMES, dtype=torch.float32) + 1) * HOP / GLIDE).clamp(max=1.0),
            # Constants as tensors: a Python number in tensor arithmetic costs as much as the arithmetic of a frame.
            "middle_c": torch.tensor(MIDDLE_C, dtype=torch.float64),
            "per_unit": torch.tensor(DB_PER_UNIT * math.log(10) / 20),  # nepers
            "centre": torch.tensor(DB_CENTRE * math.log(10) / 20),
            "silence": torch.tensor((DB_CENTRE - DB_SILENCE) / DB_FADE),
            "slope": torch.tensor(DB_PER_UNIT / DB_FADE),
            "log_range": torch.tensor(LOG_RANGE),
            "knots_per_log": torch.tensor((ENVELOPE - 1.001) / math.log1p(NYQUIST / ENVELOPE_BEND)),
            "top": torch.tensor(NYQUIST / (math.sqrt(2) * FADE)),
            "share": torch.tensor(1.0 / SUBFRAMES),
            "floor": torch.tensor(1e-12),
        }
        self.set_tables(tables)
        self.bands: Tensor
        self.fades: Tensor
        self.bends: Tensor
        self.glide: Tensor
        self.middle_c: Tensor
        self.per_unit: Tensor
        self.centre: Tensor
        self.silence: Tensor
        self.slope: Tensor
        self.log_range: Tensor
        self.knots_per_log: Tensor
        self.top: Tensor
        self.share: Tensor
        self.floor: Tensor
        # Read inside what can be scripted, where only attributes are known.
        self.limit, self.highest = LATENT_LIMIT, NYQUIST / ENVELOPE_BEND
        self.loudest, self.quiet = (DB_LIMIT - DB_CENTRE) / DB_PER_UNIT, QUIETEST
        self.width = [HIDDEN]
        self.subframes, self.harmonics, self.latent_dim, self.rms = SUBFRAMES, HARMONICS, LATENT_DIM, math.sqrt(0.5)
        # The network's parameters at hand: calling its ten modules one by one costs a tenth of a decoder's time.
        self.weights = tuple(self.net.parameters())
        self.sizes = [SUBFRAMES * (HARMONICS + BANDS), ENVELOPE]
        self.bent_outputs: BentOutputs | None = None
        with torch.no_grad():  # begin with a plain bright tone and quiet noise
            start = torch.cat([-torch.log(numbers) - 0.02 * numbers, torch.full((BANDS,), -6.0)])
            last = self.net[-1]
            assert isinstance(last, nn.Linear)
            last.weight.mul_(0.5)
            last.bias.copy_(torch.cat([start.repeat(SUBFRAMES), torch.zeros(ENVELOPE)]))

    def fresh_state(self, voices: int, frame: int = 0) -> DecoderState:
        """The state of a stream before its first frame, number ``frame``."""
        return DecoderState(fresh_state(voices, frame), torch.full((voices, LATENT_DIM, 1), math.nan), False)

    def sanitised(self, latents: Tensor) -> Tensor:
        """Latents ``[B, D, T]`` within +-5; a frame that holds NaN becomes a silent one, infinity becomes the limit."""
        if bool(torch.isnan(latents.sum())):  # infinities may cancel to NaN, too: looked at more closely below
            broken = torch.isnan(latents).any(dim=1, keepdim=True)
            silent = torch.zeros_like(latents)
            silent[:, 1] = -self.limit
            latents = torch.where(broken, silent, latents)
        return latents.clamp(-self.limit, self.limit)

    def with_weights(self, weights: Mapping[str, NDArray[np.float32]]) -> "PebbleDecoder":
        """A copy of which some parameters are others, or some layers' outputs are changed.

        Args:
            weights: Parameters by name, and tables of outputs by theirs; an encoder's are left out.

        Raises:
            ValueError: If there is no such parameter, or it is of another shape.
        """
        other = copy.deepcopy(self, {id(self.synth): self.synth})  # nothing is bent in its large tables
        other.weights = tuple(other.net.parameters())
        decoding = {name: value for name, value in weights.items() if not is_output(name) and not is_encoder(name)}
        put_weights(other, decoding)
        tables = {name: value for name, value in weights.items() if is_output(name)}
        check_tables(tables, OUTPUTS)
        other.bent_outputs = BentOutputs(tables) if tables else None
        return other

    def with_earlier(self, latents: Tensor, state: DecoderState) -> Tensor:
        """Latents ``[B, D, T]`` and, below them, those of one frame earlier: ``[B, 2 D, T]``."""
        last = state.latents
        if not state.started:  # out of silence, without a glide
            opening = latents[:, :, :1].clone()
            opening[:, 1] = self.quiet
            last = torch.where(torch.isnan(last), opening, last)
        return torch.cat([latents, torch.cat([last, latents[:, :, :-1]], dim=2)], dim=1)

    def hertz(self, latent: Tensor) -> Tensor:
        """Latent 0 to Hz, in float64 (a phase is summed from it)."""
        return torch.exp2(latent.double()) * self.middle_c

    def gain(self, latent: Tensor) -> Tensor:
        """Latent 1 to RMS amplitude, exactly zero at and below -72 dBFS, limited at -6 dBFS."""
        level = latent.clamp(max=self.loudest)
        fade = torch.addcmul(self.silence, level, self.slope).clamp(0.0, 1.0)
        return torch.addcmul(self.centre, level, self.per_unit).exp() * fade

    def formants(self, envelope: Tensor, frequency: Tensor) -> Tensor:
        """The spectral envelope ``[B, T, ENVELOPE]``, in nepers, at the harmonics ``[B, T, H]`` of ``[B, T, 1]`` Hz.

        So formants stay where they are while the pitch moves.
        """
        place = (frequency * self.bends).clamp(max=self.highest).log1p() * self.knots_per_log
        knot = place.long()
        return torch.lerp(envelope.gather(2, knot), envelope.gather(2, knot + 1), place.frac())

    def network(self, rows: Tensor) -> Tensor:
        """What ``net`` makes of rows ``[B, T, 2 D]``: ``[B, T, outputs]``."""
        weights = self.weights
        bent = self.bent_outputs
        rows = silu(layer_norm(linear(rows, weights[0], weights[1]), self.width, weights[2], weights[3]))
        rows = rows if bent is None else bent.through("net.2.output", rows)
        rows = silu(layer_norm(linear(rows, weights[4], weights[5]), self.width, weights[6], weights[7]))
        rows = rows if bent is None else bent.through("net.5.output", rows)
        rows = silu(layer_norm(linear(rows, weights[8], weights[9]), self.width, weights[10], weights[11]))
        rows = rows if bent is None else bent.through("net.8.output", rows)
        rows = linear(rows, weights[12], weights[13])
        return rows if bent is None else bent.through("net.9.output", rows)

    def controls(self, pairs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What to synthesise.

        Args:
            pairs: Sanitised latents and those of one frame earlier ``[B, 2 D, T]``.

        Returns:
            Fundamental in Hz of the frame and of the frame before ``[B, T, 2]``, float64; RMS amplitudes of the
            harmonics ``[B, T, SUBFRAMES, HARMONICS]``; noise gains ``[B, T, SUBFRAMES, BINS]``. The mean power of a
            frame is the square of its loudness.
        """
        rows = pairs.transpose(1, 2).contiguous()  # [B, T, 2 D]
        frequency = self.hertz(rows[:, :, :: self.latent_dim].detach())  # from outside, never from a spectral loss
        end, start = frequency.float().split(1, dim=2)
        raw, envelope = self.network(rows).split(self.sizes, dim=2)
        formants = torch.nn.functional.pad(self.formants(envelope, end), [0, self.bands.shape[0]])
        raw = raw.unflatten(2, [self.subframes, -1]) + formants[:, :, None]
        shares = torch.exp(torch.tanh(raw / self.log_range) * self.log_range)
        tone, noise = shares.split([self.harmonics, self.bands.shape[0]], dim=3)
        # Harmonics fade out below Nyquist, in each sub-frame at the pitch that is reached at its end.
        moving = torch.lerp(start, end, self.glide)[:, :, :, None]  # [B, T, SUBFRAMES, 1] Hz
        audible = torch.addcmul(self.top, moving, self.fades, value=-1.0).clamp(0.0, self.rms)
        levels = torch.cat([tone * audible, noise @ self.bands], dim=3)
        power = torch.addcmul(self.floor, levels.square().sum((2, 3)), self.share)
        scale = self.gain(rows[:, :, 1]) * power.rsqrt()
        amplitudes, gains = (levels * scale[:, :, None, None]).split([self.harmonics, self.bands.shape[1]], dim=3)
        return frequency, amplitudes, gains

    def forward(self, latents: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Latents ``[B, D, T]`` to audio ``[B, T * RATIO]``, and the state for the next block."""
        latents = self.sanitised(latents)
        frequency, amplitudes, gains = self.controls(self.with_earlier(latents, state))
        audio, synth = self.synth(frequency, amplitudes, gains, state.synth)
        return audio, DecoderState(synth, latents[:, :, -1:], True)
