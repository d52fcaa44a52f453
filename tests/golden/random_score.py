"""What a take that nobody played is made of: mappings, gestures, playheads, clips and bends by chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from terrain_widgets.audio.assets import (
    MAPPING,
    Asset,
    MappingAsset,
    PathAsset,
    SoundAsset,
    path_key,
    sound_key,
    weights_assets,
)
from terrain_widgets.audio.engine.sources.hand import MAX_HANDS
from terrain_widgets.audio.engine.sources.hand_motion import HandMotion
from terrain_widgets.audio.takes.take import Stroke
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.codecs.pebble.decoder import OUTPUTS
from terrain_widgets.core.bending.bend import Bend
from terrain_widgets.core.bending.edit import Edit
from terrain_widgets.core.bending.edits import Distribution, Flip, Noise, Scale
from terrain_widgets.core.bending.encoder_layers import is_encoder
from terrain_widgets.core.bending.output_edit import Output
from terrain_widgets.core.exploration.neighbour_map import NeighbourMap
from terrain_widgets.core.glide import Course
from terrain_widgets.core.mapping import ConstantMapping, Mapping
from terrain_widgets.core.points.point_map import Method, PointMap
from terrain_widgets.core.points.points import PointSet
from terrain_widgets.core.terrain.terrain import Terrain
from tests.golden.golden_stream import golden_stream
from tests.golden.random_control import random_lead
from tests.golden.random_modulators import random_modulators, random_movers

FloatArray = NDArray[np.float32]

LATENT_DIM, SAMPLE_RATE, RATIO = 8, 44100, 1024
#: Those that are played by a mosaic, and by a stream model; all others by pebble.
MOSAIC_THEMES = ("mosaic", "mosaic-hands")
STREAM_THEMES = ("stream", "stream-bent")
COURSES: tuple[Course, ...] = ("eased", "even")
_MODES = ("keep", "override", "add", "multiply")


@dataclass
class Score:
    """What is played, as it is made up.

    Args:
        rng: Where all chance comes from.
        frames: Length of the take.
        big: Terrains of the usual size, instead of small ones that a repository can hold.
        ratio: Samples in a frame.
        pool: Latents to play among, ``[N, D]``; none: what pebble makes sense of.
    """

    rng: np.random.Generator
    frames: int
    big: bool
    ratio: int
    pool: FloatArray | None
    updates: list[tuple[int, Update]] = field(default_factory=list)
    bent: tuple[str, ...] = ()

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def latents(self, rows: int) -> FloatArray:
        """Latents that sound: pitches of three octaves, levels of 40 dB, timbres; or frames of sounds and between."""
        if self.pool is not None:
            start = int(self.rng.integers(len(self.pool)))
            way = start + np.arange(rows) if self.chance(0.6) else self.rng.integers(0, len(self.pool), rows)
            away = self.rng.choice([0.0, 0.05, 0.5]) * self.rng.standard_normal((rows, LATENT_DIM))
            return (self.pool[way % len(self.pool)] + away).astype(np.float32)
        middle = np.array([-0.2, 0.8, 0, 0, 0, 0, 0, 0])
        spread = np.array([0.9, 0.7, 1, 1, 1, 1, 1, 1])
        return (middle + spread * self.rng.standard_normal((rows, LATENT_DIM))).astype(np.float32)

    def walk(self, rows: int, reach: float = 1.2) -> FloatArray:
        """A smooth way through the plane."""
        steps = self.rng.standard_normal((rows, 2)) * 0.12
        return (reach * np.sin(self.rng.uniform(-3, 3, 2) + steps.cumsum(axis=0))).astype(np.float32)

    def terrain(self) -> Terrain:
        size = {} if self.big else {"network_channel": 12, "feature_size": 6}
        gauss_scale = 0.0 if self.chance(0.15) else float(self.rng.uniform(0.3, 2.0))
        terrain = Terrain(2, LATENT_DIM, gauss_scale, seed=int(self.rng.integers(2**31)), **size)
        with torch.no_grad():
            terrain.fc_out.weight.mul_(20.0 if self.big else 6.0)
            terrain.fc_out.bias[1 if self.pool is None else 0] += 0.8
            terrain.prelu2.weight.fill_(float(self.rng.uniform(-0.5, 1.5)))
        return terrain

    def points(self, method: str) -> PointMap:
        points = PointSet()
        places = self.rng.uniform(-1, 1, (int(self.rng.integers(1, 9)), 2))
        if self.chance(0.2):
            places[:, 1] = 2 * places[:, 0] + 0.1  # all in a row
        for place, latents in zip(places, self.latents(len(places)), strict=True):
            points = points.placed(place, latents)
        return PointMap.fit(points, method, hidden=6, layers=int(self.rng.integers(1, 3)))

    def sound_map(self) -> NeighbourMap:
        count, neighbours = int(self.rng.integers(1, 60)), int(self.rng.choice([1, 3, 5]))
        places, power = self.rng.uniform(-1, 1, (count, 2)), float(self.rng.uniform(0.5, 4.0))
        return NeighbourMap(places, self.latents(count), neighbours, power, np.array([2.0, 2.0]))

    def mapping(self, theme: str) -> MappingAsset:
        if theme in list(Method):
            mapping: Mapping | None = self.points(theme)
        elif theme == "map":
            mapping = self.sound_map()
        elif theme == "faults" and self.chance(0.5):
            latents = self.latents(1)[0]
            latents[self.rng.integers(LATENT_DIM)] = self.rng.choice([np.nan, np.inf, -np.inf, 3e38, 0.0])
            mapping = None if self.chance(0.2) else ConstantMapping(2, latents)
        elif theme in ("everything", *MOSAIC_THEMES) and self.chance(0.4):
            mapping = self.points(str(self.rng.choice(list(Method))))
        else:
            mapping = self.terrain()
        if self.chance(0.5):
            return MappingAsset(mapping)
        low, high = np.sort(self.rng.uniform(-3, 3, (2, LATENT_DIM)), axis=0).astype(np.float32)
        return MappingAsset(mapping, low, high)

    def shape(self) -> dict[str, Any]:
        def some(low: float, high: float) -> Any:
            each = self.chance(0.5)
            return (
                tuple(self.rng.uniform(low, high, LATENT_DIM).tolist()) if each else float(self.rng.uniform(low, high))
            )

        changes = {
            "latents.scale": some(0.5, 1.5),
            "latents.offset": some(-0.5, 0.5),
            "latents.slew": float(self.rng.choice([np.inf, 0.5, 4.0, 40.0])),
            "latents.limits": str(self.rng.choice(["data", "own"])),
            "latents.low": some(-4.0, -1.5),
            "latents.high": some(1.5, 4.0),
        }
        return {address: value for address, value in changes.items() if self.chance(0.6)}

    def playhead(self, name: str, seeks: int) -> Update:
        path = f"p{int(self.rng.integers(4))}"
        values = {
            "path": path,
            "speed": float(self.rng.choice([1.0, 0.5, -1.0, 0.0, 2.5, -0.37, 4.0])),
            "loop": str(self.rng.choice(["once", "loop", "ping-pong"])),
            "gain": float(self.rng.choice([1.0, 0.5, 0.0])),
            "interpolate": self.chance(0.7),
            "playing": self.chance(0.85),
        }
        kept = {word: value for word, value in values.items() if word == "path" or self.chance(0.7)}
        if self.chance(0.4):
            kept |= {"seeks": seeks, "start": float(self.rng.uniform(0, 12))}
        rows = 1 if self.chance(0.1) else int(self.rng.integers(2, 20))
        asset: Asset = PathAsset(self.walk(rows))
        return Update({f"playheads.{name}.{word}": value for word, value in kept.items()}, {path_key(path): asset})

    def clip(self) -> Update:
        each = self.chance(0.5)
        modes = tuple(self.rng.choice(_MODES, LATENT_DIM).tolist()) if each else str(self.rng.choice(_MODES))
        frames = int(self.rng.integers(1, 6))
        audio = None
        if self.chance(0.7):
            time = np.arange(int(self.rng.integers(1, frames * self.ratio + 300))) / SAMPLE_RATE
            audio = (0.2 * np.sin(2 * np.pi * float(self.rng.uniform(100, 900)) * time)).astype(np.float32)[None]
        changes = {
            "clip.sound": "s",
            "clip.modes": modes,
            "clip.loop": self.chance(0.6),
            "clip.running": self.chance(0.6),
            "clip.wet": float(self.rng.choice([1.0, 0.5, 0.0])),
        }
        return Update(changes, {sound_key("s"): SoundAsset(self.latents(frames), audio)})

    def bend(self, of_stream: bool = False) -> Update:
        """Other layers bent, or none; small ones, so that a repository can hold them."""
        if self.chance(0.2):
            before, self.bent = self.bent, ()
            return Update(assets=weights_assets({}, before))
        codec = golden_stream() if of_stream else PebbleCodec()
        own = {name: weights for name, weights in codec.tensors().items() if not is_encoder(name)}
        layers = {name: weights for name, weights in own.items() if self.big or weights.size < 1000}
        bend, seed = Bend(), int(self.rng.integers(1000))
        for name in self.rng.choice(list(layers), 2, replace=False):
            edits: list[Edit] = [Flip(), Scale(2.5), Distribution("laplace", 0.8, seed), Noise(1.0, seed)]
            bend = bend.add(str(name), edits[int(self.rng.integers(len(edits)))])
        if not of_stream and self.chance(0.6):
            output = Output(*self.rng.choice([0.0, 0.5, 1.0], 4).tolist(), tuple(range(0, 256, 3)))
            bend = bend.add("net.2.output", output)
            layers["net.2.output"] = OUTPUTS["net.2.output"].neutral
        weights, before = bend.apply(layers), self.bent
        self.bent = tuple(weights)
        return Update(assets=weights_assets(weights, before))

    def fingers(self) -> tuple[dict[int, FloatArray], list[Stroke]]:
        """Some other hands, which walk or glide, and when they are down."""
        places: dict[int, FloatArray] = {}
        strokes: list[Stroke] = []
        count = int(self.rng.integers(2, MAX_HANDS))
        for number in self.rng.choice(np.arange(1, MAX_HANDS), count, replace=False).tolist():
            walk = self.walk(self.frames)
            places[number] = self.glides(walk) if self.chance(0.5) else walk
            for frame in range(self.frames):
                if self.chance(0.12):
                    gate = float(self.rng.choice([0.0, 0.0, 1.0, 1.0, 0.3]))
                    strokes.append(Stroke(frame, gate, 1.0, onset=self.chance(0.3), hand=number))
        return places, strokes

    def glides(self, walk: FloatArray) -> FloatArray:
        """Ways of a hand that glides now and then to where a walk has come meanwhile."""
        motion, number, course, seconds = HandMotion(SAMPLE_RATE / self.ratio), 0, COURSES[0], 0.1
        target = tuple(walk[0].tolist())
        rows = []
        for row in walk:
            if self.chance(0.15):
                target, number = tuple(row.tolist()), number + 1
                course, seconds = COURSES[int(self.rng.integers(2))], float(self.rng.uniform(0.03, 0.4))
            if number:
                motion.glide(target, seconds, course, number, 2)
            rows.append(motion.places(target, 1, 2, not rows)[0])
        return np.stack(rows)

    def change(self, theme: str, number: int) -> Update:
        """Something else from now on."""
        kinds = {
            "mosaic": ["blend", "blend", "clip", "heads", "shape", "mapping"],
            "mosaic-hands": ["blend", "width", "width", "clip", "mapping"],
            "hands": ["heads", "wave", "width", "mapping"],
            "latents": ["shape", "mapping"],
            "modulators": ["modulators", "modulators", "shape"],
            "playheads": ["heads", "heads", "wave"],
            "clip": ["clip", "wet", "run"],
            "bent": ["bend", "bend", "amount"],
            "stream-bent": ["bend", "bend", "amount"],
            "movers": ["movers", "movers", "shape", "heads", "modulators", "run", "amount"],
            "lead": ["lead", "lead", "modulators", "shape"],
            "glide": ["glide", "glide", "glide", "shape", "modulators", "heads"],
        }
        every = ["mapping", "shape", "heads", "wave", "clip", "wet", "run", "width"]
        kind = str(self.rng.choice(every if theme == "everything" else kinds.get(theme, ["mapping"])))
        name = f"h{int(self.rng.integers(5))}"
        if kind == "shape":
            return Update(self.shape())
        if kind == "modulators":
            return Update(random_modulators(self.rng, LATENT_DIM))
        if kind == "lead":
            return random_lead(self.rng, LATENT_DIM)
        if kind == "movers":
            return Update(random_movers(self.rng))
        if kind == "glide":  # a preset is recalled
            recalled = {"glide.seconds": float(self.rng.uniform(0.05, 0.6)), "glide.recalls": number}
            head = self.playhead(name, number)
            return Update(recalled | self.shape() | random_modulators(self.rng, LATENT_DIM)).then(head)
        if kind == "heads":
            return self.playhead(name, number)
        if kind == "wave":  # one goes, and comes again
            return Update({f"playheads.{name}": None}).then(self.playhead(name, number))
        if kind == "clip":
            return Update({"clip.sound": None}) if self.chance(0.25) else self.clip()
        if kind == "blend":
            blend = {
                "neighbours": int(self.rng.integers(1, 9)),
                "sharpness": float(self.rng.choice([0.0, 0.5, 0.9, 1.0])),
            }
            return Update({f"mosaic.{name}": value for name, value in blend.items() if self.chance(0.7)})
        if kind == "width":
            return Update({"hand.width": float(self.rng.choice([0.0, 0.6, 1.0, 2.0]))})
        if kind == "bend":
            return self.bend(theme in STREAM_THEMES)
        if kind == "amount":
            amount, level = float(self.rng.choice([0.0, 0.3, 0.7, 1.0])), float(self.rng.choice([0.0, -6.0, 4.0]))
            return Update({"bend.amount": amount, "bend.level": level})
        if kind == "wet":
            return Update({"clip.wet": float(self.rng.random())})
        if kind == "run":
            return Update({"clip.running": self.chance(0.5)})
        return Update(assets={MAPPING: self.mapping(theme)})
