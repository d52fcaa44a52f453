"""`terrain-widgets demo`: the main job without a screen, as a user would start it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from terrain_widgets.io.checkpoint import load_checkpoint
from terrain_widgets.session.session import Session


def run(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "terrain_widgets.cli", *arguments],
        env={**os.environ, "HOME": str(home), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    home, out = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("demo") / "new"
    done = run("demo", "--out", str(out), "--seconds", "6", home=home)
    assert done.returncode == 0, done.stderr
    assert list(home.iterdir()) == [], "the demo left something in the user's home"
    return out


def test_it_writes_four_files(out):
    assert {p.name for p in out.iterdir()} == {"terrain.safetensors", "session.zip", "heatmap.png", "walk.wav"}


def test_the_walk_sounds_and_hurts_nobody(out):
    audio, rate = soundfile.read(out / "walk.wav", always_2d=True)
    mono = audio[:, 0]
    assert 9.9 <= len(mono) / rate <= 10.1 and np.isfinite(mono).all()
    assert -40 <= 20 * np.log10(np.sqrt((mono**2).mean())) <= -10
    assert np.abs(mono).max() <= 10 ** (-1 / 20)
    assert np.abs(mono[[0, -1]]).max() < 1e-3, "it begins or ends with a click"
    blocks = mono[: len(mono) // rate * rate].reshape(-1, rate)
    spectra = np.log1p(100 * np.abs(np.fft.rfft(blocks * np.hanning(rate), axis=1)))
    likeness = np.corrcoef(spectra)
    assert likeness[np.triu_indices(len(blocks), 1)].min() < 0.75, "every second of it sounds the same"


def test_checkpoint_session_and_picture_belong_together(out):
    checkpoint = load_checkpoint(out / "terrain.safetensors")
    session = Session.load(out / "session.zip")
    x = session.training.dataset.coordinates
    assert (session.stage.sources.shown(x) == checkpoint.terrain(x)).all()
    assert checkpoint.codec["source"] == "pebble" and checkpoint.history["loss"] < 0.8
    error = float(((checkpoint.terrain(x) - session.training.dataset.latents) ** 2).mean())
    assert error == pytest.approx(checkpoint.history["loss"], rel=0.01)
    picture = np.asarray(Image.open(out / "heatmap.png").convert("RGB"))
    assert picture.shape == (512, 512, 3) and picture.std() > 20
    session.close()


def test_a_failure_is_one_line_and_a_status(tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = run("demo", "--out", str(tmp_path / "file"), home=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("terrain-widgets: ")
