"""The sound of the bundled codec: a harmonic oscillator bank and filtered noise, both exact under streaming.

Harmonic-plus-noise synthesis after Engel et al., "DDSP: Differentiable Digital Signal Processing" (ICLR 2020), with
their hundred sines per sample replaced by one period of the tone four times per latent frame, read at the running
phase and crossfaded, and their time-varying FIR by overlapping segments of noise that are shaped in the frequency
domain.

Everything here can be scripted (``torch.jit.script``) for a later export, hence constants that are read inside
``forward`` are attributes, and the state is a tuple that goes in and comes out.
"""

# No "from __future__ import annotations": torch.jit.script cannot resolve a NamedTuple whose annotations are strings.

import math
from collections.abc import Callable
from typing import NamedTuple, Self

import torch
from torch import Tensor

SAMPLE_RATE = 44100
RATIO = 1024  # audio samples per latent frame
SUBFRAMES = 4  # control points per latent frame
HOP = RATIO // SUBFRAMES  # samples between control points
HARMONICS = 100
TABLE = 2048  # samples of one period; read with linear interpolation, 0.8 % off at the hundredth harmonic
BANDS = 65
WINDOW = 2 * HOP  # samples of one noise segment
BINS = WINDOW // 2 + 1
NOISE_PERIOD = 2048  # noise segments before the noise repeats: 11.9 s
GLIDE = RATIO // 2  # samples within which a frame's pitch is reached
NYQUIST = SAMPLE_RATE / 2
FADE = 0.1 * NYQUIST  # width of the fade below Nyquist, Hz


class SynthState(NamedTuple):
    """What the synthesiser remembers between two blocks, one row per voice.

    Args:
        phase: Phase of the fundamental in samples of a period, float64 ``[B, 1]``, in [0, TABLE).
        amplitudes: Last harmonic control point ``[B, 1, H]``.
        tail: Second half of the last noise segment ``[B, 1, HOP]``.
        frame: Absolute index of the next latent frame, which chooses the noise.
    """

    phase: Tensor
    amplitudes: Tensor
    tail: Tensor
    frame: int


def fresh_state(voices: int, frame: int = 0) -> SynthState:
    """The state before frame number ``frame`` if nothing was played before it: silent, phase 0."""
    return SynthState(
        phase=torch.zeros(voices, 1, dtype=torch.float64),
        amplitudes=torch.zeros(voices, 1, HARMONICS),
        tail=torch.zeros(voices, 1, HOP),
        frame=frame,
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


def motion_table() -> Tensor:
    """Phase since the frame began, per Hz of this frame's pitch and of the one before: ``[2, RATIO]``, float64.

    The pitch goes straight to its new value within half a frame, then holds.
    """
    glide = ((torch.arange(RATIO, dtype=torch.float64) + 1) / GLIDE).clamp(max=1.0)
    return torch.stack([glide, 1 - glide]).cumsum(1) * (TABLE / SAMPLE_RATE)


class TableModule(torch.nn.Module):
    """A module whose constant tensors are plain attributes that move with it.

    Reading a registered buffer takes a detour through ``Module.__getattr__``; a decoder that reads thirty of them for
    two frames spends a twentieth of its time on that.
    """

    def set_tables(self, tables: dict[str, Tensor]) -> None:
        """Make each table an attribute."""
        self.table_names = list(tables)
        for name, table in tables.items():
            setattr(self, name, table)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]  # torch has no types there
        self.set_tables({name: fn(getattr(self, name)) for name in self.table_names})
        return self


class HarmonicNoiseSynth(TableModule):
    """Turns control points into audio; has no trainable parameters."""

    def __init__(self) -> None:
        super().__init__()
        tables = {
            "noise": noise_table(),
            "window": torch.sin(math.pi * (torch.arange(WINDOW) + 0.5) / WINDOW),  # squares overlap to one
            "motion": motion_table(),
            "mask": torch.tensor(TABLE - 1),
            "one": torch.tensor(1),
            "ramp": (torch.arange(HOP, dtype=torch.float32) + 1) / HOP,
            # From RMS amplitude to a line of the spectrum; imaginary: sines, because cosines would peak all at once.
            "line": torch.tensor(-1j / math.sqrt(2)),
            "length": torch.tensor(float(TABLE), dtype=torch.float64),
        }
        self.set_tables(tables)
        self.noise: Tensor
        self.window: Tensor
        self.motion: Tensor
        self.ramp: Tensor
        self.length: Tensor
        self.mask: Tensor
        self.one: Tensor
        self.line: Tensor
        # Read inside what can be scripted, where only attributes are known.
        self.subframes, self.hop, self.window_size, self.table = SUBFRAMES, HOP, WINDOW, TABLE
        self.noise_period = NOISE_PERIOD

    def forward(
        self, frequency: Tensor, amplitudes: Tensor, gains: Tensor, state: SynthState
    ) -> tuple[Tensor, SynthState]:
        """Audio for a block of frames.

        Args:
            frequency: Fundamental in Hz, float64, above 0, of the frame and of the frame before: ``[B, T, 2]``.
            amplitudes: RMS amplitudes of the harmonics ``[B, T, SUBFRAMES, H]`` at the end of each sub-frame; zero
                above Nyquist.
            gains: Noise gains ``[B, T, SUBFRAMES, BINS]``, each segment centred on the end of its sub-frame.
            state: What the block before left.

        Returns:
            Audio ``[B, T * RATIO]`` and the state for the next block.
        """
        batch, frames = frequency.shape[:2]
        way = frequency @ self.motion  # [B, T, RATIO]
        whole = way[:, :, -1]
        ends = state.phase + whole.cumsum(1)
        place = way + (ends - whole)[:, :, None]
        levels = torch.cat([state.amplitudes, amplitudes.flatten(1, 2)], dim=1)
        segments = self.noise_segments(gains.flatten(1, 2), state.frame)
        rising, falling = segments.split(self.hop, dim=2)
        tails = torch.cat([state.tail, falling], dim=1)
        audio = self.tone(place.reshape(rising.shape), levels) + rising + tails[:, :-1]
        following = SynthState(ends[:, -1:].remainder(self.length), levels[:, -1:], tails[:, -1:], state.frame + frames)
        return audio.reshape(batch, -1), following

    def tone(self, place: Tensor, levels: Tensor) -> Tensor:
        """The harmonic part.

        Args:
            place: Phase of the fundamental in samples of a period, float64 ``[B, points, HOP]``, at least 0.
            levels: RMS amplitudes at the ends of the sub-frames ``[B, points + 1, H]``.

        Returns:
            Audio ``[B, points, HOP]``.
        """
        spectra = torch.nn.functional.pad(levels * self.line, [1, self.table // 2 - levels.shape[2]])
        periods = torch.fft.irfft(spectra, n=self.table, norm="forward")  # [B, points + 1, TABLE]
        part = place.frac().float()
        low = place.long().bitwise_and(self.mask)
        high = (low + self.one).bitwise_and(self.mask)
        start, end = periods[:, :-1], periods[:, 1:]
        opening = torch.lerp(start.gather(2, low), start.gather(2, high), part)
        return torch.lerp(opening, torch.lerp(end.gather(2, low), end.gather(2, high), part), self.ramp)

    def noise_segments(self, gains: Tensor, frame: int) -> Tensor:
        """Shaped noise ``[B, points, WINDOW]`` from gains ``[B, points, BINS]``, the first being of frame ``frame``."""
        points = gains.shape[1]
        first = (frame * self.subframes) % self.noise_period
        if first + points <= self.noise_period:
            spectra = self.noise[first : first + points]
        else:
            spectra = self.noise[torch.arange(first, first + points, device=gains.device) % self.noise_period]
        segments: Tensor = torch.fft.irfft(spectra * gains, n=self.window_size) * self.window
        return segments
