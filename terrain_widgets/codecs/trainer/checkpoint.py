"""What a training needs to go on after it was killed: one safetensors file with JSON in its header, never a pickle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor

from terrain_widgets.io.atomic import replacing
from terrain_widgets.io.reading import content_of_file, reading

FORMAT = "terrain-codec-training-1"
_LARGEST = 8 << 30  # bytes


class CheckpointRefused(ValueError):
    """A checkpoint that cannot be read, or is of another training; the message says what to do."""


@dataclass(frozen=True)
class TrainingCheckpoint:
    """All of a training but the sounds.

    Args:
        parts: Tensors by name, by the name of what they are part of: ``model``, ``average``, ``best``, ``means`` …
        state: The rest, as plain data.
    """

    parts: dict[str, dict[str, Tensor]]
    state: dict[str, Any]


def write_checkpoint(path: Path, checkpoint: TrainingCheckpoint) -> None:
    """Write it whole or not at all.

    Raises:
        OSError: If nothing can be written there.
    """
    tensors = {f"{part}/{name}": value for part, held in checkpoint.parts.items() for name, value in held.items()}
    # a copy of each: safetensors refuses tensors that share memory
    packed = {name: value.detach().cpu().clone().contiguous() for name, value in tensors.items()}
    content = safetensors.torch.save(packed, metadata={"format": FORMAT, "state": json.dumps(checkpoint.state)})
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def read_checkpoint(path: Path) -> TrainingCheckpoint:
    """What ``write_checkpoint`` wrote.

    Raises:
        CheckpointRefused: If it is something else, or damaged.
    """
    with reading(
        CheckpointRefused, f"{path} is no checkpoint of a training, or damaged; begin anew with resume=False (--anew)"
    ):
        content = content_of_file(path, _LARGEST)
        length = int.from_bytes(content[:8], "little")
        header = json.loads(content[8 : 8 + length])["__metadata__"]
        if header.get("format") != FORMAT:
            raise ValueError(f"its format is {header.get('format')}")
        parts: dict[str, dict[str, Tensor]] = {}
        for name, value in safetensors.torch.load(content).items():
            part, _, rest = name.partition("/")
            parts.setdefault(part, {})[rest] = value
        return TrainingCheckpoint(parts, json.loads(header["state"]))
