"""A training that was killed goes on as if it had not been."""

from __future__ import annotations

import math
import random
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.own.card import Card
from terrain_widgets.codecs.own.file import read_own, write_own
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.codecs.trainer.checkpoint import CheckpointRefused, read_checkpoint, write_checkpoint
from terrain_widgets.codecs.trainer.events import Event, Started
from terrain_widgets.codecs.trainer.recipes.pebble import RECIPE
from terrain_widgets.codecs.trainer.settings import SettingOptions, Settings
from terrain_widgets.codecs.trainer.train_codec import train_codec, training_order
from terrain_widgets.codecs.trainer.trainer import Trainer, Wish
from terrain_widgets.io.sound_files import Sound
from tests.codecs.trainer.runs import RATE, SMALL, plucked, small_dataset, tones, trained, until

BATCHES = 8
Trained = tuple[dict[int, dict[str, float]], Path]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A training that nothing disturbed: losses by step, and the codec's file."""
    return trained(tmp_path_factory.mktemp("whole"), BATCHES)


def test_killed_at_a_random_step_and_resumed_it_has_the_same_losses_and_weights(whole: Trained, tmp_path: Path) -> None:
    expected, expected_file = whole
    last = random.randrange(2, BATCHES)
    command = [sys.executable, "-m", "tests.codecs.trainer.runs", str(tmp_path), str(BATCHES), str(last)]
    assert subprocess.run(command, cwd=Path(__file__).parents[3], check=False).returncode == -signal.SIGKILL
    stood = read_checkpoint(tmp_path / "plucked.training").state["step"]
    assert 0 < stood <= last
    losses, file = trained(tmp_path, BATCHES)
    assert set(losses) == {*range(stood + 1, BATCHES + 1)}, "it does not begin anew"
    for step, terms in losses.items():
        assert terms == pytest.approx(expected[step], rel=1e-5)
    ours, theirs = read_own(file), read_own(expected_file)
    np.testing.assert_allclose(ours.card.curve, theirs.card.curve)
    assert all(np.array_equal(value, theirs.tensors[name]) for name, value in ours.tensors.items())
    _plays_as_a_codec(file)


@pytest.mark.parametrize("recipe", ["stream", "one-shot"])
def test_other_recipes_too_go_on_as_if_they_had_not_stopped(recipe: str, tmp_path: Path) -> None:
    expected = until(tmp_path / "whole", recipe, 4)
    first, second = until(tmp_path / "parts", recipe, 2), until(tmp_path / "parts", recipe, 4)
    assert set(first) == {1, 2} and set(second) == {3, 4}
    for step, terms in {**first, **second}.items():
        assert terms == pytest.approx(expected[step], rel=1e-5)


def _plays_as_a_codec(file: Path) -> None:
    """Streaming is offline, random latents are bounded, and what the card says is there."""
    codec = load_codec(file)
    assert codec.info.name == "plucked" and codec.info.capabilities.in_page and "tuned" in codec.info.about
    latents = np.random.default_rng(0).normal(0, 4, (40, 8)).astype(np.float32)
    heard, stream = codec.decode(latents), codec.stream()
    assert np.isfinite(heard).all() and np.abs(heard).max() < 4.0
    parts = [stream.decode(latents[at : at + 3].T[None])[0] for at in range(0, 40, 3)]
    np.testing.assert_allclose(np.concatenate(parts, axis=1), heard, atol=1e-5)
    card = read_own(file).card
    assert card.recipe == "pebble" and card.data_licences == ("CC0-1.0",) and card.settings["batch"] == SMALL["batch"]
    assert card.curve[0][0] == 0 and min(error for _, error in card.curve) == card.error


def test_a_codec_in_use_stays_what_it_was_while_its_file_is_trained_on(
    whole: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAIN_WIDGETS_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "plucked.safetensors"
    shutil.copy(whole[1], file)
    codec = load_codec(file)
    latents = np.random.default_rng(0).normal(0, 1, (9, 8)).astype(np.float32)
    held = read_own(file)
    tensors = {name: torch.from_numpy(value.copy()) for name, value in held.tensors.items()}
    write_own(file, held.family, held.model, tensors, replace(held.card, minutes=9.0, licence="CC0-1.0"))
    assert load_codec(file).recipe == codec.recipe, "only its card is another"
    name = next(name for name, value in tensors.items() if value.dtype.is_floating_point)
    write_own(file, held.family, held.model, {**tensors, name: tensors[name] * 1.5}, held.card)
    assert load_codec(file).recipe != codec.recipe
    assert codec.recipe is not None
    found = load_codec(CodecRecipe.from_json(codec.recipe.to_json()))
    assert found.recipe == codec.recipe and found.info.name == "plucked"
    np.testing.assert_array_equal(found.decode(latents), codec.decode(latents))
    shutil.rmtree(tmp_path / "cache")
    with pytest.raises(CodecError, match="trained on since then"):
        load_codec(codec.recipe)


def test_a_finished_codec_is_written_again_only_by_a_better_one_or_when_that_is_asked_for(
    whole: Trained, tmp_path: Path
) -> None:
    for file in (whole[1], whole[1].with_suffix(".training")):
        shutil.copy(file, tmp_path)
    file = tmp_path / "plucked.safetensors"
    before = file.read_bytes()
    trained(tmp_path, BATCHES)
    assert file.read_bytes() == before, "nothing was left to learn"
    (tmp_path / "plucked.training").unlink()
    with pytest.raises(ValueError, match="resume=False"):
        training_order(tones(), out=file)
    assert not training_order(tones(), out=file, resume=False).resume and file.read_bytes() == before


def test_a_stop_while_sounds_are_still_read_ends_it_at_once(tmp_path: Path) -> None:
    with pytest.raises(CodecError, match="stopped before it began"):
        train_codec(tones(), out=tmp_path / "plucked.safetensors", wish=lambda: "stop")
    assert not list(tmp_path.iterdir())


def test_no_more_sound_is_kept_than_was_asked_for_and_that_is_said(tmp_path: Path) -> None:
    long = Sound("evening", np.tile(plucked(0).audio, 9), RATE)
    said: list[str] = []

    def told(event: Event) -> None:
        if isinstance(event, Started):
            said.extend(event.report)

    def wish() -> Wish:
        return "stop" if said else "go"

    settings: SettingOptions = {"minutes": None, "epochs": 1, "most_minutes": 0.1}
    train_codec([long, plucked(4)], out=tmp_path / "plucked.safetensors", told=told, wish=wish, **settings)
    assert any("evening lasts 9 s: 5 s of it are used" in line for line in said), said


def test_a_checkpoint_of_another_training_is_refused_and_left_alone(whole: Trained, tmp_path: Path) -> None:
    before = whole[1].with_suffix(".training").read_bytes()
    checkpoint = tmp_path / "plucked.training"
    checkpoint.write_bytes(before)
    other = Settings(minutes=None, epochs=1, **{**SMALL, "lr": 1e-4})
    with pytest.raises(CheckpointRefused, match="resume=False"):
        Trainer(RECIPE, small_dataset(), other, tmp_path / "plucked.safetensors", checkpoint)
    assert checkpoint.read_bytes() == before
    checkpoint.write_bytes(before[: len(before) // 2])
    with pytest.raises(CheckpointRefused, match="begin anew with resume=False"):
        read_checkpoint(checkpoint)
    checkpoint.write_bytes(before)
    whole_one = read_checkpoint(checkpoint)
    write_checkpoint(checkpoint, replace(whole_one, state={**whole_one.state, "plateau": {"luck": 3}}))
    same = Settings(minutes=None, epochs=1, **SMALL)
    with pytest.raises(CheckpointRefused, match="begin anew with resume=False.*luck"):
        Trainer(RECIPE, small_dataset(), same, tmp_path / "plucked.safetensors", checkpoint)


@pytest.mark.parametrize("family", ["stream", "one-shot"])
def test_a_strangers_codec_with_impossible_numbers_is_refused_in_words(family: str, tmp_path: Path) -> None:
    file = tmp_path / "odd.safetensors"
    sizes = {name: math.inf for name in ("samples", "latents", "width", "ratio")}
    write_own(file, family, sizes, {"a": torch.ones(1)}, Card())
    with pytest.raises(CodecError, match="odd is damaged"):
        load_codec(file)
    write_own(file, family, {}, {"a": torch.ones(1)}, Card(error="x"))
    with pytest.raises(CodecError, match=r"odd\.safetensors is no codec"):
        load_codec(file)
