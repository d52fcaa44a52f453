"""What modulators, glides to presets and bending cost, in Python and in the page's engine (by node).

Run ``python -m benchmarks.moves``; node is needed for the page's half. Printed are

- the share of a core that 16 modulators take, all on, smoothed, with the costliest of the usual noises,
- what 16 movers of six numbers of a playing engine and its eight modulators add, all on, and how often in a minute the
  sound would stop with them and without, where 50 ms of it are kept ready,
- what a glide of all latents' factors adds to it,
- how long a frame takes in which another layer of ``pebble`` is bent: the middle one and the slowest. The edit is heard
  with that frame, so after the rest of the frame before and this time; and how many frames of a minute, with eight
  frames from edit to edit, took longer than they sound.

The exit code is 1 if a limit is missed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import torch

from terrain_widgets.audio.assets import weights_assets
from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.engine.latents.modulators import Modulators
from terrain_widgets.audio.engine.resolution import modulator_settings
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.core.bending.bend import Bend
from terrain_widgets.core.bending.edits import Scale

LATENTS, SECONDS, BETWEEN = 16, 60.0, 8  # modulators; of sound; frames from edit to edit
MODULATORS_LIMIT, MOVERS_LIMIT = 0.02, 0.05  # of a core
KEPT = 0.05  # seconds of sound that are made before they are heard
EDIT_LIMITS = {"Python": 150.0, "page": 80.0}  # milliseconds until an edit is heard
_MOVING: dict[str, Any] = {"energy": 2.0, "basis": "distorted", "smooth": 40.0, "jump": 30.0}


_TARGETS = ("hand.offset", "latents.scale", "latents.offset", "output.level", "hand.width", "clip.wet")
_MOVED: dict[str, Any] = {"depth": 0.1, "basis": "simplex", "smooth": 40.0}
#: Eight modulators of pebble's latents, and sixteen movers.
ALL_ON: dict[str, Any] = {f"modulators.{word}": value for word, value in _MOVING.items()} | {
    f"movers.{k}.{word}": value
    for k in range(LATENTS)
    for word, value in (_MOVED | {"target": _TARGETS[k % len(_TARGETS)]}).items()
}


def share(work: Callable[[int], object], frames: int, block: int = 1) -> float:
    """Of a core, for so many frames' work."""
    work(block)
    began = time.thread_time()
    for _ in range(0, frames, block):
        work(block)
    return (time.thread_time() - began) / SECONDS


def in_python(codec: PebbleCodec) -> dict[str, float]:
    """The kernel's engine."""
    rate, random, recalls = codec.info.frame_rate, np.random.default_rng(1), count(1)
    frames = round(SECONDS * rate)
    bank = Modulators(modulator_settings(Patch({f"modulators.{k}": v for k, v in _MOVING.items()}), LATENTS), rate)
    engine = Engine(codec, None)
    place = np.zeros((1, 2), dtype=np.float32)

    def play(_block: int) -> None:
        engine.render(place, 1.0, 0.5)

    plain = share(play, frames)

    def glide(block: int) -> None:
        number = next(recalls)
        if number % 40 == 1:
            scale = tuple(random.random(codec.info.latent_dim).tolist())
            engine.update(Update({"latents.scale": scale, "glide.seconds": 1.0, "glide.recalls": number}))
        play(block)

    gliding = share(glide, frames) - plain
    before = times(play, frames)
    engine.update(Update(ALL_ON))
    moved = share(play, frames) - plain
    after = times(play, frames)
    engine.update(Update(dict.fromkeys(ALL_ON)))
    own, edits, late = codec.tensors(), [], 0
    names = list(own)
    for k in range(frames):
        began = time.perf_counter()
        if k % BETWEEN == 0:
            bend = Bend().add(names[k // BETWEEN % len(names)], Scale(float(random.uniform(0.5, 1.5))))
            engine.update(Update(assets=weights_assets(bend.apply(own), own)))
        play(1)
        took = 1000 * (time.perf_counter() - began)
        late += took > 1000 / rate
        if k % BETWEEN == 0:
            edits.append(took)
    return {
        "modulators": share(bank.process, frames),
        "gliding": gliding,
        "plain": plain,
        "edit": float(np.median(edits)),
        "slowest": max(edits),
        "late": late,
        "edits": len(edits),
        "frame": 1000 / rate,
        "movers": moved,
        "gapsWithout": gaps(before, 1 / rate),
        "gapsWith": gaps(after, 1 / rate),
    }


def times(work: Callable[[int], object], frames: int) -> list[float]:
    """Seconds of this thread that each frame's work takes."""
    found = []
    for _ in range(frames):
        began = time.thread_time()
        work(1)
        found.append(time.thread_time() - began)
    return found


def gaps(times: list[float], frame: float) -> int:
    """How often what is kept ready would run out, if each frame is made as soon as there is room for it."""
    found, store = 0, KEPT
    for took in times:
        found += took > store
        store = min(KEPT, max(0.0, store - took) + frame)
    return found


def in_page(codec: PebbleCodec) -> dict[str, float]:
    """The page's engine, in node."""
    with tempfile.TemporaryDirectory() as folder:
        decoder = Path(folder) / "decoder.safetensors"
        decoder.write_bytes(codec.page_decoder())
        script = Path(__file__).with_name("moves_in_page.mjs")
        done = subprocess.run(
            ["node", str(script), str(decoder), *map(str, (LATENTS, SECONDS)), json.dumps(ALL_ON)],
            capture_output=True,
            check=True,
            text=True,
        )
    found: dict[str, Any] = json.loads(done.stdout)
    frame = found["frame"] / 1000
    return {name: gaps(value, frame) if isinstance(value, list) else value for name, value in found.items()}


def main() -> int:
    """Print all figures with their limits."""
    torch.set_num_threads(1)
    missed = 0
    for where, measure in (("Python", in_python), ("page", in_page)):
        found = measure(PebbleCodec())
        late = found["late"] / (SECONDS * 1000 / found["frame"])
        print(f"{where}: pebble alone {found['plain']:.2%} of a core")
        print(f"  {LATENTS} modulators {found['modulators']:.2%} of a core (limit {MODULATORS_LIMIT:.0%})")
        print(
            f"  all modulators and {LATENTS} movers {found['movers']:+.2%} (limit {MOVERS_LIMIT:.0%}); gaps in "
            f"{SECONDS:.0f} s: {found['gapsWith']:.0f} with them, {found['gapsWithout']:.0f} without"
        )
        print(f"  gliding {found['gliding']:+.2%}")
        print(
            f"  {found['edits']} edits of weights: made in {found['edit']:.1f} ms, the slowest in "
            f"{found['slowest']:.1f} ms, heard {found['frame']:.1f} ms later at most "
            f"(limit {EDIT_LIMITS[where]:.0f} ms); {late:.2%} of frames late"
        )
        missed += found["modulators"] > MODULATORS_LIMIT
        missed += found["movers"] > MOVERS_LIMIT or found["gapsWith"] > found["gapsWithout"]
        missed += found["edit"] + found["frame"] > EDIT_LIMITS[where]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
