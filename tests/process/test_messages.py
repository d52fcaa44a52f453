"""The channel between processes: what goes in comes out, and nothing else."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
import pytest
import torch

from terrain_widgets.process.messages import read_message, write_message


def through(content: Any) -> Any:
    stream = io.BytesIO()
    write_message(stream, {"do": "x", "id": 3}, content)
    write_message(stream, {"do": "next"})
    stream.seek(0)
    header, back = read_message(stream) or ({}, None)
    assert header == {"do": "x", "id": 3}, "the channel's own words stay its own"
    assert read_message(stream) == ({"do": "next"}, None) and read_message(stream) is None
    return back


def test_numbers_texts_lists_tuples_and_dictionaries_of_any_keys_come_back() -> None:
    content = {"a": [1, 2.5, None, True, "ü"], 7: ("x", (1,)), "inf": math.inf, "$array": {"$pairs": []}, "": {}}
    assert through(content) == content
    assert through(None) is None and through([]) == [] and through(np.float32(0.5)) == 0.5


def test_arrays_keep_shape_and_type_and_tensors_stay_tensors() -> None:
    for array in (np.arange(6.0).reshape(2, 3).T, np.float32(3)[None], np.zeros((0, 4), np.int64), np.array(2.0)):
        back = through({"x": [array]})["x"][0]
        assert back.shape == array.shape and back.dtype == array.dtype
        np.testing.assert_array_equal(back, array)
    optimizer = {"state": {0: {"step": torch.tensor(5.0), "exp_avg": torch.randn(3, 2)}}, "mask": torch.tensor([True])}
    back = through(optimizer)
    assert back["state"][0]["step"].shape == () and back["mask"].dtype == torch.bool
    assert torch.equal(back["state"][0]["exp_avg"], optimizer["state"][0]["exp_avg"])
    back["state"][0]["exp_avg"] += 1.0  # it can be written to


def test_nothing_else_is_sent_and_nothing_else_is_made_of_what_comes() -> None:
    for thing in (object(), b"bytes", {1, 2}):
        with pytest.raises(TypeError, match="a message holds numbers, texts, arrays"):
            write_message(io.BytesIO(), {}, thing)
    damaged = [
        b"no json\n", b"[1]\n", b'{"content": null}\n',
        b'{"bytes": 5, "content": null}\nabc',
        b'{"bytes": 0, "content": {"$rm": 1}}\n',
        b'{"bytes": 4, "content": {"$array": "0"}}\nabcd',
    ]  # fmt: skip
    for line in damaged:
        assert read_message(io.BytesIO(line)) is None
