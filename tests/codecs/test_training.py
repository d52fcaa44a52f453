"""``make codec`` in small: render, train, be killed, go on."""

from __future__ import annotations

import copy
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from terrain_widgets.codecs.bundled.heldout import HELD_OUT_NOTES, HELD_OUT_PROGRAMS, HELD_OUT_SAMPLES
from terrain_widgets.codecs.bundled.phrases import melody
from terrain_widgets.codecs.bundled.render import SOUNDFONT
from terrain_widgets.codecs.bundled.rendered_sounds import RenderedSounds
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.codecs.pebble.decoder import PebbleDecoder
from terrain_widgets.codecs.pebble.lost_pitch import any_pitch
from terrain_widgets.codecs.trainer.losses.log_spectra import SpectralLoss

needs_fluidsynth = pytest.mark.skipif(
    shutil.which("fluidsynth") is None or not Path(SOUNDFONT).exists(),
    reason="rendering needs Debian's fluidsynth and fluid-soundfont-gm",
)
TRAINING = "terrain_widgets.codecs.bundled"
SMALL = ["--pitch-steps", "10", "--pitch-examples", "100", "--save-seconds", "0.5"]


def _run(*arguments: str | Path) -> str:
    command = [sys.executable, "-m", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.extra
@needs_fluidsynth
def test_make_codec_in_small(tmp_path: Path) -> None:
    data, run = tmp_path / "data", tmp_path / "run"
    render = [f"{TRAINING}.render", "--out", data, "--seconds", "3", "--trial"]
    assert "s left" in _run(*render)
    assert _run(*render).count("rendered before with the same settings") == 2
    names = {segment.name for part in ("train", "evaluation") for segment in RenderedSounds(data / part).segments}
    assert "program 0" in names and "drum kit 0" in names
    train = [f"{TRAINING}.train_pebble", "--data", data, "--out", run, *SMALL]
    # Killed without warning, as soon as there is a checkpoint.
    process = subprocess.Popen(
        [sys.executable, "-m", *map(str, train), "--minutes", "5"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        patience = time.monotonic() + 60
        while not (run / "checkpoint.pt").exists():
            assert process.poll() is None and time.monotonic() < patience
            time.sleep(0.1)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    state = torch.load(run / "checkpoint.pt", weights_only=True)["state"]
    assert state["step"] > 0
    pitch = (run / "pitch.pt").read_bytes()
    _run(*train, "--minutes", str((state["seconds"] + 1.5) / 60))
    after = torch.load(run / "checkpoint.pt", weights_only=True)["state"]
    assert after["step"] > state["step"] and after["seconds"] > state["seconds"] + 1.4
    assert (run / "pitch.pt").read_bytes() == pitch  # not learned again
    codec = PebbleCodec((run / "pebble.safetensors").read_bytes())
    audio = codec.decode(codec.encode(RenderedSounds(data / "train").sound(0, 40).numpy(), 44100))
    assert np.isfinite(audio).all() and np.abs(audio).max() > 0.01
    assert isinstance(json.loads((run / "curve.json").read_text()), list)


def test_what_is_held_out_is_never_struck() -> None:
    for program in (0, 14, 40):
        struck = {a for _, kind, a, _ in melody(program, 60.0, 1, forbidden=HELD_OUT_NOTES).events if kind == "on"}
        assert struck and not struck & set(HELD_OUT_NOTES)
    assert len(HELD_OUT_PROGRAMS) == 4 and len(HELD_OUT_SAMPLES) == 9


def test_what_has_no_pitch_gets_any() -> None:
    curve = np.array([np.nan, np.nan, 60, 61, np.nan, 62, np.nan], np.float32)
    first, second = (any_pitch(curve, np.random.default_rng(seed)) for seed in (1, 2))
    for filled in (first, second):
        assert np.isfinite(filled).all() and filled[0] == filled[1]
        np.testing.assert_array_equal(filled[[2, 3, 5]], [60, 61, 62])
    assert (first[[0, 4, 6]] != second[[0, 4, 6]]).all()
    np.testing.assert_array_equal(any_pitch(curve[2:4], np.random.default_rng(0)), curve[2:4])


def test_a_copy_of_the_decoder_has_weights_and_tables_of_its_own() -> None:
    decoder = PebbleDecoder()
    other = copy.deepcopy(decoder)
    latents = torch.zeros(1, 8, 4)

    def sound(module: PebbleDecoder) -> torch.Tensor:
        with torch.no_grad():
            return module(latents, module.fresh_state(1))[0]

    torch.testing.assert_close(sound(other), sound(decoder))
    with torch.no_grad():
        other.net[9].bias.add_(torch.randn(len(other.net[9].bias)))
    assert (sound(other) - sound(decoder)).abs().max() > 1e-3
    decoder.load_state_dict(other.state_dict())
    torch.testing.assert_close(sound(other), sound(decoder))
    assert decoder.double().bands.dtype == torch.float64 and other.bands.dtype == torch.float32


def test_the_loss_is_least_for_the_same_sound() -> None:
    torch.manual_seed(0)
    loss = SpectralLoss()
    target = 0.2 * torch.sin(torch.arange(8192) * 0.05).repeat(2, 1)
    louder, other = loss(target * 2, target), loss(torch.sin(torch.arange(8192) * 0.08).repeat(2, 1) * 0.2, target)
    assert loss(target, target) < 0.01 < louder < other
