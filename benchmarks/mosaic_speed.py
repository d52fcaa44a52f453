"""How fast ``mosaic`` is built and decodes, and what it keeps in memory.

Run ``python -m benchmarks.mosaic_speed``; node is needed for the page's half. Building and memory are those of ten
minutes of sound (the bundled sounds over and over, each time played at another speed), decoding of one minute and of
ten, on paths that pass sounds, wander and jump, in blocks of two frames. The same is decoded several times, each time
by a fresh stream, and of each block the least time counts, so that what else the machine does is not measured; times
are those of this thread, over the duration of the sound.

The exit code is 1 if a limit is missed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
import torch

from terrain_widgets.codecs.mosaic.codec import MosaicCodec
from terrain_widgets.io.sound_files import Sound, sounds

TURNS = 8


def corpus(minutes: float) -> list[Sound]:
    """Bundled sounds at ever other speeds until they last that long."""
    made: list[Sound] = []
    length, turn = 0.0, 0
    while length < 60.0 * minutes:
        for sound in sounds():
            rate = round(44100 * 2 ** ((turn * 7 % 12 - 6) / 24))
            made.append(Sound(f"{sound.name} {turn}", sound.audio, rate))
            length += sound.audio.shape[1] / rate
        turn += 1
    return made


def paths(codec: MosaicCodec, voices: int, frames: int) -> np.ndarray:
    """Latents ``[voices, D, frames]``: a third passes the corpus, a third wanders around it, a third jumps."""
    random = np.random.default_rng(1)
    rows = []
    for _ in range(voices):
        start = random.integers(0, len(codec.corpus) - frames)
        row = codec.corpus.latents[start : start + frames].copy()
        third = frames // 3
        row[third : 2 * third] += np.cumsum(random.normal(0, 0.05, row[third : 2 * third].shape), axis=0)
        row[2 * third :] = codec.corpus.latents[random.integers(0, len(codec.corpus), frames - 2 * third)]
        rows.append(row.T)
    return np.stack(rows)


def real_time_factor(codec: MosaicCodec, voices: int, seconds: float = 8.0) -> float:
    """Decoding time over duration in blocks of two frames: of each block the least of several turns."""
    count = round(seconds * codec.info.frame_rate) // 2 * 2
    latents = paths(codec, voices, count)
    least = np.full(count // 2, np.inf)
    for _ in range(TURNS):
        stream = codec.stream(voices)
        for block in range(count // 2):
            began = time.thread_time()
            stream.decode(latents[:, :, 2 * block : 2 * block + 2])
            least[block] = min(least[block], time.thread_time() - began)
    return float(least.sum() / (count / codec.info.frame_rate))


def in_page(codec: MosaicCodec, voices: int, seconds: float = 8.0) -> float:
    """The same in the page's engine, by node."""
    latents = paths(codec, voices, round(seconds * codec.info.frame_rate))
    with tempfile.TemporaryDirectory() as folder:
        decoder, table = Path(folder, "decoder.safetensors"), Path(folder, "latents.f32")
        decoder.write_bytes(codec.page_decoder())
        table.write_bytes(np.ascontiguousarray(latents.swapaxes(1, 2), dtype="<f4").tobytes())
        script = Path(__file__).with_name("mosaic_in_page.mjs")
        command = ["node", str(script), str(decoder), str(table), str(voices), str(TURNS)]
        return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def main() -> int:
    """Print all figures with their limits."""
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before")
    torch.set_num_threads(1)
    process, long = psutil.Process(), corpus(10.0)
    short = MosaicCodec(corpus(1.0))
    one, four = real_time_factor(short, 1), real_time_factor(short, 4)
    before = process.memory_info().rss
    began = time.thread_time()
    codec = MosaicCodec(long)
    building = time.thread_time() - began
    many = real_time_factor(codec, 1)
    memory = (process.memory_info().rss - before) / 1e6
    page = [in_page(short, 1), in_page(short, 4)]
    figures = [
        ("decoding 1 voice, 1 minute of sounds", one, 0.03, "of real time"),
        ("decoding 4 voices, 1 minute of sounds", four, 0.1, "of real time"),
        ("the same in the page, 1 voice", page[0], 0.03, "of real time"),
        ("the same in the page, 4 voices", page[1], 0.1, "of real time"),
        ("decoding 1 voice, 10 minutes of sounds", many, 2 * one, "of real time"),
        ("building of 10 minutes", building, 15.0, "s"),
        ("memory beside the sounds, 10 minutes", memory, 300.0, "MB"),
    ]
    for name, value, limit, unit in figures:
        print(f"{name:<42}{value:>9.3f} <= {limit:<7.3g} {unit:<16}{'' if value <= limit else 'MISSED'}".rstrip())
    return 0 if all(value <= limit for _, value, limit, _ in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
