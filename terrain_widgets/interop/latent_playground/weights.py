"""The weights that Latent-Playground saves: all layers in one WAV file, and a JSON index of where each begins.

``[{"name": "layer_weights_tmp.N", "start_sample": i, "length_sample": n}, …]``, N from 1 in the order of the model's
named parameters. Its lists end at 32767 numbers: longer layers were shortened by linear interpolation when they were
read.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.io.reading import reading

FloatArray = NDArray[np.float32]

LONGEST = 32767
_MOST_LAYERS = 4096
_MOST_WEIGHTS = 50_000_000
_NAME = re.compile(r".*\.(\d{1,4})")


@dataclass(frozen=True, eq=False)
class PlaygroundWeights:
    """What a pair of files holds.

    Args:
        weights: By the model's layer.
        stretched: Layers that the file has only in short.
    """

    weights: Mapping[str, FloatArray]
    stretched: tuple[str, ...]


def is_index(data: bytes) -> bool:
    """Whether a file's content looks like the index of such a pair: JSON that is a list."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"["


def read_weights(wav: bytes, index: bytes, sizes: Mapping[str, int]) -> PlaygroundWeights:
    """Read a pair of files for a model.

    Args:
        wav: Content of the WAV file.
        index: Content of the JSON file.
        sizes: How many weights each of the model's layers has, in the order of its named parameters.

    Raises:
        ForeignFileError: If they are damaged, do not belong together, or are of another model.
    """
    with reading(ForeignFileError, "these are no weights of Latent-Playground, or they are damaged"):
        entries = _entries(json.loads(index))
        with soundfile.SoundFile(io.BytesIO(wav)) as file:
            if file.channels != 1 or not 0 < file.frames <= _MOST_WEIGHTS:
                raise ForeignFileError(
                    f"weights lie in one channel of 1 to {_MOST_WEIGHTS} numbers, got {file.channels} channels of "
                    f"{file.frames}"
                )
            samples = file.read(dtype="float32")
    names = list(sizes)
    if entries[-1][0] > len(names) or len(entries) > len(names):
        raise ForeignFileError(f"it has {entries[-1][0]} layers, and this model has {len(names)}")
    found: dict[str, FloatArray] = {}
    stretched = []
    for number, start, length in entries:
        name = names[number - 1]
        if start + length > len(samples):
            raise ForeignFileError(f"the WAV file ends within layer {number}: it is truncated, or another index's")
        if length != min(sizes[name], LONGEST):
            raise ForeignFileError(
                f"its layer {number} has {length} numbers, and this model's {name!r} has {sizes[name]} weights: it is "
                f"another model's"
            )
        values = samples[start : start + length]
        if not np.isfinite(values).all():
            raise ForeignFileError(f"its layer {number} has numbers that are not finite")
        if length < sizes[name]:
            stretched.append(name)
            along = np.linspace(0.0, length - 1.0, sizes[name])
            values = np.interp(along, np.arange(length), values).astype(np.float32)
        found[name] = values
    return PlaygroundWeights(found, tuple(stretched))


def _entries(content: Any) -> list[tuple[int, int, int]]:
    """Number from 1, beginning and length of each layer, in order."""
    if not isinstance(content, list) or not 1 <= len(content) <= _MOST_LAYERS:
        raise ForeignFileError(f"an index is a list of 1 to {_MOST_LAYERS} layers")
    entries = []
    for entry in content:
        named = _NAME.fullmatch(str(entry["name"])) if isinstance(entry, dict) else None
        if named is None:
            raise ForeignFileError(f"an index names layers such as layer_weights_tmp.1, got {str(entry)[:80]}")
        start, length = entry["start_sample"], entry["length_sample"]
        if not all(isinstance(n, int | float) and n == int(n) and n >= 0 for n in (start, length)) or length == 0:
            raise ForeignFileError(f"a layer's start and length are whole numbers, got {str(entry)[:80]}")
        entries.append((int(named[1]), int(start), int(length)))
    entries.sort()
    numbers = [number for number, _, _ in entries]
    if numbers[0] < 1 or len(set(numbers)) != len(numbers):
        raise ForeignFileError("an index numbers its layers from 1, each once")
    return entries
