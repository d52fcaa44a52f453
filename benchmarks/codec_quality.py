"""How good and how fast the bundled codec is, against the limits that it must keep.

Run ``python benchmarks/codec_quality.py``. Every sound is encoded (with the encoder's own pitch), decoded and compared:

- log-mel distance, dB: 64 bands from 40 Hz to 20 kHz, n_fft 2048, hop 512, floor 60 dB below the clip's maximum, mean
  absolute difference, level not matched;
- MR-STFT: spectral convergence plus mean absolute difference of log magnitudes, mean over three resolutions (what
  ``auraloss.freq.MultiResolutionSTFTLoss()`` computes);
- percussion: how many of the original's onsets the copy has within 20 ms (spectral flux, ``training/onsets.py``);
- pitched sounds: the share of voiced frames (above -48 dBFS) whose encoded pitch is within 50 cents of the note played.

The encoder for live sound, which hears nothing that comes later, stands beside the usual one, by pitch and log-mel.

Beside it stand "one mean spectrum, moved by the loudness envelope" and Opus at 6 kbit/s, the least that libsndfile's
encoder allows; the latents of pebble in 16 bits each are 5.5 kbit/s. The held-out sounds are the openings of what
``codecs/bundled/heldout.py`` lists, rendered once into ``tests/data/held_out``; with ``--evaluation FOLDER`` they are
the whole phrases that ``codecs/bundled/render.py`` wrote. Lower is better except for onsets and pitch. A further
table, by ``through_the_terrain.py``, has pebble and mosaic side by side after 20 s of training.

The exit code is 1 if a limit is missed.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
import through_the_terrain
import torch
from numpy.typing import NDArray

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.bundled.excerpts import Excerpt, read_excerpts, whole_phrases
from terrain_widgets.codecs.measures.log_mel import log_mel_distance
from terrain_widgets.codecs.measures.onsets import onsets_found
from terrain_widgets.codecs.measures.quality import (
    baseline_distance,
    multi_resolution_baseline,
    multi_resolution_distance,
)
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.io.sound_files import sounds

Audio = NDArray[np.float32]
HELD_OUT = Path(__file__).parent.parent / "tests" / "data" / "held_out"
LOAD = """
import time, torch
began = time.perf_counter()
from terrain_widgets.codecs.loading import load_codec
load_codec()
print(time.perf_counter() - began)
"""


@dataclass(frozen=True)
class Row:
    """What one sound came to: distances as (codec, baseline, Opus), onsets as (found, of), pitch hits per frame."""

    log_mel: tuple[float, float, float]
    mr_stft: tuple[float, float, float]
    onsets: tuple[int, int]
    hits: NDArray[np.bool_]


def opus(audio: Audio, rate: int) -> Audio:
    """Through Opus at 6 kbit/s and back."""
    file = io.BytesIO()
    wide = soxr.resample(audio, rate, 48000, quality="VHQ")
    soundfile.write(file, wide, 48000, format="OGG", subtype="OPUS", compression_level=1.0)
    file.seek(0)
    back = soxr.resample(soundfile.read(file, dtype="float32")[0], 48000, rate, quality="VHQ")
    return np.asarray(np.pad(back, (0, max(0, len(audio) - len(back)))), np.float32)


def measured(codec: Codec, sound: Excerpt) -> Row:
    """Encode, decode and compare one sound."""
    rate = codec.info.sample_rate
    latents = codec.encode(sound.audio, rate)
    copy = codec.decode(latents)[0][: len(sound.audio)]
    other = opus(sound.audio, rate)
    hits = np.zeros(0, bool)
    if sound.kind == "pitched" and len(sound.pitch):
        voiced = (latents.values[:, 1] > -1.0) & np.isfinite(sound.pitch)
        hits = np.abs(60 + 12 * latents.values[voiced, 0] - sound.pitch[voiced]) <= 0.5
    return Row(
        (
            log_mel_distance(sound.audio, copy),
            baseline_distance(sound.audio),
            log_mel_distance(sound.audio, other),
        ),
        (
            multi_resolution_distance(sound.audio, copy),
            multi_resolution_baseline(sound.audio),
            multi_resolution_distance(sound.audio, other),
        ),
        onsets_found(sound.audio, copy)[:2] if sound.kind == "percussion" else (0, 0),
        hits,
    )


def table(codec: Codec, title: str, clips: list[Excerpt]) -> dict[str, list[Row]]:
    """Print one table; rows by kind."""
    print(f"\n{title:<28}{'log-mel dB':>22}{'':4}{'MR-STFT':>20}{'onsets':>11}{'pitch':>8}")
    print(
        f"{'':<28}{'pebble':>8}{'mean':>7}{'Opus':>7}{'':4}{'pebble':>7}{'mean':>6}{'Opus':>7}{'found':>11}{'right':>8}"
    )
    rows: dict[str, list[Row]] = {"pitched": [], "percussion": []}
    for clip in clips:
        row = measured(codec, clip)
        rows[clip.kind].append(row)
        _line(clip.name, row.log_mel, row.mr_stft, row.onsets, row.hits)
    for kind, kept in rows.items():
        if kept:
            distances = np.array([[*row.log_mel, *row.mr_stft] for row in kept])
            found = tuple(np.sum([row.onsets for row in kept], axis=0).tolist())
            hits = np.concatenate([row.hits for row in kept])
            _line(f"{kind}: mean", distances[:, :3].mean(0), distances[:, 3:].mean(0), found, hits)
            _line(f"{kind}: worst", distances[:, :3].max(0), distances[:, 3:].max(0))
    return rows


def live(codec: PebbleCodec, clips: list[Excerpt], rows: dict[str, list[Row]]) -> float:
    """Print how the encoder for live sound does beside the usual one; its share of frames with the right pitch."""
    print(f"\n{'encoder for live sound':<28}{'log-mel dB':>11}{'usual':>8}{'pitch':>10}{'usual':>10}{'frames':>9}")
    right = float("nan")
    for kind, usual in rows.items():
        distances, hits = [], [np.zeros(0, bool)]
        for clip in (clip for clip in clips if clip.kind == kind):
            ratio = codec.info.ratio
            latents = codec.encoder_stream().encode(np.pad(clip.audio, (0, -len(clip.audio) % ratio))[None])
            distances.append(log_mel_distance(clip.audio, codec.decode(latents)[0][: len(clip.audio)]))
            frames = min(len(latents), len(clip.pitch))
            voiced = (latents[:frames, 1] > -1.0) & np.isfinite(clip.pitch[:frames])
            hits.append(np.abs(60 + 12 * latents[:frames, 0][voiced] - clip.pitch[:frames][voiced]) <= 0.5)
        own, other = np.concatenate(hits), np.concatenate([row.hits for row in usual])
        mean = np.mean([row.log_mel[0] for row in usual])
        pitch = f"{own.mean():>10.1%}{other.mean():>10.1%}{len(own):>9}" if len(own) else ""
        print(f"{kind + ': mean':<28}{np.mean(distances):>11.2f}{mean:>8.2f}{pitch}")
        if kind == "pitched":
            right = float(own.mean())
    return right


def _line(
    name: str,
    log_mel: Iterable[float],
    mr_stft: Iterable[float],
    found: tuple[int, ...] = (0, 0),
    hits: NDArray[np.bool_] | None = None,
) -> None:
    left = "".join(f"{value:>{width}.2f}" for value, width in zip(log_mel, (8, 7, 7), strict=True))
    right = "".join(f"{value:>{width}.2f}" for value, width in zip(mr_stft, (7, 6, 7), strict=True))
    onsets = f"{found[0]} of {found[1]}" if found[1] else ""
    pitch = f"{hits.mean() * 100:.1f} %" if hits is not None and len(hits) else ""
    print(f"{name:<28}{left}{'':4}{right}{onsets:>11}{pitch:>8}")


def real_time_factor(codec: Codec, voices: int, frames: int, seconds: float = 3.0) -> tuple[float, float]:
    """Decoding time per block over the block's duration, on a moving path.

    On a machine that does other work, too, the best tenth of the quietest of ten runs says what decoding needs, the
    median of all what it got.
    """
    random = np.random.default_rng(1)
    stream = codec.stream(voices)
    count = max(30, int(seconds * codec.info.frame_rate / frames))
    path = np.cumsum(random.normal(0, 0.05, (voices, codec.info.latent_dim, count * frames)), axis=2)
    path = np.clip(path, -2, 2).astype(np.float32)
    path[:, 1] = 1.0
    runs = []
    for _ in range(10):
        times = []
        for index in range(count):
            block = path[:, :, index * frames : (index + 1) * frames]
            began = time.perf_counter()
            stream.decode(block)
            times.append(time.perf_counter() - began)
        runs.append(np.asarray(times[10:]) * codec.info.frame_rate / frames)
        time.sleep(0.2)
    return float(min(np.percentile(run, 10) for run in runs)), float(np.median(np.concatenate(runs)))


def encoding_speed(codec: Codec, audio: Audio) -> float:
    """Seconds of sound encoded in a second, the best of five."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        codec.encode(audio, codec.info.sample_rate)
        times.append(time.perf_counter() - began)
    return len(audio) / codec.info.sample_rate / min(times)


def loading_seconds() -> float:
    """From an imported torch to a codec that plays, in a fresh Python: the best of five."""
    runs = [subprocess.run([sys.executable, "-c", LOAD], check=True, capture_output=True, text=True) for _ in range(5)]
    return min(float(run.stdout) for run in runs)


def speeds(codec: Codec, audio: Audio, threads: int) -> dict[str, float]:
    """Print what decoding, encoding and loading cost."""
    print(f"\ndecoding, {threads} thread(s): time over duration, best tenth of the quietest run (median of all)")
    best = {}
    for voices in (1, 4, 16):
        for frames in (1, 2, 4):
            tenth, median = real_time_factor(codec, voices, frames)
            print(f"{voices:>2} voice(s), blocks of {frames * 1024} samples: {tenth:.4f} ({median:.4f})")
            best[f"{voices} {frames}"] = tenth
    best["encode"], best["load"] = encoding_speed(codec, audio), loading_seconds()
    print(f"encoding: {best['encode']:.0f} times faster than real time; loading after torch: {best['load']:.2f} s")
    return best


def verdicts(rows: dict[str, list[Row]], speed: dict[str, float], heard: float) -> bool:
    """Print each limit with what was reached; true if all are kept."""
    pitched, percussion = rows["pitched"], rows["percussion"]
    found, of = np.sum([row.onsets for row in percussion], axis=0)
    limits = [
        ("held-out pitched, log-mel, mean", np.mean([row.log_mel[0] for row in pitched]), "<=", 4.0, "dB"),
        ("held-out pitched, MR-STFT, mean", np.mean([row.mr_stft[0] for row in pitched]), "<=", 1.3, ""),
        ("held-out percussion, log-mel, mean", np.mean([row.log_mel[0] for row in percussion]), "<=", 6.0, "dB"),
        ("onsets within 20 ms", 100 * found / of, ">=", 80.0, "%"),
        ("pitch within 50 cents", 100 * np.concatenate([row.hits for row in pitched]).mean(), ">=", 90.0, "%"),
        ("live pitch within 50 cents", 100 * heard, ">=", 90.0, "%"),
        ("decoding 1 voice, 2048 samples", speed["1 2"], "<=", 0.02, "of real time"),
        ("decoding 4 voices, 2048 samples", speed["4 2"], "<=", 0.08, "of real time"),
        ("encoding", speed["encode"], ">=", 20.0, "times real time"),
        ("loading after torch", speed["load"], "<=", 0.3, "s"),
    ]
    print("\nlimits")
    kept = [bool(value <= limit if sign == "<=" else value >= limit) for _, value, sign, limit, _ in limits]
    for (name, value, sign, limit, unit), good in zip(limits, kept, strict=True):
        print(f"{name:<36}{value:>9.3f} {sign} {limit:<5g} {unit:<16}{'' if good else 'MISSED'}".rstrip())
    return all(kept)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evaluation", type=Path, help="folder 'evaluation' that training/render.py wrote")
    parser.add_argument("--weights", type=Path, help="other weights than the bundled ones")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    codec = PebbleCodec(arguments.weights.read_bytes() if arguments.weights else None)
    print(codec, f"torch {torch.__version__}")
    none = np.zeros(0, np.float32)
    drums = ("drums", "tabla")
    bundled = [Excerpt(s.name, "percussion" if s.name in drums else "pitched", s.audio.mean(0), none) for s in sounds()]
    table(codec, "bundled clips", bundled)
    held_out = whole_phrases(arguments.evaluation) if arguments.evaluation else read_excerpts(HELD_OUT)
    rows = table(codec, "held out", held_out)
    heard = live(codec, held_out, rows)
    print("No other neural codec stands here: those that pip installs fetch their weights from elsewhere at first use.")
    mosaic, _ = through_the_terrain.table(through_the_terrain.TRAIN_SECONDS)
    speed = speeds(codec, bundled[0].audio, arguments.threads)
    kept = verdicts(rows, speed, heard)
    return 0 if through_the_terrain.limits(mosaic) and kept else 1


if __name__ == "__main__":
    sys.exit(main())
