"""Every reader of files, each with a whole file and the only errors that it may answer a damaged one with."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch

from terrain_widgets.audio.assets import PathAsset, path_key
from terrain_widgets.audio.takes.take import Stroke, Take
from terrain_widgets.audio.takes.take_file import TakeError, read_take, write_take
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.background_encoder import latents_from_bytes, latents_to_bytes
from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.nn_tilde.facts import ModelFacts
from terrain_widgets.codecs.own.card import Card
from terrain_widgets.codecs.own.file import read_own, write_own
from terrain_widgets.codecs.pebble.codec import PebbleCodec, bundled_weights
from terrain_widgets.codecs.trainer.checkpoint import (
    CheckpointRefused,
    TrainingCheckpoint,
    read_checkpoint,
    write_checkpoint,
)
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.drawing import Drawing
from terrain_widgets.core.paths.pairing import PairingRule
from terrain_widgets.core.paths.trajectory import LatentTrajectory, SpatialTrajectory
from terrain_widgets.core.points.points import ControlPoint, PointSet
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.interop.nn_terrain.dataset import load_dataset
from terrain_widgets.interop.nn_terrain.plot import load_plot, save_plot
from terrain_widgets.interop.nn_terrain.points import load_points, save_points
from terrain_widgets.interop.nn_terrain.terrain import load_terrain, save_terrain
from terrain_widgets.interop.svg.paths import read_svg
from terrain_widgets.io.checkpoint import Checkpoint, CheckpointError, load_checkpoint, save_checkpoint
from terrain_widgets.io.preferences import preferences
from terrain_widgets.io.session_file import SessionContent, SessionFileError, read_session, write_session
from terrain_widgets.io.sound_files import Sound, SoundError, read_sound
from tests.audio import doubles
from tests.codecs.nn_models import GOOD
from tests.session.doubles import tones

# Registers the kind of mapping that the take of version 1 was played with.
assert doubles.Plane

VERSION_1 = Path(__file__).parents[1] / "audio" / "version_1" / "version-1.json"


@dataclass(frozen=True)
class Reader:
    """One way in.

    Args:
        name: For the test's name.
        suffix: Of the file.
        make: Writes a whole file to a path.
        read: Reads it.
        errors: What it may raise; none where a file is only a help, and its loss is silent.
        a_zip: Whether harm is also done inside the zip's entries.
        slow: Whether one file costs a process's time.
    """

    name: str
    suffix: str
    make: Callable[[Path], None]
    read: Callable[[Path], Any]
    errors: tuple[type[Exception], ...]
    a_zip: bool = False
    slow: bool = False


def _terrain() -> Terrain:
    return Terrain(2, 4, gauss_scale=0.3, network_channel=16, feature_size=8, seed=9)


def _drawings() -> dict[str, Drawing]:
    line = SpatialTrajectory(np.linspace(-1, 1, 24, dtype=np.float32).reshape(12, 2))
    return {"d1": Drawing("d1", line, "c1", "a", "#123456", False, PairingRule.STRETCH)}


def _points() -> PointSet:
    latent = np.arange(4, dtype=np.float32)
    return PointSet(
        tuple(ControlPoint(f"p{k}", np.array([0.1 * k, -0.2 * k], np.float32), latent + k, f"{k}") for k in range(5))
    )


def write_whole_session(path: Path) -> None:
    sounds = {"c1": tones(1)[0], "c2": Sound("loud", np.full((2, 900), 1.5, np.float32), 48000)}
    random = np.random.default_rng(1)
    content = SessionContent(
        sounds,
        {"c1": random.normal(size=(40, 2)).astype(np.float32)},
        {"c1": random.normal(size=(60, 4)).astype(np.float32)},
        Boundary(),
        1.6,
        0,
        {"source": "pebble", "digest": "x"},
        Checkpoint(_terrain(), Boundary(), {"source": "pebble", "digest": "x"}, {"loss": 0.5}),
        _drawings(),
        _points(),
        {"clip.wet": 0.5},
        {"f": random.normal(size=(9, 2)).astype(np.float32)},
    )
    write_session(path, content)


def _take(path: Path) -> None:
    start = Update({"latents.scale": (1.0, 2.0)})
    later = Update({"playheads.c1.speed": 2.0}, {path_key("c1"): PathAsset(np.ones((30, 2), np.float32))})
    places = np.linspace(0, 1, 80, dtype=np.float32).reshape(40, 2)
    write_take(path, Take("pebble", 44100, 1024, 3, places, (Stroke(0, 0.0, 1.0),), start, ((7, later),)))


def _version_1(path: Path) -> None:
    path.write_bytes(VERSION_1.read_bytes())
    path.with_suffix(".safetensors").write_bytes(VERSION_1.with_suffix(".safetensors").read_bytes())


def _sound(kind: str, subtype: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        samples = 0.5 * np.sin(np.arange(6000) * 0.05)[:, None] * [1.0, 0.5]
        soundfile.write(path, samples, 44100, format=kind, subtype=subtype)

    return write


def _svg(path: Path) -> None:
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><g transform="rotate(30 5 5)"><title>a</title>'
        '<path d="M 1 2 L 30 40 C 1 2 3 4 5 6 A 5 5 0 0 1 20 20 z" stroke="red"/></g>'
        '<polyline points="0,0 5,5 9,3"/><line x1="0" y1="3" x2="9" y2="4"/></svg>',
        encoding="utf-8",
    )


def _preferences(path: Path) -> Any:
    import os

    os.environ["TERRAIN_WIDGETS_PREFERENCES"] = str(path)
    try:
        return preferences()
    finally:
        del os.environ["TERRAIN_WIDGETS_PREFERENCES"]


def _facts(path: Path) -> None:
    path.write_text(ModelFacts(8, 0, 2048, 1, 1, 44100, state=("a",), widths=(1,), notes=("so",)).to_json())


def _latents(path: Path) -> None:
    path.write_bytes(latents_to_bytes(LatentTrajectory(np.ones((20, 4), np.float32), 43.0)))


def _torchscript(path: Path) -> None:
    from tests.codecs.model_parts import save

    save(GOOD["rave_small"], path)


def _trained_codec(path: Path) -> None:
    card = Card(recipe="pebble", data="two sounds", curve=((0, 3.0), (20, 2.5)), figures={"worst": 4.0})
    write_own(path, "pebble", {"latents": 8}, {"a": torch.arange(40.0), "b": torch.ones(3, 4).half()}, card)


def _codec_training(path: Path) -> None:
    parts = {"model": {"a": torch.arange(40.0)}, "means": {"0": torch.ones(40)}}
    write_checkpoint(path, TrainingCheckpoint(parts, {"step": 20}))


def _dataset(path: Path) -> None:
    table = {"0": [0.1, 0.2, 0.3], "1": [0.5, 0.25, 1.0]}
    path.write_text(json.dumps({"coordinates": {"1": table, "2": table}, "latents": {"1": table, "2": table}}))


_SOUNDS = {
    "wav": ("WAV", "PCM_24"),
    "float wav": ("WAV", "FLOAT"),
    "aiff": ("AIFF", "PCM_16"),
    "flac": ("FLAC", "PCM_24"),
    "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
    "adpcm": ("WAV", "MS_ADPCM"),
    "caf": ("CAF", "PCM_16"),
    "rf64": ("RF64", "PCM_16"),
}


def _sound_reader(name: str) -> Reader:
    kind, subtype = _SOUNDS[name]
    if subtype == "OPUS":

        def make(path: Path) -> None:
            soundfile.write(path, np.zeros((6000, 1)), 48000, format=kind, subtype=subtype)

    else:
        make = _sound(kind, subtype)
    return Reader(f"sound {name}", f".{name.split()[-1]}", make, lambda path: read_sound(path), (SoundError,))


READERS: tuple[Reader, ...] = (
    Reader("session", ".zip", write_whole_session, read_session, (SessionFileError,), a_zip=True),
    Reader(
        "checkpoint",
        ".safetensors",
        lambda path: save_checkpoint(path, Checkpoint(_terrain())),
        load_checkpoint,
        (CheckpointError,),
    ),
    Reader("take's gestures", ".json", _take, read_take, (TakeError,)),
    Reader("take's arrays", ".safetensors", _take, read_take, (TakeError,)),
    Reader("take of version 1", ".json", _version_1, read_take, (TakeError,)),
    Reader(
        "nn.terrain's terrain",
        ".pt",
        lambda path: save_terrain(_terrain(), path),
        load_terrain,
        (ForeignFileError,),
        a_zip=True,
    ),
    Reader("nn.terrain's dataset", ".json", _dataset, load_dataset, (ForeignFileError,)),
    Reader(
        "nn.terrain's points",
        ".json",
        lambda path: save_points(_points(), path),
        load_points,
        (ForeignFileError,),
    ),
    Reader(
        "nn.terrain's plot",
        ".json",
        lambda path: save_plot(np.random.default_rng(0).normal(size=(4, 6, 2)).astype(np.float32), path),
        load_plot,
        (ForeignFileError,),
    ),
    Reader("svg", ".svg", _svg, lambda path: read_svg(path.read_bytes(), Boundary()), (ForeignFileError,)),
    Reader("preferences", ".json", lambda path: path.write_text('{"a": [1, {"b": 2}]}') and None, _preferences, ()),
    Reader(
        "pebble's weights",
        ".safetensors",
        lambda path: path.write_bytes(bundled_weights()) and None,
        lambda path: PebbleCodec(path.read_bytes()),
        (CodecError,),
    ),
    Reader("trained codec", ".safetensors", _trained_codec, read_own, (CodecError,)),
    Reader("codec's training", ".training", _codec_training, read_checkpoint, (CheckpointRefused,)),
    Reader(
        "a model's remembered facts",
        ".json",
        _facts,
        lambda path: ModelFacts.from_json(path.read_text(encoding="utf-8", errors="replace")),
        (ValueError,),
    ),
    Reader("remembered latents", ".npz", _latents, lambda path: latents_from_bytes(path.read_bytes()), ()),
    Reader("model for nn~", ".ts", _torchscript, load_codec, (CodecError,), a_zip=True, slow=True),
    *(_sound_reader(name) for name in _SOUNDS),
)
