"""The encoder of ``pebble``: pitch and loudness are measured, six timbre latents are learned."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from terrain_widgets.codecs.other_weights import put_weights
from terrain_widgets.codecs.pebble.decoder import TIMBRE_DIM, level_to_latent, pitch_to_latent
from terrain_widgets.codecs.pebble.pitch import PitchFeatures, PitchNet, pitch_path
from terrain_widgets.codecs.pebble.synth import HOP, RATIO, SAMPLE_RATE, SUBFRAMES
from terrain_widgets.core.bending.encoder_layers import ENCODER

MELS = 64
MEL_WINDOW = 1024
AUDIBLE_LATENT = -2.5  # -66 dBFS: below, a frame's pitch is taken from its neighbours
STEPS = 8  # levels per frame, 2.9 ms each: where in the frame a hit begins, which a spectrum of 23 ms cannot tell
_WIDTH = 128
_CHUNK = 1024  # frames at once


def mel_filters(mels: int, fft: int, low: float, high: float) -> Tensor:
    """Triangular mel filters ``[fft // 2 + 1, mels]`` (HTK mel scale), each summing to one.

    Args:
        mels: Number of bands.
        fft: FFT length in samples.
        low: Lower edge of the first band, Hz.
        high: Upper edge of the last band, Hz.
    """
    edges = 700 * (
        10 ** (np.linspace(2595 * np.log10(1 + low / 700), 2595 * np.log10(1 + high / 700), mels + 2) / 2595) - 1
    )
    hertz = np.fft.rfftfreq(fft, 1 / SAMPLE_RATE)[:, None]
    # No triangle may fall between two bins: the lowest are widened to one bin either side.
    below = np.minimum(edges[:-2], edges[1:-1] - SAMPLE_RATE / fft)
    above = np.maximum(edges[2:], edges[1:-1] + SAMPLE_RATE / fft)
    rise = (hertz - below) / (edges[1:-1] - below)
    fall = (above - hertz) / (above - edges[1:-1])
    weights = np.maximum(0.0, np.minimum(rise, fall))
    return torch.from_numpy(weights / weights.sum(0)).float()


def whole_frames(audio: NDArray[np.float32]) -> Tensor:
    """Mono ``[S]`` zero-padded to ``ceil(S / RATIO)`` whole frames."""
    frames = max(1, -(-len(audio) // RATIO))
    return torch.from_numpy(np.pad(audio, (0, frames * RATIO - len(audio))))


def loudness_latents(audio: Tensor) -> Tensor:
    """Latent 1 of every frame ``[..., T]`` from audio ``[..., T * RATIO]``: its RMS level, scaled."""
    power = audio.unflatten(-1, (-1, RATIO)).square().mean(-1)
    return level_to_latent(10 * torch.log10(power + 1e-12))


def envelope_steps(audio: Tensor) -> Tensor:
    """Levels of a frame's eighths ``[B, T, STEPS]`` from audio ``[B, T * RATIO]``, relative to the loudest of them."""
    power = audio.unflatten(-1, (-1, STEPS, RATIO // STEPS)).square().mean(-1)
    levels = 10 * torch.log10(power + 1e-10)
    return (levels - levels.amax(-1, keepdim=True)).clamp(min=-70.0) / 35 + 1


class TimbreEncoder(nn.Module):
    """Log-mel columns and the envelope of a frame and its two neighbours to six latents of about unit variance."""

    def __init__(self) -> None:
        super().__init__()
        self.columns = nn.Linear(SUBFRAMES * MELS + 1 + STEPS, _WIDTH)
        self.context = nn.Conv1d(_WIDTH, _WIDTH, 3, padding=1)
        self.out = nn.Linear(_WIDTH, TIMBRE_DIM)
        self.norm = nn.BatchNorm1d(TIMBRE_DIM, affine=False, momentum=0.01)
        self.register_buffer("mel", mel_filters(MELS, MEL_WINDOW, 40.0, 20000.0), persistent=False)
        self.register_buffer("window", torch.hann_window(MEL_WINDOW), persistent=False)
        self.mel: Tensor
        self.window: Tensor

    def mel_columns(self, audio: Tensor) -> Tensor:
        """Audio ``[B, T * RATIO]`` to ``[B, T, 4 * MELS]``: four log spectra per frame, relative to its maximum."""
        side = (MEL_WINDOW - HOP) // 2
        return self.levels(nn.functional.pad(audio, (side, side)).unfold(-1, MEL_WINDOW, HOP))

    def levels(self, windows: Tensor) -> Tensor:
        """Samples ``[B, T * 4, MEL_WINDOW]`` to ``[B, T, 4 * MELS]``: four log spectra per frame, as above."""
        magnitudes = torch.fft.rfft(windows * self.window).abs() @ self.mel
        levels = (20 * torch.log10(magnitudes + 1e-5)).unflatten(1, (-1, SUBFRAMES)).flatten(2)
        relative: Tensor = levels - levels.amax(-1, keepdim=True)
        return relative.clamp(min=-70.0) / 35 + 1

    def forward(self, audio: Tensor, pitch: Tensor) -> Tensor:
        """Audio ``[B, T * RATIO]`` and latent 0 ``[B, T]`` to timbre latents ``[B, 6, T]``."""
        seen = torch.cat([self.mel_columns(audio), pitch[..., None], envelope_steps(audio)], -1)
        hidden = nn.functional.silu(self.columns(seen))
        hidden = nn.functional.silu(self.context(hidden.transpose(1, 2)))
        latents: Tensor = self.norm(self.out(hidden.transpose(1, 2)).transpose(1, 2))
        return 3.5 * torch.tanh(latents / 3.5)


class PebbleEncoder(nn.Module):
    """Audio to latents, whole sounds at a time; it looks ahead. For live sound see ``live_encoder``."""

    def __init__(self) -> None:
        super().__init__()
        self.timbre = TimbreEncoder()
        self.pitch = PitchNet()
        self.pitch_features = PitchFeatures()

    def with_weights(self, weights: Mapping[str, NDArray[np.float32]]) -> PebbleEncoder:
        """A copy of which some parameters are others.

        Args:
            weights: By name, with the prefix ``encoder.``; others are left out.

        Raises:
            ValueError: If there is no such parameter, or it is of another shape.
        """
        own = {name.removeprefix(ENCODER): value for name, value in weights.items() if name.startswith(ENCODER)}
        if not own:
            return self
        with torch.inference_mode(False):  # a tensor that is made in it could not be written into
            other = copy.deepcopy(self, {id(self.pitch_features): self.pitch_features})  # its tables are large
            put_weights(other, own)
        return other

    def pitch_latents(self, audio: Tensor, loudness: Tensor) -> Tensor:
        """Latent 0 ``[T]`` of mono audio ``[T * RATIO]``, found from the sound alone."""
        frames = len(loudness)
        scores = np.empty((frames, 0), np.float32)
        with torch.no_grad():
            scores = self.pitch(self.pitch_features(audio)).numpy()
        audible = (loudness > AUDIBLE_LATENT).numpy()
        return pitch_to_latent(torch.from_numpy(pitch_path(scores, audible)))

    def forward(self, audio: Tensor) -> Tensor:
        """Mono audio ``[T * RATIO]`` to latents ``[T, 8]``."""
        loudness = loudness_latents(audio)
        pitch = self.pitch_latents(audio, loudness)
        timbre = self.timbre(audio[None], pitch[None])[0]
        return torch.cat([pitch[:, None], loudness[:, None], timbre.T], dim=1)
