"""Bends in files: our own, and the weights that Latent-Playground saves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save as save_arrays

from terrain_widgets.core.bending.bend import Bend, model_hash
from terrain_widgets.core.bending.encoder_layers import is_encoder
from terrain_widgets.core.bending.outputs import is_output
from terrain_widgets.core.bending.terrain_layers import is_terrain
from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.interop.latent_playground.weights import is_index, read_weights
from terrain_widgets.io.reading import reading, tensors_of

FloatArray = NDArray[np.float32]


class BendFileError(ValueError):
    """A file cannot be read as a bend of this model; the message says why."""


def bend_to_bytes(bend: Bend, layers: Mapping[str, FloatArray], codec: str) -> bytes:
    """Edits as a safetensors file: JSON in its header, with a hash of the weights that they were made for.

    Args:
        bend: The edits.
        layers: The model's own weights.
        codec: Its name, for people.
    """
    content, arrays = bend.pack()
    header = json.dumps({**content, "model": model_hash(_own(layers)), "codec": codec}, ensure_ascii=False)
    return save_arrays(arrays or {"none": np.zeros(1, np.float32)}, metadata={"bend": header})


def beside(path: Path, data: bytes) -> Path | None:
    """The other one of Latent-Playground's two files, where this is one of them and that lies beside it."""
    suffix = path.suffix.lower()
    if suffix != ".wav" and not is_index(data):
        return None
    other = path.with_suffix(".json" if suffix == ".wav" else ".wav")
    return other if other.is_file() else None


class BendReader:
    """Reads files one by one; of Latent-Playground's pairs the first waits for the second."""

    def __init__(self) -> None:
        self._halves: dict[str, dict[str, bytes]] = {}  # by stem and suffix

    def read(
        self, name: str, data: bytes, present: Bend, layers: Mapping[str, FloatArray], codec: str
    ) -> tuple[Bend, str]:
        """What a file makes of a bend.

        Args:
            name: The file's.
            data: Its content.
            present: The bend that there is.
            layers: The model's own weights, and neutral tables of its outputs.
            codec: The model's name.

        Returns:
            The new bend, and a sentence on it.

        Raises:
            BendFileError: If it is no such file, or was made for other weights.
        """
        stem, suffix = PurePath(name).stem, PurePath(name).suffix.lower()
        if suffix != ".wav" and not is_index(data):
            bend = _edits(name, data, layers, codec)
            return bend, f"{len(bend.steps)} edit{'s' if len(bend.steps) != 1 else ''} of {name}."
        half = ".wav" if suffix == ".wav" else ".json"
        pair = {**self._halves.get(stem, {}), half: data}
        if len(pair) < 2:
            self._halves = {stem: pair}  # another name's half is forgotten
            return present, f"{name} is half of it: open {stem}{'.json' if half == '.wav' else '.wav'} too."
        self._halves = {}
        return _weights(stem, pair, present, _own(layers))


def _own(layers: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """The codec's weights among all that can be bent."""
    return {name: weights for name, weights in layers.items() if not is_output(name) and not is_terrain(name)}


def _hashes(own: Mapping[str, FloatArray]) -> tuple[str, ...]:
    """Which model it is: also as it was known when only decoders were bent."""
    return model_hash(own), model_hash({name: weights for name, weights in own.items() if not is_encoder(name)})


def _edits(name: str, data: bytes, layers: Mapping[str, FloatArray], codec: str) -> Bend:
    with reading(BendFileError, f"{name} is no bend, or it is damaged"):
        arrays: Mapping[str, FloatArray] = {}
        if data[:1] == b"{":  # as earlier programs wrote it
            content = json.loads(data)
        else:
            arrays, header = tensors_of(data)
            content = json.loads(header.get("bend", "{}"))
        bend = Bend.unpack(content, arrays)
        if content.get("model") not in _hashes(_own(layers)):
            raise BendFileError(
                f"{name} was made for other weights (codec {str(content.get('codec'))[:80]!r}); "
                f"this session plays {codec!r}"
            )
        bend.parted(is_terrain)[1].apply(layers)  # edits of a terrain wait for it
    return bend


def _weights(stem: str, pair: Mapping[str, bytes], present: Bend, layers: Mapping[str, FloatArray]) -> tuple[Bend, str]:
    try:
        read = read_weights(pair[".wav"], pair[".json"], {name: own.size for name, own in layers.items()})
    except ForeignFileError as error:
        raise BendFileError(f"{stem}: {error}") from error
    changed = {name: w for name, w in read.weights.items() if not (w == layers[name].ravel()).all()}
    said = f"{len(changed)} of {len(read.weights)} layers of {stem} differ from this model's."
    if read.stretched:
        said += f" Latent-Playground has shortened {', '.join(read.stretched)}: stretched, they are not exact."
    return present.towards(changed, 1.0, stem), said
