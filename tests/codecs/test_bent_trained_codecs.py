"""Codecs that users train are bent as others are: decoder, encoder, while they sound, and back to what they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch

from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.base import BendableEncoder, BendableStream, Codec, about_layers_of, weights_of
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.one_shot.model import OneShotConfig, OneShotModel
from terrain_widgets.codecs.own.card import Card
from terrain_widgets.codecs.own.file import write_own
from terrain_widgets.codecs.stream.codec import StreamCodec
from terrain_widgets.codecs.stream.model import StreamConfig, StreamModel
from terrain_widgets.core.bending.edits import Flip, Noise, Scale
from terrain_widgets.core.bending.encoder_layers import is_encoder
from terrain_widgets.session.session import Session
from tests.audio.inspector import Inspector

#: A layer that every sound goes through, of decoder and encoder, and one of the encoder that is trained only.
LAYERS = {"stream": ("out.weight", "encoder.first.weight"), "one-shot": ("first.weight", "encoder.joined.0.weight")}
FRAMES = 24


@pytest.fixture(scope="module", params=list(LAYERS))
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A codec by chance, not trained, as training would write it."""
    torch.manual_seed(4)
    configs: dict[str, Any] = {"stream": StreamConfig(6, 16), "one-shot": OneShotConfig(8820, 4, 8)}
    config = configs[request.param]
    model = StreamModel(config) if request.param == "stream" else OneShotModel(config)
    file = tmp_path_factory.mktemp("own") / f"{request.param}.safetensors"
    write_own(file, request.param, config.to_json(), model.state_dict(), Card(recipe=request.param))
    return file


@pytest.fixture(scope="module")
def codec(path: Path) -> Codec:
    return load_codec(str(path))


def _latents(codec: Codec) -> np.ndarray:
    latents = np.random.default_rng(1).normal(0, 0.8, (FRAMES, codec.info.latent_dim)).astype(np.float32)
    latents[:, 0] = 0.5
    return latents.T[None].copy()


def test_its_layers_are_offered_each_with_what_it_does(path: Path, codec: Codec) -> None:
    layers = weights_of(codec)
    assert {*LAYERS[path.stem]} <= layers.keys() == about_layers_of(codec).keys()
    assert not [name for name in layers if "log_variance" in name], "of no effect once it is trained"
    said = about_layers_of(codec)
    assert all(("encoder" in said[name]) == is_encoder(name) for name in layers)


def test_a_bent_stream_goes_on_from_where_it_is_and_back_exactly(path: Path, codec: Codec) -> None:
    name, latents = LAYERS[path.stem][0], _latents(codec)
    own = weights_of(codec)[name]
    stream = cast(BendableStream, codec.stream(1))
    stream.decode(latents[:, :, :8])
    other, same = stream.bent({name: -own}), stream.bent({name: own})
    back = other.bent({})
    plain = stream.decode(latents[:, :, 8:])
    assert np.abs(other.decode(latents[:, :, 8:]) - plain).max() > 1e-3
    assert (same.decode(latents[:, :, 8:]) == plain).all() and (back.decode(latents[:, :, 8:]) == plain).all()
    assert (weights_of(codec)[name] == own).all()
    with pytest.raises(ValueError, match=f"{name}' is of shape"):
        stream.bent({name: own[:1]})


def test_a_bent_encoder_hears_otherwise_and_its_own_again(path: Path, codec: Codec) -> None:
    name, sound = LAYERS[path.stem][1], np.random.default_rng(2).normal(0, 0.1, 20_000).astype(np.float32)
    encoder, own = cast(BendableEncoder, codec), weights_of(codec)
    plain, bent = codec.encode(sound, 44100).values, encoder.encode_with({name: -own[name]}, sound, 44100).values
    assert np.abs(bent - plain).max() > 1e-3 and np.array_equal(bent[:, 0], plain[:, 0])
    of_decoder = encoder.encode_with({LAYERS[path.stem][0]: -own[LAYERS[path.stem][0]]}, sound, 44100).values
    assert np.array_equal(of_decoder, plain)


def test_live_sound_is_heard_through_a_bent_encoder() -> None:
    torch.manual_seed(6)
    config = StreamConfig(6, 16)
    codec = StreamCodec(config, {name: value.numpy() for name, value in StreamModel(config).state_dict().items()})
    sound = np.random.default_rng(3).normal(0, 0.1, (1, 8 * 1024)).astype(np.float32)
    own, bent = codec.encoder_stream(), codec.encoder_stream()
    bent.bend({"encoder.mean.weight": -codec.tensors()["encoder.mean.weight"], "out.bias": codec.tensors()["out.bias"]})
    assert np.abs(own.encode(sound) - bent.encode(sound)).max() > 1e-3
    bent.bend({})
    assert np.array_equal(own.encode(sound), bent.encode(sound))


def test_in_a_session_it_is_bent_and_reverted_bit_by_bit_without_a_click(path: Path) -> None:
    session = Session(sounds=[], codec=str(path))
    bending, name = session.stage.bending, LAYERS[path.stem][0]
    engine, plain = Engine(session.codec, None), Engine(session.codec, None)
    inspector, setup = Inspector(session.codec.info.sample_rate), session.stage.setup
    apart = []
    for frame in range(4 * FRAMES):
        if frame in (30, 40, 50, 60):
            edits = {30: Noise(1.0, 2), 40: Flip(), 50: Scale(0.5)}
            bending.add(name, edits[frame]) if frame in edits else bending.clear()
            wanted = session.stage.setup
            engine.update(wanted.since(setup))
            setup = wanted
        # a sound begins anew every quarter of a second, so that one that is struck is struck again
        gate = float(frame % 12 != 11)
        audio, other = (each.render(np.zeros((1, 2), np.float32), gate)[0] for each in (engine, plain))
        inspector.take(audio)
        apart.append(float(np.abs(audio - other).max()))
    inspector.cut()
    assert engine.error == "" and max(apart[:30]) == 0.0 < max(apart[32:60]) and max(apart[85:]) < 1e-3
    assert inspector.bad == 0
    session.close()


def test_an_update_says_what_is_done_and_not_what_comes_of_it(codec: Codec) -> None:
    name = next(iter(weights_of(codec)))
    session = Session(sounds=[], codec=codec)
    session.stage.bending.add(name, Noise(0.5, 1))
    packed = Update(
        assets={key: a for key, a in session.stage.setup.assets.items() if key.startswith("weights/")}
    ).pack()
    assert packed.arrays == {} and packed.config["assets"][f"weights/{name}"]["kind"] == "edits"
    assert Update.unpack(packed).pack() == packed
    session.close()
