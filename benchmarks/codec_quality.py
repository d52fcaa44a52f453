"""How good and how fast the bundled codec is.

Run ``python benchmarks/codec_quality.py [--evaluation build/pebble/data/evaluation]``. It prints, for every bundled
clip, the log-mel distance of encode-decode beside the baseline "mean spectrum times loudness envelope", then the same
and the share of frames whose pitch is found for held-out data (if that was rendered), then what decoding costs.
Lower is better everywhere except in the pitch column.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import soxr
import torch
from numpy.typing import NDArray

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.training.quality import baseline_distance, log_mel_distance
from terrain_widgets.io.sound_files import sounds


def quality_row(codec: Codec, name: str, audio: NDArray[np.float32]) -> tuple[float, float]:
    """Print one clip's row and return (distance, baseline)."""
    latents = codec.encode(audio, codec.info.sample_rate)
    ours = log_mel_distance(audio, codec.decode(latents)[0])
    plain = baseline_distance(audio)
    print(f"{name:<28}{len(audio) / codec.info.sample_rate:>7.1f} s{ours:>12.2f} dB{plain:>12.2f} dB")
    return ours, plain


def real_time_factor(codec: Codec, voices: int, frames: int, seconds: float = 6.0) -> tuple[float, float]:
    """Decoding time per block over the block's duration, on a moving path: best tenth and median.

    On a machine that does other work, too, the best tenth says what decoding needs, the median what it got.
    """
    random = np.random.default_rng(1)
    stream = codec.stream(voices)
    count = max(20, int(seconds * codec.info.frame_rate / frames))
    path = np.cumsum(random.normal(0, 0.05, (voices, codec.info.latent_dim, count * frames)), axis=2)
    path = np.clip(path, -2, 2).astype(np.float32)
    path[:, 1] = 1.0
    times = []
    for index in range(count):
        block = path[:, :, index * frames : (index + 1) * frames]
        began = time.perf_counter()
        stream.decode(block)
        times.append(time.perf_counter() - began)
    factors = np.asarray(times[10:]) * codec.info.frame_rate / frames
    return float(np.percentile(factors, 10)), float(np.median(factors))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evaluation", type=Path, help="folder 'evaluation' that training/render.py wrote")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    codec = load_codec()
    print(codec)
    print(f"{'clip':<28}{'length':>9}{'encode-decode':>15}{'baseline':>15}")
    rows = []
    for sound in sounds():
        mono = sound.audio.mean(0)
        if sound.sample_rate != codec.info.sample_rate:
            mono = soxr.resample(mono, sound.sample_rate, codec.info.sample_rate).astype(np.float32)
        rows.append(quality_row(codec, sound.name, mono))
    print(f"{'mean':<37}{np.mean(rows, axis=0)[0]:>12.2f} dB{np.mean(rows, axis=0)[1]:>12.2f} dB")
    if arguments.evaluation:
        held_out_table(codec, arguments.evaluation)
    print(f"\ndecoding, {arguments.threads} thread(s): time over duration, best tenth (median)")
    for voices in (1, 4):
        for frames in (1, 2, 4):
            best, median = real_time_factor(codec, voices, frames)
            print(f"{voices} voice(s), blocks of {frames} frame(s): {best:.4f} ({median:.4f})")


def held_out_table(codec: Codec, folder: Path) -> None:
    """Distances and pitch accuracy on rendered data that training never saw."""
    from terrain_widgets.codecs.training.data import RenderedSounds

    data = RenderedSounds(folder)
    print(f"\n{'held out':<28}{'length':>9}{'encode-decode':>15}{'baseline':>15}")
    rows, hits = {"pitched": [], "percussion": []}, []
    for segment in data.segments:
        audio = data.sound(segment.start, segment.frames).numpy()
        rows[segment.kind].append(quality_row(codec, segment.name, audio))
        if segment.kind == "pitched":
            truth = data.pitch[segment.start : segment.start + segment.frames]
            latents = codec.encode(audio, codec.info.sample_rate).values
            heard = (latents[:, 1] > -1.0) & np.isfinite(truth)  # above -48 dBFS
            hits.append(np.abs(60 + 12 * latents[heard, 0] - truth[heard]) <= 0.5)
            print(f"{'':<28}  pitch within 50 cents: {hits[-1].mean() * 100:.1f} % of frames")
    for kind, values in rows.items():
        ours, plain = np.mean(values, axis=0)
        print(f"mean {kind:<32}{ours:>12.2f} dB{plain:>12.2f} dB")
    print(f"pitch within 50 cents, all frames: {np.concatenate(hits).mean() * 100:.1f} %")


if __name__ == "__main__":
    main()
