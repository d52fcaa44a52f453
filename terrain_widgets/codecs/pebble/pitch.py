"""Pitch of a monophonic sound: a small network scores every candidate pitch, a Viterbi path joins the frames.

For each candidate the network sees what lies at its harmonics and sub-harmonic (two spectra, a long and a short window,
on a logarithmic axis, as in the harmonic CQT of Bittner et al., ISMIR 2017) and the autocorrelation at its period. It
slides along the pitch axis with the same weights, so what it learns in one octave it knows in every other.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from terrain_widgets.codecs.pebble.synth import RATIO, SAMPLE_RATE

BINS_PER_SEMITONE = 3
LOWEST, HIGHEST = 21.0, 109.0  # MIDI note numbers of the candidates
CANDIDATES = int((HIGHEST - LOWEST) * BINS_PER_SEMITONE) + 1
FFT = 8192
SHORT_WINDOW = 2048
PERIOD_WINDOW = 4096
HARMONIC_FACTORS = (0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
CHANNELS = 2 * len(HARMONIC_FACTORS) + 3 + 1
_FLOOR_DB = 70.0
_AXIS_LOW = LOWEST - 12.0  # the log-frequency axis starts one octave lower, for the sub-harmonic
_AXIS_BINS = int((135.0 - _AXIS_LOW) * BINS_PER_SEMITONE) + 1  # up to 19.9 kHz
_CHUNK = 256  # frames analysed at once, which bounds memory for long sounds


def candidate_pitches() -> NDArray[np.float64]:
    """The candidates ``[P]`` as MIDI note numbers, a third of a semitone apart."""
    return LOWEST + np.arange(CANDIDATES) / BINS_PER_SEMITONE


def _hertz(midi: NDArray[np.float64]) -> NDArray[np.float64]:
    return 440.0 * np.exp2((midi - 69.0) / 12.0)


def _log_axis_filters() -> Tensor:
    """Triangles ``[FFT // 2 + 1, axis]`` from FFT bins to the log axis, at least two bins wide, summing to one."""
    midi = _AXIS_LOW + np.arange(_AXIS_BINS) / BINS_PER_SEMITONE
    centre = _hertz(midi) / (SAMPLE_RATE / FFT)
    half_width = np.maximum(centre * (2 ** (1 / (12 * BINS_PER_SEMITONE)) - 1), 1.0)
    bins = np.arange(FFT // 2 + 1)[:, None]
    weights = np.maximum(0.0, 1.0 - np.abs(bins - centre) / half_width)
    return torch.from_numpy(weights / np.maximum(weights.sum(0), 1e-9)).float()


class PitchFeatures(nn.Module):
    """Audio to the network's input; has no trainable parameters.

    Args:
        live: Whether all windows end together, so that the shorter ones hear the newest samples, instead of having one
            centre.
    """

    def __init__(self, live: bool = False) -> None:
        super().__init__()
        short, middle = torch.zeros(FFT), torch.zeros(FFT)
        for table, size in ((short, SHORT_WINDOW), (middle, PERIOD_WINDOW)):
            start = FFT - size if live else (FFT - size) // 2
            table[start : start + size] = torch.hann_window(size)
        lags = SAMPLE_RATE / _hertz(candidate_pitches())
        tables = {
            "windows": torch.stack([torch.hann_window(FFT), short]),
            "period_window": middle,
            "filters": _log_axis_filters(),
            "lags": torch.from_numpy(np.stack([lags, 2 * lags, lags / 2])).float(),
            "height": torch.linspace(-1, 1, CANDIDATES),
        }
        # A Hann window's own autocorrelation: divided out, a steady tone scores 1 at its period however long that is.
        spectrum = torch.fft.rfft(torch.hann_window(PERIOD_WINDOW), n=2 * FFT).abs().square()
        own = torch.fft.irfft(spectrum)[:PERIOD_WINDOW]
        tables["own"] = (own / own[0]).clamp(min=0.05)
        for name, table in tables.items():
            self.register_buffer(name, table, persistent=False)
        self.windows: Tensor
        self.period_window: Tensor
        self.filters: Tensor
        self.lags: Tensor
        self.height: Tensor
        self.own: Tensor

    def forward(self, audio: Tensor) -> Tensor:
        """Features of every frame.

        Args:
            audio: Mono ``[S]`` at 44.1 kHz, S a multiple of the ratio.

        Returns:
            ``[T, CHANNELS, CANDIDATES]``, T = S / ratio, windows centred on the middle of each frame.
        """
        frames = len(audio) // RATIO
        side = (FFT - RATIO) // 2
        windows = torch.nn.functional.pad(audio, (side, side)).unfold(0, FFT, RATIO)
        return torch.cat([self.of_windows(windows[i : i + _CHUNK]) for i in range(0, frames, _CHUNK)])

    def of_windows(self, windows: Tensor) -> Tensor:
        """Features ``[T, CHANNELS, CANDIDATES]`` of samples ``[T, FFT]``."""
        count = len(windows)
        magnitudes = torch.fft.rfft(windows[:, None] * self.windows).abs()  # [T, 2, FFT // 2 + 1]
        levels = 20 * torch.log10(magnitudes @ self.filters + 1e-5)
        levels = (levels - levels.amax(-1, keepdim=True)).clamp(min=-_FLOOR_DB) / _FLOOR_DB + 1
        channels = []
        for factor in HARMONIC_FACTORS:
            shift = 12 * BINS_PER_SEMITONE + round(12 * BINS_PER_SEMITONE * math.log2(factor))
            part = levels[..., shift : shift + CANDIDATES]
            channels.append(torch.nn.functional.pad(part, (0, CANDIDATES - part.shape[-1])))
        power = torch.fft.rfft(windows * self.period_window, n=2 * FFT).abs().square()
        correlation = torch.fft.irfft(power)[:, :PERIOD_WINDOW]
        correlation = correlation / (correlation[:, :1] + 1e-9) / self.own
        low = self.lags.floor().long().clamp(max=PERIOD_WINDOW - 2)
        part = (self.lags - low).clamp(0, 1)
        periods = correlation[:, low] * (1 - part) + correlation[:, low + 1] * part  # [T, 3, P]
        height = self.height.expand(count, 1, CANDIDATES)
        return torch.cat([torch.cat(channels, 1).reshape(count, -1, CANDIDATES), periods.clamp(-1, 1.2), height], 1)


class PitchNet(nn.Module):
    """Scores ``[T, CANDIDATES]`` (logits) from features ``[T, CHANNELS, CANDIDATES]``."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv1d(CHANNELS, width, 5, padding=2),
            nn.SiLU(),
            nn.Conv1d(width, width, 5, padding=2),
            nn.SiLU(),
            nn.Conv1d(width, width, 3, padding=1),
            nn.SiLU(),
            nn.Conv1d(width, 1, 1),
        )

    def forward(self, features: Tensor) -> Tensor:
        """See the class."""
        scores: Tensor = self.net(features)[:, 0]
        return scores


def chances_of(
    scores: NDArray[np.float32], audible: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """``(chances, evidence)`` of the candidates, each ``[T, CANDIDATES]``; evidence in nats, 0 where nothing is known.

    Args:
        scores: Logits ``[T, CANDIDATES]``.
        audible: Which frames are loud enough to be believed ``[T]``.
    """
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    evidence = np.log(chances + 2e-3)
    # An even spread over all candidates peaks at 0.004, a clear pitch at 0.4: what is nearly even says nothing.
    evidence *= np.clip((chances.max(axis=1, keepdims=True) - 0.01) / 0.04, 0.0, 1.0)
    evidence[~audible] = 0.0
    return chances, evidence


def pitch_path(scores: NDArray[np.float32], audible: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The likeliest pitch curve through all frames.

    Viterbi search: moving costs 0.12 nats per semitone up to 3.5 nats, so that a clear leap is followed at once and a
    lone octave error is not. Where the network is unsure (noise, silence) the path keeps what its neighbours say.

    Args:
        scores: Logits ``[T, CANDIDATES]``.
        audible: Which frames are loud enough to be believed ``[T]``.

    Returns:
        MIDI note numbers ``[T]``, refined between candidates by the weighted mean around the path.
    """
    chances, emission = chances_of(scores, audible)
    bins = np.arange(CANDIDATES)
    distance = np.abs(bins[:, None] - bins[None, :]) / BINS_PER_SEMITONE
    cost = np.minimum(0.12 * distance, 3.5).astype(np.float32)
    total = emission[0] - 1e-4 * np.abs(candidate_pitches() - 60.0)  # where nothing is heard at all: middle C
    back = np.zeros((len(scores), CANDIDATES), np.int16)
    for t in range(1, len(scores)):
        options = total[:, None] - cost
        back[t] = options.argmax(axis=0)
        total = options[back[t], bins] + emission[t]
    path = np.zeros(len(scores), np.int64)
    path[-1] = int(total.argmax())
    for t in range(len(scores) - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    pitches = candidate_pitches()
    around = np.clip(path[:, None] + np.arange(-2, 3), 0, CANDIDATES - 1)
    weights = np.take_along_axis(chances, around, axis=1) + 1e-6
    weights[~audible] = np.array([0, 0, 1, 0, 0])
    refined = (weights * pitches[around]).sum(1) / weights.sum(1)
    return np.asarray(refined, np.float32)
