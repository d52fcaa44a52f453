"""Files: what was written is read; what is damaged, newer or something else is refused in words."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.io.atomic import replacing
from terrain_widgets.io.checkpoint import Checkpoint, CheckpointError, load_checkpoint, save_checkpoint
from terrain_widgets.io.session_file import SessionContent, SessionFileError, read_session, write_session
from tests.session.doubles import tones


@pytest.fixture
def checkpoint():
    terrain = Terrain(2, 4, gauss_scale=0.3, network_channel=16, feature_size=8, seed=9)
    return Checkpoint(terrain, Boundary(-16, -4, 16, 4), {"source": "pebble", "digest": "ab"}, {"loss": 0.5})


def content(checkpoint):
    sound = tones(1)[0]
    path, latents = np.ones((3, 2), np.float32), np.ones((5, 4), np.float32)
    return SessionContent({"c1": sound}, {"c1": path}, {"c1": latents}, Boundary(), 1.6, 0, {"source": "x"}, checkpoint)


def test_a_checkpoint_comes_back_whole(checkpoint, tmp_path):
    save_checkpoint(tmp_path / "t.safetensors", checkpoint)
    again = load_checkpoint(tmp_path / "t.safetensors")
    x = np.random.default_rng(0).normal(size=(9, 2))
    assert (again.terrain(x) == checkpoint.terrain(x)).all()
    assert (again.boundary, again.codec, again.history) == (checkpoint.boundary, checkpoint.codec, checkpoint.history)
    assert again.terrain.config == checkpoint.terrain.config


def test_damaged_checkpoints_end_in_our_error(checkpoint, tmp_path):
    file = tmp_path / "t.safetensors"
    save_checkpoint(file, checkpoint)
    whole = file.read_bytes()
    random = np.random.default_rng(1)
    refused = 0
    for _ in range(300):
        broken = bytearray(whole)
        if random.random() < 0.3:
            broken = broken[: random.integers(len(broken))]
        else:
            for at in random.integers(0, 900, size=3):  # the header, where structure is
                broken[at] = random.integers(256)
        file.write_bytes(broken)
        try:
            load_checkpoint(file)
        except CheckpointError:
            refused += 1
    assert refused > 200


@pytest.mark.parametrize("made", [b"", b"hello", b"\x80\x04.", None])
def test_other_files_are_refused(made, tmp_path):
    file = tmp_path / "other.bin"
    if made is not None:
        file.write_bytes(made)
    with pytest.raises(CheckpointError):
        load_checkpoint(file)
    with pytest.raises(SessionFileError):
        read_session(file)


def test_a_session_comes_back_whole(checkpoint, tmp_path):
    write_session(tmp_path / "s.zip", content(checkpoint))
    again = read_session(tmp_path / "s.zip")
    assert list(again.sounds) == ["c1"] and again.sounds["c1"].name == "tone 0"
    assert (again.paths["c1"] == 1).all() and again.latents["c1"].shape == (5, 4)
    assert again.terrain is not None and again.terrain.history == {"loss": 0.5}


@pytest.mark.parametrize(
    "change", [{"version": 99}, {"format": "else"}, {"boundary": {"left": 1}}, {"clips": [{"id": "c7"}]}]
)
def test_a_newer_or_wrong_session_is_refused(change, checkpoint, tmp_path):
    write_session(tmp_path / "s.zip", content(checkpoint))
    with zipfile.ZipFile(tmp_path / "s.zip") as old:
        entries = {name: old.read(name) for name in old.namelist()}
    entries["session.json"] = json.dumps({**json.loads(entries["session.json"]), **change}).encode()
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as new:
        for name, data in entries.items():
            new.writestr(name, data)
    with pytest.raises(SessionFileError, match=r"s\.zip"):
        read_session(tmp_path / "s.zip")


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    file = tmp_path / "deep" / "a.txt"
    with replacing(file) as temporary:
        temporary.write_text("old")
    with pytest.raises(RuntimeError), replacing(file) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert file.read_text() == "old" and [p.name for p in file.parent.iterdir()] == ["a.txt"]
