"""Tensors and sizes that claim more than there is: refused before anything of that size is made."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest

from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.interop.nn_terrain import torch_archive
from terrain_widgets.interop.nn_terrain.terrain import load_terrain
from tests.interop.archives import entries_of, outcome, text, write_zip


def tensor(storage="0", count=8, offset=0, shape=(8,), strides=(1,), kind="FloatStorage"):
    """A module with one tensor, described at will."""

    def integer(n):
        return b"\x8a" + bytes([len(b := n.to_bytes(9, "little", signed=True))]) + b

    def numbers(values):
        return b"(" + b"".join(map(integer, values)) + b"t"

    pid = b"(" + text("storage") + f"ctorch\n{kind}\n".encode() + text(storage) + text("cpu") + integer(count) + b"tQ"
    rest = integer(offset) + numbers(shape) + numbers(strides) + b"\x89ccollections\nOrderedDict\n)R"
    built = b"ctorch._utils\n_rebuild_tensor_v2\n(" + pid + rest + b"tR"
    return b"\x80\x02c__torch__\nModule\n)\x81}(" + text("t") + built + b"ub."


@pytest.mark.parametrize(
    "tampered",
    [
        {"shape": (2**40,)},
        {"shape": (2**28, 2**28), "strides": (0, 0)},  # a huge table of one number
        {"shape": (4, 4), "strides": (0, 1)},
        {"shape": (9,)},
        {"shape": (8,), "strides": (2,)},
        {"offset": 1},
        {"offset": -1},
        {"shape": (-1,)},
        {"strides": (-1,)},
        {"shape": (0,)},
        {"shape": (2, 4), "strides": (4,)},
        {"shape": (1,) * 40, "strides": (1,) * 40},
        {"count": 2**60},
        {"count": 4},
        {"storage": "../../../etc/passwd"},
        {"storage": "99"},
        {"storage": "²"},
        {"kind": "UntypedStorage"},
        {"kind": "nn"},
        {"kind": "LongStorage"},
    ],
    ids=str,
)
def test_tensors_that_reach_beyond_their_storage(tampered, tmp_path):
    path = tmp_path / "t.pt"
    entries = {"t/data/0": np.arange(8, dtype=np.float32).tobytes()}
    write_zip(path, entries | {"t/data.pkl": tensor()})
    assert torch_archive.read_archive(path)["t"].tolist() == list(range(8))  # untampered, it is read
    write_zip(path, entries | {"t/data.pkl": tensor(**tampered)})
    with pytest.raises(ForeignFileError):
        torch_archive.read_archive(path)


@pytest.mark.parametrize("number", ["m_in_dim", "m_out_dim", "m_cmax", "m_mapping_size", "m_gauss_scale"])
@pytest.mark.parametrize("value", [-1, 0, 7, 10**6, 2**40, 2**62])
def test_sizes_that_lie_are_refused_before_anything_is_made_of_that_size(number, value, small, tmp_path, monkeypatch):
    entries = entries_of(small)
    keys = sorted(int(n.split("/")[-1]) for n in entries if "/data/" in n)[-5:]
    order = ["m_in_dim", "m_out_dim", "m_cmax", "m_gauss_scale", "m_mapping_size"]
    name = f"terrain/data/{keys[order.index(number)]}"
    assert name in entries
    packed = struct.pack("<f", value) if number == "m_gauss_scale" else struct.pack("<q", value)
    write_zip(tmp_path / "lie.pt", entries | {name: packed})
    if number == "m_gauss_scale" and value == 7:
        assert load_terrain(tmp_path / "lie.pt").config.gauss_scale == 7  # a name only: the frequencies are in the file
        return
    made = []
    monkeypatch.setattr(
        "terrain_widgets.interop.nn_terrain.terrain.Terrain.from_state", lambda state: made.append(state)
    )
    assert not outcome(tmp_path / "lie.pt")
    assert not made


def test_weights_that_are_no_numbers_are_refused(small, tmp_path):
    entries = entries_of(small)
    for bad in (math.nan, math.inf):
        changed = np.frombuffer(entries["terrain/data/2"], np.float32).copy()
        changed[3] = bad
        write_zip(tmp_path / "bad.pt", entries | {"terrain/data/2": changed.tobytes()})
        with pytest.raises(ForeignFileError, match="NaN or infinity"):
            load_terrain(tmp_path / "bad.pt")


def test_many_tensors_on_one_storage_do_not_add_up(tmp_path, monkeypatch):
    """Each fits its storage, but a hundred tables of all of it would be a hundred times the file."""
    one, numbers = tensor(count=2000, shape=(2000,)), np.zeros(2000, np.float32).tobytes()
    start, end = one.index(text("t")), one.index(b"ub.")
    many = one[:start] + b"".join(text(f"t{k}") + one[start + len(text("t")) : end] for k in range(100)) + b"ub."
    write_zip(tmp_path / "m.pt", {"t/data/0": numbers, "t/data.pkl": many})
    assert len(torch_archive.read_archive(tmp_path / "m.pt")) == 100
    monkeypatch.setattr(torch_archive, "LARGEST_FILE", 99 * len(numbers))
    with pytest.raises(ForeignFileError, match="add up"):
        torch_archive.read_archive(tmp_path / "m.pt")
