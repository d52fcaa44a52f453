"""Encoding in a process of its own: the same latents, progress, a way to stop, and never the same sound twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from terrain_widgets.codecs import background_encoder
from terrain_widgets.codecs.background_encoder import BackgroundEncoder, WorkCancelled
from terrain_widgets.codecs.base import Codec, CodecError, weights_of
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.nn_tilde.codec import TorchScriptCodec
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.bending.encoder_layers import is_encoder
from terrain_widgets.process.worker import Worker
from tests.codecs.model_parts import save
from tests.codecs.rave_models import Rave

Model = Callable[[str], TorchScriptCodec]


def noise(seconds: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.2, (2, round(seconds * 44100))).astype(np.float32)


def recipe_of(codec: Codec) -> CodecRecipe:
    assert codec.recipe is not None
    return codec.recipe


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One for all tests: to start one takes seconds on a busy machine."""
    worker = Worker("terrain_widgets.codecs.tasks")
    yield worker
    worker.close()


def test_it_encodes_as_the_codec_does_tells_how_far_it_is_and_remembers(
    model: Model, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    codec, sound = model("rave_v2"), noise(20.0)
    told: list[tuple[float, float]] = []
    encoder = BackgroundEncoder(recipe_of(codec), worker=worker)
    latents = encoder.encode(sound, 44100, progress=lambda done, total: told.append((done, total)))
    assert encoder.pid is not None
    np.testing.assert_allclose(latents.values, codec.encode(sound, 44100).values, atol=1e-6)
    assert latents.frame_rate == codec.info.frame_rate
    done, totals = zip(*told, strict=True)
    assert len(done) > 4
    assert list(done) == sorted(done)
    assert done[-1] == totals[0] == 20.0
    assert len(encoder.encode(noise(0.1, seed=1), 44100)) == 3
    bent = {name: 0.5 * weights for name, weights in weights_of(codec).items() if is_encoder(name)}
    again = encoder.encode(sound[:, :44100], 44100, weights=bent)
    np.testing.assert_allclose(again.values, codec.encode_with(bent, sound[:, :44100], 44100).values, atol=1e-6)
    assert np.abs(again.values - encoder.encode(sound[:, :44100], 44100).values).max() > 1e-3, "not the same memory"

    def never(*_: object, **__: object) -> None:
        raise AssertionError("asked again")

    monkeypatch.setattr(worker, "ask", never)
    np.testing.assert_array_equal(encoder.encode(sound, 44100).values, latents.values)
    with pytest.raises(AssertionError, match="asked again"):
        encoder.encode(sound[:, 1:], 44100)
    with pytest.raises(AssertionError, match="asked again"):
        encoder.encode(sound, 48000)


def test_it_stops_when_asked_and_goes_on_afterwards(model: Model, worker: Worker) -> None:
    encoder = BackgroundEncoder(recipe_of(model("rave_v2")), worker=worker, cached=False)
    encoder.encode(noise(0.1), 44100)
    pid, told = encoder.pid, list[float]()
    with pytest.raises(WorkCancelled):
        encoder.encode(noise(90.0), 44100, progress=lambda done, _: told.append(done), cancelled=lambda: len(told) > 1)
    assert max(told) < 90.0
    assert len(encoder.encode(noise(0.1), 44100)) == 3
    assert encoder.pid == pid  # it was asked, not killed


def test_a_codec_that_cannot_encode_in_blocks_is_encoded_whole(worker: Worker) -> None:
    codec = load_codec()
    assert codec.recipe is not None
    told: list[tuple[float, float]] = []
    encoder = BackgroundEncoder(codec.recipe, worker=worker, cached=False)
    latents = encoder.encode(noise(0.5), 44100, progress=lambda *seconds: told.append(seconds))
    np.testing.assert_allclose(latents.values, codec.encode(noise(0.5), 44100).values, atol=1e-4)
    assert told == [(0.5, 0.5)]


def test_a_damaged_cache_is_no_cache(model: Model, worker: Worker, cache_folder: Path) -> None:
    sound = noise(0.1, seed=9)
    encoder = BackgroundEncoder(recipe_of(model("exact")), worker=worker)
    first = encoder.encode(sound, 44100)
    for kept in (cache_folder / background_encoder._KIND).iterdir():
        kept.write_bytes(kept.read_bytes()[:50])
    np.testing.assert_array_equal(encoder.encode(sound, 44100).values, first.values)


def test_a_codec_that_changed_on_disk_is_not_used(worker: Worker, tmp_path: Path) -> None:
    path = save(lambda: Rave(ratio=512), tmp_path / "changing.ts")
    encoder = BackgroundEncoder(recipe_of(load_codec(path)), worker=worker, cached=False)
    with pytest.raises(ValueError, match="not empty"):
        encoder.encode(np.zeros((1, 0)), 44100)
    save(lambda: Rave(ratio=1024), path)
    with pytest.raises(CodecError, match="changed on disk.*load it again"):
        encoder.encode(noise(0.1), 44100)


def test_a_worker_that_dies_is_told_of_and_the_next_sound_starts_another(model: Model, worker: Worker) -> None:
    encoder = BackgroundEncoder(recipe_of(model("exact")), worker=worker, cached=False)
    encoder.encode(noise(0.1), 44100)
    pid = encoder.pid
    assert pid is not None

    def kill() -> bool:
        if psutil.pid_exists(pid):
            psutil.Process(pid).kill()
        return False

    with pytest.raises(CodecError, match="was killed by signal 9; encode again"):
        encoder.encode(noise(90.0), 44100, cancelled=kill)
    assert encoder.pid is None
    with encoder:
        assert len(encoder.encode(noise(0.1), 44100)) == 69
        another = encoder.pid
        assert another is not None
    assert not psutil.pid_exists(another)
