"""Decoding block by block is decoding at once, and nobody hears anybody else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terrain_widgets.codecs.base import CodecStream
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.nn_tilde.codec import TorchScriptCodec
from terrain_widgets.codecs.nn_tilde.stream import PlayableModel, TorchScriptStream
from terrain_widgets.core.bending.encoder_layers import is_encoder

Model = Callable[[str], TorchScriptCodec]

STATEFUL = [
    "rave_v1",
    "rave_v2",
    "rave_v3",
    "rave_small",
    "rave_discrete",
    "rave_spherical",
    "rave_stereo",
    "rave_filtered",
    "rave_88200",
    "rave_folded",
    "rave_not_streaming",
    "vschaos",
    "music2latent",
    "music2latent_stereo",
    "nn16",
    "nn16_rate",
    "asking",
    "exact_late",
]
FRAMES = 20


def paths(codec: TorchScriptCodec, voices: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 3, (voices, codec.info.latent_dim, FRAMES)).astype(np.float32)


def in_blocks(stream: CodecStream, latents: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    parts, at, k = [], 0, 0
    while at < latents.shape[2]:
        size = sizes[k % len(sizes)]
        parts.append(stream.decode(latents[:, :, at : at + size]))
        at, k = at + size, k + 1
    return np.concatenate(parts, axis=2)


@pytest.mark.parametrize("name", STATEFUL)
def test_any_blocks_give_the_samples_of_one_call(name: str, model: Model) -> None:
    codec = model(name)
    latents = paths(codec, 1)
    at_once = codec.stream(1).decode(latents)
    stream = codec.stream(1)

    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.integers(1, 9), min_size=1, max_size=6))
    def any_blocks(sizes: list[int]) -> None:
        stream.reset()
        np.testing.assert_allclose(in_blocks(stream, latents, sizes), at_once, atol=1e-5)

    any_blocks()
    np.testing.assert_allclose(codec.decode(latents[0].T), at_once[0], atol=1e-5)


@pytest.mark.parametrize("name", STATEFUL)
def test_voices_never_mix(name: str, model: Model) -> None:
    codec = model(name)
    three = paths(codec, 3, seed=1)
    together = in_blocks(codec.stream(3), three, [4, 1, 3])
    np.testing.assert_allclose(together[:1], codec.stream(1).decode(three[:1]), atol=1e-5)
    others = three.copy()
    others[[0, 2]] = paths(codec, 2, seed=2)  # whatever the neighbours play
    np.testing.assert_allclose(in_blocks(codec.stream(3), others, [4, 1, 3])[1], together[1], atol=1e-5)
    assert np.abs(together[0] - together[1]).max() > 0.01


@pytest.mark.parametrize("name", STATEFUL)
def test_streams_and_encoding_take_turns_in_one_model(name: str, model: Model) -> None:
    codec = model(name)
    one, two = paths(codec, 1, seed=3), paths(codec, 2, seed=4)
    sound = np.random.default_rng(5).normal(0, 0.2, 9 * codec.info.ratio + 5)
    alone = [codec.decode(one[0].T), codec.stream(2).decode(two), codec.encode(sound, codec.info.sample_rate).values]
    first, second = codec.stream(1), codec.stream(2)
    parts: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    for at in range(0, FRAMES, 4):
        parts[0].append(first.decode(one[:, :, at : at + 4]))
        encoded = codec.encode(sound, codec.info.sample_rate).values
        np.testing.assert_allclose(encoded, alone[2], atol=1e-6)
        parts[1].append(second.decode(two[:, :, at : at + 4]))
    np.testing.assert_allclose(np.concatenate(parts[0], axis=2)[0], alone[0], atol=1e-5)
    np.testing.assert_allclose(np.concatenate(parts[1], axis=2), alone[1], atol=1e-5)


@pytest.mark.parametrize("name", ["rave_v2", "rave_small", "rave_filtered", "rave_folded", "vschaos", "music2latent"])
def test_a_voice_that_joins_begins_from_silence_and_the_others_go_on(name: str, model: Model) -> None:
    codec = model(name)
    three = paths(codec, 3, seed=6)
    alone = codec.stream(1).decode(three[:1])
    stream = codec.stream(3)
    early = stream.decode(three[:, :, :8])[:1]
    stream.resize(1)
    middle = stream.decode(three[:1, :, 8:12])
    stream.resize(2)
    late = stream.decode(three[:2, :, 12:])
    np.testing.assert_allclose(np.concatenate([early, middle, late[:1]], axis=2), alone, atol=1e-5)
    fresh = codec.stream(2)  # the second voice as if it had never sounded before
    fresh.reset(12)
    np.testing.assert_allclose(late[1], fresh.decode(three[:2, :, 12:])[1], atol=1e-5)


@pytest.mark.parametrize("name", ["rave_v2", "rave_small", "rave_filtered"])
def test_a_row_that_is_decoded_twice_for_speed_sounds_the_same(name: str, model: Model) -> None:
    codec = model(name)
    twice = PlayableModel(codec._model.module, replace(codec._facts, double_from=2))
    twice.memory = codec._model.memory  # the buffers are lent by one
    batches: list[int] = []
    module = twice.module

    class Counting:
        def decode(self, rows: torch.Tensor) -> torch.Tensor:
            batches.append(len(rows))
            return module.decode(rows)

    twice.module = Counting()
    three = paths(codec, 3, seed=7)
    stream = TorchScriptStream(twice, 1)
    parts = [stream.decode(three[:1, :, i : i + n]) for i, n in ((0, 1), (1, 4), (5, 3), (8, 1))]
    assert batches == [1] * 9 if name == "rave_small" else [1, 2, 2, 1]  # what needs single frames gains nothing
    stream.resize(3)  # the second row must not go on from the copy of the first
    parts.append(stream.decode(three[:, :, 9:])[:1])
    np.testing.assert_allclose(np.concatenate(parts, axis=2), codec.stream(1).decode(three[:1]), atol=1e-5)
    stream.resize(1)
    stream.reset()
    stream.decode(three[:1, :, :9])
    stream.resize(3)
    fresh = codec.stream(3)
    fresh.reset(9)
    np.testing.assert_allclose(stream.decode(three[:, :, 9:])[1:], fresh.decode(three[:, :, 9:])[1:], atol=1e-5)


@pytest.mark.parametrize(
    "name", ["rave_v2", "music2latent"]
)  # caches changed in place; a buffer put in another's place
def test_it_plays_in_and_outside_of_inference_mode(name: str, model_path: Callable[[str], Path]) -> None:
    with torch.inference_mode():
        codec = load_codec(model_path(name))
    latents = paths(codec, 1)[0].T
    outside = codec.decode(latents)
    with torch.inference_mode():
        np.testing.assert_array_equal(codec.decode(latents), outside)
        inside, sound = codec.stream(1), np.zeros((1, 2 * codec.info.ratio), np.float32)
        encoded = codec.encode(sound, codec.info.sample_rate).values
        begun = inside.decode(latents.T[None, :, :4])
    np.testing.assert_array_equal(codec.decode(latents), outside)
    np.testing.assert_array_equal(codec.encode(sound, codec.info.sample_rate).values, encoded)
    goes_on = np.concatenate([begun, inside.decode(latents.T[None, :, 4:])], axis=2)
    np.testing.assert_allclose(goes_on[0], outside, atol=1e-5)


def test_a_model_that_asks_for_a_gradient_keeps_no_graph(model: Model) -> None:
    codec = model("asking")
    stream = codec.stream(1)
    for _ in range(3):
        stream.decode(paths(codec, 1)[:, :, :2])
    assert not any(buffer.requires_grad for buffer in codec._model.module.buffers())


@pytest.mark.parametrize("name", ["rave_v2", "vschaos", "nn16"])
def test_a_bent_stream_goes_on_with_its_own_weights_and_leaves_the_model_alone(name: str, model: Model) -> None:
    codec = model(name)
    latents = np.random.default_rng(1).normal(0, 1, (1, codec.info.latent_dim, 16)).astype(np.float32)
    stream, untouched = codec.stream(1), codec.stream(1)
    stream.decode(latents[:, :, :8]), untouched.decode(latents[:, :, :8])
    bent = stream.bent({layer: -2.0 * weights for layer, weights in codec.tensors().items()})
    heard, plain = bent.decode(latents[:, :, 8:]), stream.decode(latents[:, :, 8:])
    assert np.abs(heard - plain).max() > 1e-3
    assert np.array_equal(plain, untouched.decode(latents[:, :, 8:]))
    with pytest.raises(ValueError, match="has no weights 'other'"):
        stream.bent({"other": np.zeros(1, np.float32)})


def test_a_bent_encoder_hears_otherwise_and_leaves_the_model_alone(model: Model) -> None:
    codec, sound = model("rave_v2"), np.random.default_rng(1).normal(0, 0.1, (1, 20000)).astype(np.float32)
    rate, hearing = codec.info.sample_rate, {n: -2.0 * w for n, w in codec.tensors().items() if is_encoder(n)}
    own = codec.encode(sound, rate).values
    assert codec.info.capabilities.bends_encoder and hearing
    assert np.abs(codec.encode_with(hearing, sound, rate).values - own).max() > 1e-3
    assert np.array_equal(codec.encode(sound, rate).values, own)
