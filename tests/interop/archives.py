"""Archives taken apart and put together again, well or badly."""

from __future__ import annotations

import struct
import zipfile

import numpy as np

from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.interop.nn_terrain.terrain import load_terrain


def entries_of(path):
    with zipfile.ZipFile(path) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def write_zip(path, entries, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


def outcome(path):
    """True for a terrain, which must be whole; False for our own error; anything else is a failure."""
    try:
        terrain = load_terrain(path)
    except ForeignFileError as error:
        assert path.name in str(error)
        return False
    assert terrain(np.zeros((1, terrain.control_dim))).shape == (1, terrain.latent_dim)
    return True


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()
