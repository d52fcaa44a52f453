"""An update as one file of bytes, as the page takes it: safetensors, with what JSON can say of it in the header."""

from __future__ import annotations

import json

import numpy as np
from safetensors.numpy import save

from terrain_widgets.audio.update import Packed

_LARGE = 4096  # weights of a layer that are worth halving


def packed_bytes(packed: Packed, *, half: bool = False) -> bytes:
    """A packed update as a safetensors file.

    Args:
        packed: What to write; floats become float32.
        half: Write large tables of a mapping as float16: half the size, and latents that differ in the third digit.
    """
    arrays = {}
    for name, array in packed.arrays.items():
        wide = np.ascontiguousarray(array, dtype=np.float32)
        layer = name.startswith("mapping:of/") and wide.ndim == 2 and wide.size > _LARGE
        arrays[name] = wide.astype(np.float16) if half and layer else wide
    return save(arrays, metadata={"config": json.dumps(packed.config, separators=(",", ":"))})
