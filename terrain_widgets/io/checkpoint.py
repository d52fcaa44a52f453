"""A terrain on disk: safetensors, with all that is needed to know where it came from. Never pickle."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.numpy import load, save

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import MappingState
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.io.atomic import replacing

FORMAT = "terrain_widgets/terrain"
VERSION = 1
_LARGEST_FILE = 512 * 2**20


class CheckpointError(ValueError):
    """A file cannot be read as a terrain; the message says why."""


@dataclass(frozen=True)
class Checkpoint:
    """A terrain and its provenance.

    Args:
        terrain: The trained network.
        boundary: The part of control space it was drawn in.
        codec: Name and digest of the codec whose latents it gives, as ``{"source", "digest"}``.
        history: What was done in training, e.g. ``{"steps": 900, "loss": 0.02}``.
    """

    terrain: Terrain
    boundary: Boundary = field(default_factory=Boundary)
    codec: dict[str, str] = field(default_factory=dict)
    history: dict[str, Any] = field(default_factory=dict)


def save_checkpoint(path: str | os.PathLike[str], checkpoint: Checkpoint) -> None:
    """Write a checkpoint; an older file of that name stays whole until the new one is."""
    with replacing(path) as temporary:
        temporary.write_bytes(checkpoint_to_bytes(checkpoint))


def checkpoint_to_bytes(checkpoint: Checkpoint) -> bytes:
    """The file's content."""
    state = checkpoint.terrain.to_state()
    header = {
        "format": FORMAT,
        "version": VERSION,
        "config": state.config,
        "boundary": asdict(checkpoint.boundary),
        "codec": checkpoint.codec,
        "history": checkpoint.history,
    }
    arrays = {name: array.copy(order="C") for name, array in state.arrays.items()}
    content: bytes = save(arrays, metadata={"terrain": json.dumps(header)})
    return content


def load_checkpoint(path: str | os.PathLike[str]) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        CheckpointError: If the file is missing, too large, damaged, newer than this version, or something else.
    """
    file = Path(path)
    if not file.is_file():
        raise CheckpointError(f"there is no file {str(file)!r}")
    if file.stat().st_size > _LARGEST_FILE:
        raise CheckpointError(f"{file.name} is larger than {_LARGEST_FILE >> 20} MiB, which no terrain is")
    return load_checkpoint_bytes(file.read_bytes(), file.name)


def load_checkpoint_bytes(content: bytes, name: str) -> Checkpoint:
    """A checkpoint from a file's content; ``name`` is what errors call it.

    Raises:
        CheckpointError: As ``load_checkpoint``.
    """
    try:
        header = json.loads(_metadata(content).get("terrain", "{}"))
        arrays = load(content)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{name} is not a terrain of this program, or it is damaged ({error})") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise CheckpointError(f"{name} holds safetensors, but no terrain of this program")
    if header.get("version") != VERSION:
        raise CheckpointError(
            f"{name} is of format version {header.get('version')}, this program reads version {VERSION}; "
            f"update terrain_widgets"
        )
    try:
        terrain = Terrain.from_state(MappingState("terrain", header["config"], arrays))
        boundary = Boundary(**header["boundary"])
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{name} is damaged: {error}") from error
    return Checkpoint(terrain, boundary, dict(header.get("codec", {})), dict(header.get("history", {})))


def _metadata(content: bytes) -> dict[str, str]:
    """safetensors' free text, which its in-memory reader does not give: 8 bytes of length, then JSON."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    metadata: dict[str, str] = header.get("__metadata__", {})
    return metadata
