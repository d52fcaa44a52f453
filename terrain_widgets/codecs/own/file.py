"""A trained codec as one file: safetensors, with its family, its model's shape and its card in the header."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.cache import key_of
from terrain_widgets.codecs.own.card import Card
from terrain_widgets.io.atomic import replacing
from terrain_widgets.io.reading import content_of_file, reading, tensors_of

FORMAT = "terrain-codec-1"
_LARGEST = 1 << 30  # bytes
_LONGEST_HEADER = 16 << 20


@dataclass(frozen=True)
class OwnFile:
    """What such a file holds.

    Args:
        name: The file's name without its suffix.
        family: Of the codec.
        model: The model's shape, as plain data.
        tensors: Its weights by name.
        card: How it came about.
        digest: SHA-256 of family, model and weights, hexadecimal; the card may change and the codec is the same.
    """

    name: str
    family: str
    model: Mapping[str, Any]
    tensors: Mapping[str, NDArray[Any]]
    card: Card
    digest: str


def write_own(path: Path, family: str, model: Mapping[str, Any], tensors: Mapping[str, Any], card: Card) -> None:
    """Write a codec, whole or not at all.

    Args:
        path: Where to.
        family: Of the codec.
        model: The model's shape, as plain data.
        tensors: Its weights by name, as torch has them.
        card: How it came about.

    Raises:
        OSError: If nothing can be written there.
    """
    import safetensors.torch

    header = {
        "format": FORMAT,
        "family": family,
        "model": json.dumps(dict(model)),
        "card": json.dumps(card.to_json()),
    }
    packed = {name: value.detach().cpu().clone().contiguous() for name, value in tensors.items()}
    content = safetensors.torch.save(packed, metadata=header)
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def read_own(path: Path) -> OwnFile:
    """What ``write_own`` wrote; nothing in it is executed.

    Raises:
        CodecError: If it is something else, damaged, or holds numbers that are not finite.
    """
    with reading(CodecError, _damaged(path)):
        return own_of(content_of_file(path, _LARGEST), path)


def own_of(content: bytes, path: Path) -> OwnFile:
    """What such a file's bytes hold.

    Args:
        content: The file.
        path: Where it lies or lay: its codec is named by that.

    Raises:
        CodecError: As ``read_own``.
    """
    with reading(CodecError, _damaged(path)):
        tensors, header = tensors_of(content)
        if header.get("format") != FORMAT:
            raise ValueError(f"its format is {header.get('format')}")
        if not all(np.isfinite(value).all() for value in tensors.values() if value.dtype.kind == "f"):
            raise ValueError("some of its weights are not finite")
        model = json.loads(header["model"])
        if not isinstance(model, dict):
            raise ValueError("its model is described by no table")
        card = Card.from_json(json.loads(header["card"]))
        digest = _digest_of(header["family"], model, tensors)
        return OwnFile(path.stem, header["family"], model, tensors, card, digest)


def _damaged(path: Path) -> str:
    return f"{path} is no codec that was trained here, or damaged; train it again or ask its author"


def _digest_of(family: str, model: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> str:
    parts: list[bytes | str] = [family, json.dumps(model, sort_keys=True)]
    for name, value in sorted(tensors.items()):
        parts += [f"{name} {value.dtype.str} {value.shape}", np.ascontiguousarray(value).tobytes()]
    return key_of(*parts)


def is_own(path: Path) -> bool:
    """Whether a file's header says that it is such a codec; only the header is read."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= _LONGEST_HEADER:
                return False
            header = json.loads(file.read(length))
        return bool(header.get("__metadata__", {}).get("format") == FORMAT)
    except (OSError, ValueError, AttributeError, RecursionError):
        return False
