"""How long a map of a thousand sounds takes, and what attributes pebble and mosaic really have.

Run ``python -m benchmarks.explore``. Three figures:

- **map**: 1,000 synthesised sounds of half a second (seeded) are encoded by mosaic and mapped by PCA; beside it the
  projection by t-SNE or UMAP, where its library is installed, as LatentAudio takes them by default.
- **attributes**: each codec encodes 60 seeded notes of different loudness, brightness, noise and pitch; directions
  are measured on two thirds of them. R² is of those of these that were left out of the regression; of these too is
  the share that has more of it, decoded, a step along the direction than a step back: what the panel has a slider for
  must steer 80 % of them. On the last third, decoded: of the pairs of sounds that differ most (the upper against the
  lower third), the share that the reading ``z·d`` puts in the right order.
- **hover**: from a place to its latents on a map of 10,000 points, snapped and blended. What is heard of it in the page
  is measured by ``benchmarks.page_gesture``: the map is a mapping as the terrain is.

The exit code is 1 if a limit is missed: 30 s for the map, 90 % of the order for every measure, 1 ms
for a place.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.mosaic.codec import MosaicCodec
from terrain_widgets.core.exploration.attributes import Attribute, measured
from terrain_widgets.core.exploration.measures import MEASURES, measure
from terrain_widgets.core.exploration.neighbour_map import NeighbourMap
from terrain_widgets.core.exploration.projection import project
from terrain_widgets.core.exploration.steering import steered
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.session import Session

RATE = 44100
LONGEST, RIGHT, QUICK = 30.0, 0.9, 1e-3


def note(random: np.random.Generator, seconds: float) -> NDArray[np.float32]:
    """A tone with partials and breath, ``[1, S]``: random pitch, level, slope of the partials and share of noise."""
    t = np.arange(int(seconds * RATE)) / RATE
    pitch, slope = 110 * 2 ** random.uniform(0, 3), random.uniform(0.5, 3.0)
    tone = sum(np.sin(2 * np.pi * k * pitch * t) / k**slope for k in range(1, 20) if k * pitch < 16000)
    breath = random.standard_normal(len(t))
    share = random.uniform(0, 1) ** 3
    sound = (1 - share) * tone / np.std(tone) + share * breath
    shape = np.minimum(1, t / 0.02) * np.exp(-t * random.uniform(0, 3))
    return (10 ** (random.uniform(-34, -14) / 20) * sound * shape)[None].astype(np.float32)


def time_map(count: int) -> tuple[float, float]:
    """Seconds to encode and to map ``count`` sounds by mosaic and PCA."""
    random = np.random.default_rng(0)
    sounds = [Sound(f"sound {n}", note(random, 0.5), RATE) for n in range(count)]
    session = Session(sounds=sounds, codec="mosaic")
    began = time.perf_counter()
    session.encode(wait=True)
    encoded = time.perf_counter()
    session.explore.map.make("sounds", wait=True)
    done = time.perf_counter()
    session.close()
    return encoded - began, done - encoded


def attributes_of(codec: Codec, sounds: list[Sound]) -> dict[str, tuple[Attribute, float]]:
    """By measure what is found on all but the last third, and the share of pairs in the right order on the last."""

    def measures(latents: NDArray[np.float32]) -> dict[str, NDArray[np.float64]]:
        audio = np.asarray(codec.decode(latents))[:, codec.info.delay :]
        return measure(audio, codec.info.sample_rate, codec.info.ratio, len(latents))

    tables = [codec.encode(sound.audio, sound.sample_rate).values for sound in sounds]
    rows = [measures(table) for table in tables]
    table, of = np.concatenate(tables), np.repeat(np.arange(len(tables)), list(map(len, tables)))
    learnt = of < len(sounds) * 2 // 3
    found = {}
    for name in MEASURES:
        values = np.concatenate([row[name] for row in rows])
        known = (table[learnt], values[learnt], of[learnt])
        attribute = measured(name, *known)
        if attribute is None or attribute.r2 is None:
            continue
        attribute = replace(attribute, steers=steered(name, *known, lambda z, name=name: measures(z)[name]))
        means = [
            (float(np.mean(values[own][np.isfinite(values[own])])), float(np.mean(attribute.read(table[own]))))
            for own in (of == n for n in range(len(sounds) * 2 // 3, len(sounds)))
            if np.isfinite(values[own]).any()
        ]
        means.sort()
        third = max(1, len(means) // 3)
        right = [high[1] > low[1] for low in means[:third] for high in means[-third:]]
        found[name] = (attribute, float(np.mean(right)))
    return found


def time_place(neighbours: int) -> float:
    """Seconds from one place to its latents on a map of 10,000 points, the median of a thousand."""
    random = np.random.default_rng(0)
    made = NeighbourMap(random.uniform(-1, 1, (10_000, 2)), random.normal(size=(10_000, 8)), neighbours)
    taken = []
    for place in random.uniform(-1, 1, (1000, 1, 2)).astype(np.float32):
        began = time.perf_counter()
        made(place)
        taken.append(time.perf_counter() - began)
    return float(np.median(taken))


def main() -> int:
    """Print all figures; 1 if a limit is missed."""
    missed = False
    encode, place = time_map(1000)
    print(f"1,000 sounds: encoded by mosaic in {encode:.1f} s, mapped by PCA in {place:.1f} s")
    missed |= encode + place > LONGEST
    features = np.random.default_rng(0).normal(size=(1000, 8))
    for method, library in (("pca", "numpy"), ("tsne", "sklearn"), ("umap", "umap")):
        if find_spec(library):
            began = time.perf_counter()
            project(features, method)
            print(f"  the projection of 1,000 points alone, {method}: {time.perf_counter() - began:.2f} s")
    random = np.random.default_rng(1)
    sounds = [Sound(f"note {n}", note(random, 0.8), RATE) for n in range(60)]
    for codec in (load_codec("pebble"), MosaicCodec(sounds)):
        for name, (found, right) in attributes_of(codec, sounds).items():
            missed |= right < RIGHT
            said = f"R² {found.r2:5.2f}, order right {right:.0%}, steers {found.steers:.0%} of the sounds"
            print(f"{codec.info.name:7} {name:10} {said}{'' if found.works else ': no slider'}")
    for neighbours in (1, 5):
        seconds = time_place(neighbours)
        missed |= seconds > QUICK
        print(f"a place on a map of 10,000 points, {neighbours} blended: {seconds * 1e6:.0f} µs")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
