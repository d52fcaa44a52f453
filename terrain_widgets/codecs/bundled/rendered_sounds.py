"""Random crops of the rendered data, and the frames that the pitch network learns from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from terrain_widgets.codecs.bundled.render import RATIO, SAMPLE_RATE, Segment
from terrain_widgets.codecs.pebble.encoder import AUDIBLE_LATENT, PebbleEncoder, loudness_latents
from terrain_widgets.codecs.pebble.lost_pitch import UNSURE

#: How many times its share an instrument gives to the pitch network: bells and bars, whose partials are no harmonics,
#: and choirs are hard to learn and few.
PITCH_SHARES: dict[str, int] = {
    **{f"program {p}": 3 for p in range(8, 16)},
    **{f"program {p}": 2 for p in (47, 52, 53, 54)},
}


class RenderedSounds:
    """One folder that ``render.py`` wrote.

    Args:
        folder: Holds ``audio.npy``, ``pitch.npy`` and ``segments.json``.

    Raises:
        FileNotFoundError: If the folder was not rendered yet.
    """

    def __init__(self, folder: Path) -> None:
        if not (folder / "segments.json").exists():
            raise FileNotFoundError(
                f"no rendered data in {folder}; first run "
                f"python -m terrain_widgets.codecs.bundled.render --out {folder.parent}"
            )
        self.audio: NDArray[np.int16] = np.load(folder / "audio.npy", mmap_mode="r")
        self.pitch: NDArray[np.float32] = np.load(folder / "pitch.npy")
        self.segments = [Segment(**entry) for entry in json.loads((folder / "segments.json").read_text())]

    def sound(self, start: int, frames: int) -> Tensor:
        """Audio ``[frames * RATIO]`` as float32."""
        cut = np.asarray(self.audio[start * RATIO : (start + frames) * RATIO], np.float32)
        return torch.from_numpy(cut / 32768)

    def of_kind(self, kind: str) -> list[Segment]:
        """The segments that are ``pitched`` or ``percussion``."""
        return [segment for segment in self.segments if segment.kind == kind]

    def pitch_examples(self, encoder: PebbleEncoder, count: int, seed: int) -> tuple[Tensor, Tensor]:
        """Features (float16) ``[N, C, P]`` and true MIDI pitches ``[N]`` of about ``count`` audible pitched frames."""
        rng = np.random.default_rng(seed)
        segments = self.of_kind("pitched")
        features: list[Tensor] = []
        truth: list[Tensor] = []
        shares = [PITCH_SHARES.get(segment.name, 1) for segment in segments]
        for number, (segment, share) in enumerate(zip(segments, shares, strict=True)):
            if number % 10 == 0:
                print(f"pitch: features of {number} of {len(segments)} instruments", flush=True)
            audio = self.sound(segment.start, segment.frames)
            pitch = torch.from_numpy(self.pitch[segment.start : segment.start + segment.frames].copy())
            good = (loudness_latents(audio) > -1.0) & torch.isfinite(pitch)
            # Within a window's reach of a change of note the truth is ambiguous: learn from settled frames.
            change = torch.cat([torch.zeros(1), pitch.diff().abs()]).nan_to_num(9.0) > 0.8
            good &= ~(change | change.roll(1) | change.roll(-1))
            places = np.flatnonzero(good.numpy())
            if not len(places):
                continue
            chosen = rng.choice(places, min(max(1, share * count // sum(shares)), len(places)), replace=False)
            chosen.sort()
            for index in chosen:
                low = max(0, int(index) - 4)
                cut = self.sound(segment.start + low, min(9, segment.frames - low))
                features.append(encoder.pitch_features(cut)[int(index) - low].half())
                truth.append(pitch[int(index)])
        return torch.stack(features), torch.stack(truth)

    @staticmethod
    def noise_examples(encoder: PebbleEncoder, count: int, seed: int) -> Tensor:
        """Features (float16) ``[N, C, P]`` of coloured noise: no pitch, and the network must be unsure of it."""
        rng = np.random.default_rng(seed)
        features = []
        for _ in range(count // 3):
            spectrum = np.fft.rfft(rng.normal(0, 1, 9 * RATIO))
            hertz = np.fft.rfftfreq(9 * RATIO, 1 / SAMPLE_RATE) + 20.0
            centre, octaves = np.exp(rng.uniform(np.log(150), np.log(12000))), rng.uniform(0.8, 5.0)
            band = np.exp(-0.5 * (np.log2(hertz / centre) / octaves) ** 2)
            noise = np.fft.irfft(spectrum * band * hertz ** rng.uniform(-1.0, 0.5))
            noise *= np.exp(-np.arange(9 * RATIO) / SAMPLE_RATE * rng.choice([0.0, 10.0, 40.0]))
            noise *= 10 ** rng.uniform(-2, -0.5) / np.abs(noise).max()
            features.append(encoder.pitch_features(torch.from_numpy(noise).float())[[1, 4, 7]].half())
        return torch.cat(features)


def percussion_pitch(sounds: RenderedSounds, encoder: PebbleEncoder) -> None:
    """Fill in the tracker's own pitch where there is no true one, in place; NaN where the tracker is unsure."""
    with torch.no_grad():
        for segment in sounds.segments:
            curve = sounds.pitch[segment.start : segment.start + segment.frames]
            if segment.kind == "percussion":
                audio = sounds.sound(segment.start, segment.frames)
                loudness = loudness_latents(audio)
                curve[:] = 60 + 12 * encoder.pitch_latents(audio, loudness).numpy()
                chances = torch.softmax(encoder.pitch(encoder.pitch_features(audio)), 1).amax(1)
                curve[((chances < UNSURE) | (loudness < AUDIBLE_LATENT)).numpy()] = np.nan
            elif np.isnan(curve).any():  # before the first note
                first = int(np.flatnonzero(np.isfinite(curve))[0])
                curve[:first] = curve[first]
