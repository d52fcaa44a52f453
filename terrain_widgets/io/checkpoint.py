"""A terrain on disk: safetensors, with all that is needed to know where it came from. Never pickle."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from safetensors.numpy import save

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import MappingState
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.io.atomic import replacing
from terrain_widgets.io.reading import content_of_file, reading, tensors_of

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
        codec: Recipe of the codec whose latents it gives, as JSON has it.
        history: What was done in training, e.g. ``{"steps": 900, "loss": 0.02}``.
    """

    terrain: Terrain
    boundary: Boundary = field(default_factory=Boundary)
    codec: dict[str, Any] = field(default_factory=dict)
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
    with reading(CheckpointError, f"{file.name} cannot be read as a terrain"):
        content = content_of_file(file, _LARGEST_FILE)
    return load_checkpoint_bytes(content, file.name)


def load_checkpoint_bytes(content: bytes, name: str) -> Checkpoint:
    """A checkpoint from a file's content; ``name`` is what errors call it.

    Raises:
        CheckpointError: As ``load_checkpoint``.
    """
    with reading(CheckpointError, f"{name} is not a terrain of this program, or it is damaged"):
        arrays, metadata = tensors_of(content)
        header = json.loads(metadata.get("terrain", "{}"))
        if not isinstance(header, dict) or header.get("format") != FORMAT:
            raise CheckpointError(f"{name} holds safetensors, but no terrain of this program")
        if header.get("version") != VERSION:
            raise CheckpointError(
                f"{name} is of format version {header.get('version')}, this program reads version {VERSION}; "
                f"update terrain_widgets"
            )
        terrain = Terrain.from_state(MappingState("terrain", header["config"], arrays))
        boundary = Boundary(**header["boundary"])
        return Checkpoint(terrain, boundary, dict(header.get("codec", {})), dict(header.get("history", {})))
