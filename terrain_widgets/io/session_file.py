"""A whole session as one zip: what was drawn, encoded and trained, and the sounds themselves."""

from __future__ import annotations

import io
import json
import os
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray
from safetensors.numpy import save as save_arrays

from terrain_widgets.core.bending.bend import ARRAYS, Bend
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.exploration.explored import Explored
from terrain_widgets.core.paths.drawing import Drawing
from terrain_widgets.core.points.points import PointSet
from terrain_widgets.io.atomic import replacing
from terrain_widgets.io.checkpoint import Checkpoint, checkpoint_to_bytes, load_checkpoint_bytes
from terrain_widgets.io.drawing_tables import pack_drawings, pack_points, unpack_drawings, unpack_points
from terrain_widgets.io.exploration_tables import pack_explored, unpack_explored
from terrain_widgets.io.reading import entry_of, open_zip, reading, tensors_of
from terrain_widgets.io.sound_files import LONGEST_SECONDS, Sound, read_sound

FORMAT = "terrain_widgets/session"
VERSION = 1
_LARGEST_CONTENT = 2**30
_MOST_ENTRIES = 4096


class SessionFileError(ValueError):
    """A file cannot be read as a session; the message says why. Whatever was open stays as it was."""


@dataclass(frozen=True)
class SessionContent:
    """What a session file holds.

    Args:
        sounds: By clip id, in the user's order.
        paths: ``[P, 2]`` by clip id.
        latents: ``[T, D]`` by clip id.
        boundary: The plane.
        gauss_scale: Ruggedness of the next terrain.
        seed: Where randomness starts.
        codec: The recipe of its codec, as JSON has it.
        terrain: The trained terrain, or ``None``.
        drawings: All drawn paths by id, with and without a clip; empty in files from before there were any.
        points: Labelled points.
        patch: What is set of how it plays, by address, as JSON has it; empty in files from before there was one.
        free_paths: Paths of playheads that no sound lies on, ``[P, 2]`` by name.
        bend: Edits of the model's weights.
        sent_bend: Of these what is heard; ``None`` where all are.
        explored: The map of sounds, ways, attributes and latent presets.
        presets: Presets of the whole patch, as JSON has them; empty where there are none.
        preset_weights: Weights that presets' bends go towards, by the names that the presets have for them.
        control_map: The control map, as JSON has it; empty where it has no points.
        colours: Number of each sound's colour by clip id; empty in files from before they stayed with their sounds.
    """

    sounds: dict[str, Sound]
    paths: dict[str, NDArray[np.float32]]
    latents: dict[str, NDArray[np.float32]]
    boundary: Boundary
    gauss_scale: float
    seed: int
    codec: dict[str, Any] = field(default_factory=dict)
    terrain: Checkpoint | None = None
    drawings: dict[str, Drawing] = field(default_factory=dict)
    points: PointSet = field(default_factory=PointSet)
    patch: dict[str, Any] = field(default_factory=dict)
    free_paths: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    bend: Bend = field(default_factory=Bend)
    sent_bend: Bend | None = None
    explored: Explored = field(default_factory=Explored)
    presets: dict[str, Any] = field(default_factory=dict)
    preset_weights: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    control_map: dict[str, Any] = field(default_factory=dict)
    colours: dict[str, int] = field(default_factory=dict)


def write_session(path: str | os.PathLike[str], content: SessionContent) -> None:
    """Write a session; an older file of that name stays whole until the new one is."""
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "boundary": asdict(content.boundary),
        "gauss_scale": content.gauss_scale,
        "seed": content.seed,
        "codec": content.codec,
        "clips": [
            {"id": clip_id, "name": sound.name, "source": sound.source, "licence": sound.licence}
            | ({"colour": content.colours[clip_id]} if clip_id in content.colours else {})
            for clip_id, sound in content.sounds.items()
        ],
    }
    drawn, drawn_arrays = pack_drawings(content.drawings)
    placed, placed_arrays = pack_points(content.points)
    bent_arrays: dict[str, NDArray[np.float32]] = {}
    for name, bend in (("bend", content.bend), ("sent_bend", content.sent_bend)):
        if bend is not None and (bend.steps or name == "sent_bend"):
            manifest[name], arrays_of_bend = bend.pack()
            bent_arrays |= arrays_of_bend
    if content.presets:
        manifest["presets"] = content.presets
    if content.control_map:
        manifest["control_map"] = content.control_map
    explored, explored_arrays = pack_explored(content.explored)
    manifest |= {"drawings": drawn, "points": placed, "patch": content.patch, "explored": explored}
    arrays = {f"paths/{k}": np.ascontiguousarray(v) for k, v in content.paths.items()}
    arrays |= {f"latents/{k}": np.ascontiguousarray(v) for k, v in content.latents.items()}
    arrays |= {f"free_paths/{k}": np.ascontiguousarray(v) for k, v in content.free_paths.items()}
    arrays |= drawn_arrays | placed_arrays | explored_arrays | content.preset_weights | bent_arrays
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.json", json.dumps(manifest, indent=1, ensure_ascii=False))
        archive.writestr("arrays.safetensors", save_arrays(arrays))
        if content.terrain is not None:
            archive.writestr("terrain.safetensors", checkpoint_to_bytes(content.terrain))
        for clip_id, sound in content.sounds.items():
            archive.writestr(f"sounds/{clip_id}", _lossless(sound), zipfile.ZIP_STORED)


def read_session(path: str | os.PathLike[str]) -> SessionContent:
    """Read a session.

    Raises:
        SessionFileError: If the file is missing, damaged, too large, newer than this version, or something else.
    """
    file = Path(path)
    if not file.is_file():
        raise SessionFileError(f"there is no file {str(file)!r}")
    with (
        reading(SessionFileError, f"{file.name} is no session file, or it is damaged"),
        open_zip(file, _MOST_ENTRIES, _LARGEST_CONTENT) as archive,
    ):
        return _read(archive, file.name)


def _read(archive: zipfile.ZipFile, name: str) -> SessionContent:
    manifest: dict[str, Any] = json.loads(entry_of(archive, "session.json"))
    if manifest.get("format") != FORMAT:
        raise SessionFileError(f"{name} is a zip, but no session of this program")
    if manifest.get("version") != VERSION:
        raise SessionFileError(
            f"{name} is of format version {manifest.get('version')}, this program reads version {VERSION}; "
            f"update terrain_widgets"
        )
    arrays, _ = tensors_of(entry_of(archive, "arrays.safetensors"))
    sounds = {}
    for clip in manifest["clips"]:
        sound = read_sound(entry_of(archive, f"sounds/{clip['id']}"), str(clip["name"]), max_seconds=LONGEST_SECONDS)
        sounds[str(clip["id"])] = Sound(
            sound.name, sound.audio, sound.sample_rate, str(clip.get("source", "")), str(clip.get("licence", ""))
        )
    terrain = None
    if "terrain.safetensors" in archive.namelist():
        terrain = load_checkpoint_bytes(entry_of(archive, "terrain.safetensors"), name)
    return SessionContent(
        sounds=sounds,
        paths={k.removeprefix("paths/"): v for k, v in arrays.items() if k.startswith("paths/")},
        latents={k.removeprefix("latents/"): v for k, v in arrays.items() if k.startswith("latents/")},
        boundary=Boundary(**manifest["boundary"]),
        gauss_scale=float(manifest["gauss_scale"]),
        seed=int(manifest["seed"]),
        codec=_mapping("codec", manifest["codec"]),
        terrain=terrain,
        # Files of earlier programs know neither; those programs, in turn, read these files' "paths".
        drawings=_checked(unpack_drawings(manifest.get("drawings", []), arrays), sounds),
        points=unpack_points(manifest.get("points", []), arrays),
        patch=_mapping("patch", manifest.get("patch", {})),
        free_paths={k.removeprefix("free_paths/"): _path(k, v) for k, v in arrays.items() if k.startswith("free_")},
        bend=Bend.unpack(manifest["bend"], arrays) if "bend" in manifest else Bend(),
        sent_bend=Bend.unpack(manifest["sent_bend"], arrays) if "sent_bend" in manifest else None,
        explored=unpack_explored(_mapping("exploration", manifest.get("explored", {})), arrays),
        presets=_mapping("presets", manifest.get("presets", {})),
        preset_weights={k: v for k, v in arrays.items() if k.startswith(ARRAYS)},
        control_map=_mapping("control map", manifest.get("control_map", {})),
        colours={str(clip["id"]): _colour(clip["colour"]) for clip in manifest["clips"] if "colour" in clip},
    )


def _colour(number: Any) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < _MOST_ENTRIES:
        raise ValueError(f"a sound's colour is a number from 0 to {_MOST_ENTRIES - 1}, not {number!r}")
    return number


def _checked(drawings: dict[str, Drawing], sounds: dict[str, Sound]) -> dict[str, Drawing]:
    for drawing in drawings.values():
        if drawing.clip is not None and drawing.clip not in sounds:
            raise ValueError(f"path {drawing.id!r} belongs to a sound {drawing.clip!r} that is not in the file")
    return drawings


def _mapping(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"its {name} is a mapping of names to values, not {type(value).__name__}")
    return value


def _path(name: str, values: NDArray[Any]) -> NDArray[np.float32]:
    if values.ndim != 2 or not 1 <= values.shape[1] <= 16 or not len(values) or not np.isfinite(values).all():
        raise ValueError(f"{name} is no finite table [points, control dims], but of shape {values.shape}")
    path: NDArray[np.float32] = values.astype(np.float32)
    return path


def _lossless(sound: Sound) -> bytes:
    """The sound as FLAC, or as WAV where FLAC would lose something: beyond full scale, or in many channels."""
    plain = float(np.abs(sound.audio).max()) <= 1.0 and len(sound.audio) <= 8 and sound.sample_rate <= 655_350
    kind, subtype = ("FLAC", "PCM_24") if plain else ("WAV", "FLOAT")
    buffer = io.BytesIO()
    soundfile.write(buffer, sound.audio.T, sound.sample_rate, format=kind, subtype=subtype)
    return buffer.getvalue()
