"""The decoder's harmonic part by table lookup: a training-only shortcut, three times as fast as a hundred sines."""

from __future__ import annotations

import torch
from torch import Tensor

from terrain_widgets.codecs.ddsp import DecoderState, PebbleDecoder, latent_to_hertz
from terrain_widgets.codecs.ddsp_synth import FADE, GLIDE, HARMONICS, HOP, NYQUIST, RATIO, SAMPLE_RATE, SUBFRAMES

TABLE = 2048  # samples of one period: linear interpolation is 1 % off at the hundredth harmonic, exact enough to learn


def wavetable_harmonics(frequency: Tensor, amplitudes: Tensor) -> Tensor:
    """What ``HarmonicNoiseSynth`` makes of whole sounds, but for harmonics in a glide across Nyquist.

    Args:
        frequency: Fundamental ``[B, T]`` in Hz, float64.
        amplitudes: ``[B, T, SUBFRAMES, HARMONICS]``, at the end of each sub-frame.

    Returns:
        Audio ``[B, T * RATIO]``, beginning at phase 0 and silent.
    """
    batch, frames = frequency.shape
    points = frames * SUBFRAMES
    before = torch.cat([frequency[:, :1], frequency[:, :-1]], dim=1)
    glide = ((torch.arange(RATIO, dtype=torch.float64) + 1) / GLIDE).clamp(max=1.0)
    running = (before[..., None] + (frequency - before)[..., None] * glide).reshape(batch, -1)
    place = ((torch.cumsum(running / SAMPLE_RATE, 1) % 1.0) * TABLE).float().reshape(batch, points, HOP)
    numbers = torch.arange(1, HARMONICS + 1, dtype=torch.float32)
    audible = ((NYQUIST - frequency.float()[..., None] * numbers) / FADE).clamp(0.0, 1.0)
    wave = (amplitudes * audible[:, :, None]).reshape(batch, points, HARMONICS)
    spectrum = torch.nn.functional.pad(wave, (1, TABLE // 2 - HARMONICS))
    tables = torch.fft.irfft(torch.complex(torch.zeros_like(spectrum), -spectrum), n=TABLE) * (TABLE / 2)
    low = place.long() % TABLE
    high = (low + 1) % TABLE
    part = place - place.floor()

    def look_up(table: Tensor) -> Tensor:
        start: Tensor = table.gather(2, low)
        return start + (table.gather(2, high) - start) * part

    earlier = torch.cat([torch.zeros_like(tables[:, :1]), tables[:, :-1]], dim=1)
    ramp = (torch.arange(HOP, dtype=torch.float32) + 1) / HOP
    start = look_up(earlier)
    return (start + (look_up(tables) - start) * ramp).reshape(batch, -1)


def decode_for_training(decoder: PebbleDecoder, latents: Tensor, first_frame: int) -> Tensor:
    """Latents ``[B, 8, T]`` to audio ``[B, T * RATIO]`` as the decoder from a fresh state, with gradients, quickly.

    Args:
        decoder: Its network is trained.
        latents: Within +-5.
        first_frame: Absolute frame, which chooses the noise.
    """
    state: DecoderState = decoder.fresh_state(len(latents))
    state.synth.frame = first_frame
    before = torch.cat([state.latents, latents[:, :, :-1]], dim=2)
    _, amplitudes, gains = decoder.controls(latents, before)
    frequency = latent_to_hertz(latents[:, 0].detach())
    return wavetable_harmonics(frequency, amplitudes) + decoder.synth.filtered_noise(gains, state.synth)
