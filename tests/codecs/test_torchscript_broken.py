"""A model that cannot be played fails with one sentence that names the cure, and ends nothing but its own process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.nn_tilde import proving
from terrain_widgets.process.worker import Worker
from tests.codecs.broken_models import Only
from tests.codecs.model_parts import save

Path_ = Callable[[str], Path]


@pytest.fixture
def prover(monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """A worker of the test's own: the shared one is kept for the other tests."""
    worker = Worker("terrain_widgets.codecs.tasks")
    monkeypatch.setattr(proving, "_prover", worker)
    yield worker
    worker.close()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no_decode", r"no method decode \(its methods: forward\); choose"),
        ("wrong_params", r"decode_params should be four whole numbers.*is \[4, 64\]; export it again"),
        ("wrong_length", r"makes \(1, 1, 511\) of 8 frames.*promise \(1, 1, 512\); export it again"),
        ("wrong_nan", r"gives NaN or infinity.*take another checkpoint"),
        ("wrong_raises", r"its decode fails: .*no such luck.*take another model"),
        ("wrong_huge", r"its decode fails: .*memory.*take another model"),
        ("wrong_hidden", r"remembers earlier sounds outside its buffers.*export it again"),
    ],
)
def test_one_sentence_names_the_cure(name: str, reason: str, model_path: Path_) -> None:
    with pytest.raises(CodecError, match=rf"{name}\.ts cannot be used: .*{reason}") as caught:
        load_codec(model_path(name))
    assert "\n" not in str(caught.value)
    assert len(re.findall(r"\. [A-Z]", str(caught.value))) == 0  # one sentence


@pytest.mark.parametrize("kind", ["garbage", "truncated", "empty", "weights", "zip"])
def test_a_file_that_is_no_model_says_so(kind: str, model_path: Path_, tmp_path: Path) -> None:
    path, whole = tmp_path / "file.ts", model_path("exact").read_bytes()
    if kind == "weights":
        torch.save({"weight": torch.zeros(3)}, path)
    else:
        content = {"garbage": os.urandom(5000), "truncated": whole[: len(whole) // 2], "empty": b""}
        path.write_bytes(content.get(kind, b"PK\x03\x04" + bytes(500)))
    with pytest.raises(
        CodecError, match=r"file\.ts cannot be used: it is no TorchScript model, or a damaged one"
    ) as caught:
        load_codec(path)
    assert "\n" not in str(caught.value)


def test_a_model_that_ends_its_process_or_never_ends_is_outlived(
    prover: Worker, model_path: Path_, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(CodecError, match=r"tried it out was killed by signal \d+; nothing else.*exported again"):
        load_codec(model_path("wrong_crash"))
    assert prover.pid is None
    copy = tmp_path / "exact.ts"
    copy.write_bytes(model_path("exact").read_bytes() + b"\0")  # new to the cache: tried out by a new process
    assert load_codec(copy).decode(np.zeros((2, 64))).shape == (1, 128)
    assert prover.pid is not None
    monkeypatch.setattr(proving, "LIMIT_SECONDS", 1.5)
    with pytest.raises(CodecError, match=r"did not answer within 1.5 s and had to be stopped.*exported again"):
        load_codec(model_path("wrong_endless"))
    assert prover.pid is None


def test_a_decoder_alone_can_be_played_but_says_that_it_does_not_encode(tmp_path: Path) -> None:
    codec = load_codec(save(Only, tmp_path / "only.ts"))
    assert codec.decode(np.ones((3, 4))).shape == (1, 192)
    with pytest.raises(CodecError, match="only decodes.*with its encoder"):
        codec.encode(np.zeros(100), 44100)


def test_a_proof_is_made_once(model_path: Path_, monkeypatch: pytest.MonkeyPatch, cache_folder: Path) -> None:
    first = load_codec(model_path("exact"))

    def never(*_: object) -> None:
        raise AssertionError("proved again")

    monkeypatch.setattr(proving, "_proved", never)
    assert load_codec(model_path("exact")).info == first.info
    for kept in (cache_folder / "models").iterdir():  # a cache that was damaged is no cache
        if b'"latents": 64' in kept.read_bytes():
            kept.write_bytes(b"{}")
    with pytest.raises(AssertionError, match="proved again"):
        load_codec(model_path("exact"))
    monkeypatch.undo()


CHILD = """
import os, sys, threading, time
from terrain_widgets.process.worker import Worker
worker = Worker("terrain_widgets.codecs.tasks")
threading.Thread(
    target=lambda: worker.ask("prove", {"path": sys.argv[1], "sample_rate": None}, limit=60.0), daemon=True
).start()
while worker.pid is None:
    time.sleep(0.01)
print(worker.pid, flush=True)
time.sleep(60)
"""


def test_the_worker_ends_with_its_parent_even_inside_an_endless_model(model_path: Path_) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(model_path("wrong_endless"))], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    worker = psutil.Process(int(parent.stdout.readline()))
    time.sleep(3.0)  # it is in the endless decode by then, or on the way there
    parent.kill()
    parent.wait()
    parent.stdout.close()
    try:
        worker.wait(timeout=10)
    except psutil.TimeoutExpired:
        worker.kill()
        raise


def test_an_idle_worker_is_freed(model_path: Path_) -> None:
    worker = Worker("terrain_widgets.codecs.tasks", idle_seconds=0.2)
    worker.ask("prove", {"path": str(model_path("exact")), "sample_rate": None}, limit=60.0)
    pid = worker.pid
    assert pid is not None
    end = time.monotonic() + 10
    while psutil.pid_exists(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert worker.pid is None
    assert not psutil.pid_exists(pid)
