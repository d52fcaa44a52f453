"""The exported instrument against our own rendering, in a host that does what nn~ does."""

from __future__ import annotations

import hashlib
import math
import re
import warnings
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.codecs.capabilities import Capabilities
from terrain_widgets.codecs.nn_tilde.scripted import model_rows
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.interop.errors import ExportError
from terrain_widgets.interop.nn_tilde.export import export
from tests.interop.doubles import jit_load

RATIO = 1024


@pytest.fixture(scope="module")
def codec():
    return PebbleCodec()


def loud_terrain(seed=4, control_dim=2, gauss_scale=1.6):
    """A terrain as lively as a trained one: pitch, loudness and timbre all move."""
    terrain = Terrain(control_dim, 8, gauss_scale, seed=seed)
    with torch.no_grad():
        terrain.fc_out.weight.mul_(15)
        terrain.fc_out.bias[1] = 1.5
    return terrain


@pytest.fixture(scope="module")
def terrain():
    return loud_terrain()


@pytest.fixture(scope="module")
def file(codec, terrain, tmp_path_factory):
    path = tmp_path_factory.mktemp("nn") / "island.ts"
    export(terrain, codec, path, boundary=Boundary(-16, -4, 16, 4))
    return path


def walk(frames, voices=1, seed=0, dim=2):
    return np.cumsum(np.random.default_rng(seed).normal(0, 0.03, (voices, dim, frames)), axis=2).astype(np.float32)


class Host:
    """What nn~ does with a model, written from the facts of its backend (Backend::perform).

    Signals ``[rows * inputs, n]`` at audio rate; the last sample of each input window is taken, the model runs in
    inference mode, each of its output values is held for the output ratio.
    """

    def __init__(self, path, method="forward", rows=1):
        self.model = jit_load(path).eval()
        assert method in self.model.get_methods()
        self.inputs, self.in_ratio, self.outputs, self.out_ratio = (
            int(n) for n in getattr(self.model, f"{method}_params")
        )
        self.method, self.rows = getattr(self.model, method), rows

    def perform(self, signals):
        length = signals.shape[-1]
        with torch.inference_mode():
            windows = torch.from_numpy(signals).reshape(self.inputs, self.rows, -1, self.in_ratio)
            made = self.method(windows.select(-1, -1).permute(1, 0, 2))
            assert made.dtype == torch.float32 and made.shape[:2] == (self.rows, self.outputs)
            held = made.repeat_interleave(self.out_ratio).reshape(self.rows, self.outputs, -1)
        assert held.shape[2] == length
        return held.numpy()


def as_signals(values, ratio=RATIO):
    """Values ``[B, C, T]`` as a host has them: held at audio rate, rows innermost, and only right at the end."""
    rows, inputs, frames = values.shape
    signals = np.full((inputs, rows, frames, ratio), 1e9, dtype=np.float32)
    signals[..., -1] = values.transpose(1, 0, 2)
    return signals.reshape(inputs * rows, frames * ratio)


@pytest.mark.parametrize("blocks", [[1] * 24, [2, 4, 8, 10], [24], [5, 1, 18]], ids=str)
def test_the_instrument_plays_what_we_play(blocks, file, codec, terrain):
    path = walk(24)
    stream, host = codec.stream(1), Host(file)
    peak, at = 0.0, 0
    for frames in blocks:
        part = path[:, :, at : at + frames]
        # In torch, as the file counts: another product rounds otherwise, and pitch is summed up into phase.
        latents = terrain(torch.from_numpy(np.ascontiguousarray(part[0].T))).detach().numpy()
        ours = stream.decode(latents.T[None])
        assert np.abs(host.perform(as_signals(part)) - ours).max() < 1e-5
        peak, at = max(peak, np.abs(ours).max()), at + frames
    assert peak > 0.05


def test_blocks_join_without_a_click_and_equal_one_decode(file, codec):
    latents = np.clip(np.cumsum(np.random.default_rng(3).normal(0, 0.3, (1, 8, 40)), axis=2), -2, 2).astype(np.float32)
    latents[:, 1] = np.clip(latents[:, 1] + 1, 0, 2)
    whole = codec.decode(latents[0].T)
    assert np.abs(whole).max() > 0.1
    for blocks in ([1] * 40, [3] * 13 + [1], [8] * 5):
        host, parts, at = Host(file, "decode"), [], 0
        for frames in blocks:
            parts.append(host.perform(as_signals(latents[:, :, at : at + frames]))[0])
            at += frames
        assert np.abs(np.concatenate(parts, axis=1) - whole).max() < 1e-5


def test_terrain_and_decode_are_its_two_halves(file, terrain):
    path = walk(12)
    latents = Host(file, "terrain").perform(as_signals(path))
    assert np.abs(latents[0, :, ::RATIO] - terrain(path[0].T).T).max() < 1e-5
    halves, whole = Host(file, "decode").perform(latents), Host(file).perform(as_signals(path))
    assert np.abs(halves - whole).max() < 1e-6


def test_rows_are_voices_of_their_own(file, codec, terrain):
    """Against the same latents: a product of other shape rounds otherwise, and pitch is summed up into phase."""
    paths = walk(12, voices=5)
    whole, halves, parts, latents = Host(file, rows=5), Host(file, "terrain", rows=5), [], []
    for at in range(0, 12, 3):
        signals = as_signals(paths[:, :, at : at + 3])
        parts.append(whole.perform(signals))
        latents.append(halves.perform(signals)[:, :, ::RATIO])
    together, given = np.concatenate(parts, axis=2), np.concatenate(latents, axis=2)
    for row in range(5):
        assert np.abs(given[row] - terrain(paths[row].T).T).max() < 1e-5
        assert np.abs(together[row] - codec.decode(given[row].T)).max() < 1e-5
    assert np.abs(together[0] - together[1]).max() > 0.05


def test_another_number_of_rows_goes_on_and_begins_as_our_stream_does(file, codec):
    latents = np.full((3, 8, 12), 0.5, np.float32) + walk(12, 3, dim=8)
    model, stream = jit_load(file), codec.stream(1)
    for rows, at in ((1, 0), (3, 3), (2, 6), (3, 9)):
        stream.resize(rows)
        part = latents[:rows, :, at : at + 3]
        with torch.inference_mode():
            theirs = model.decode(torch.from_numpy(part)).numpy()
        assert np.abs(theirs - stream.decode(part)).max() < 1e-5
    with torch.inference_mode():
        assert model.decode(torch.zeros(64, 8, 2)).shape == (64, 1, 2048)
        with pytest.raises(Exception, match="at most 64 rows"):
            model.decode(torch.zeros(65, 8, 2))


def test_a_restart_is_a_fresh_start(file, codec, terrain):
    path = walk(6)
    host = Host(file)
    first = host.perform(as_signals(path))
    assert np.abs(host.perform(as_signals(path)) - first).max() > 1e-3
    assert host.model.get_restart() is False and host.model.set_restart(False) == 0
    assert np.abs(host.perform(as_signals(path)) - first).max() > 1e-3
    assert host.model.set_restart(True) == 0
    assert (host.perform(as_signals(path)) == first).all()
    with torch.no_grad():  # inference mode and none may take turns
        host.model(torch.zeros(1, 2, 2))
    host.perform(as_signals(path))


def test_the_contract_of_nn_tilde(file):
    model = jit_load(file)
    assert model.get_methods() == ["forward", "terrain", "decode"]
    expected = {"forward": [2, RATIO, 1, 1], "terrain": [2, RATIO, 8, RATIO], "decode": [8, RATIO, 1, 1]}
    buffers = dict(model.named_buffers())
    for method, shape in expected.items():
        parameters = buffers[f"{method}_params"]
        assert parameters.tolist() == shape and parameters.dtype == torch.int64 and parameters.ndim == 1
        assert hasattr(model, method)
        labels = getattr(model, f"{method}_input_labels"), getattr(model, f"{method}_output_labels")
        assert [len(each) for each in labels] == [shape[0], shape[2]]
        assert all(isinstance(label, str) for each in labels for label in each)
    assert model.forward_input_labels == ["(signal) x: left -16, right 16", "(signal) y: top -4, bottom 4"]
    for attribute in model.get_attributes():
        types = buffers[f"{attribute}_params"]
        assert types.tolist() == [0]  # bool
        assert hasattr(model, f"get_{attribute}") and hasattr(model, f"set_{attribute}")
    assert model.sr == 44100 and model.get_sample_rate() == 44100
    model.set_sample_rate(48000)
    model.set_sample_rate(None)
    assert model.get_sample_rate() == 44100
    assert max(max(shape[1], shape[3]) for shape in expected.values()) == RATIO  # a power of two: nn~'s buffer
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_everything_moves_with_the_model(file):
    """A host sends a model to a graphics card whole; a tensor that is no parameter and no buffer would stay behind."""
    held = 0
    with zipfile.ZipFile(file) as archive:
        code = "\n".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".py"))
    for declared in re.split(r"^class ", code, flags=re.M):
        if declared.partition("\n")[0].endswith("(Module):"):
            moved = set(re.findall(r'"(\w+)"', "".join(re.findall(r"__(?:parameters|buffers)__ = (.*)", declared))))
            tensors = re.findall(r"^  (\w+) : (.*Tensor.*)$", declared, flags=re.M)
            assert all(kind == "Tensor" and tensor in moved for tensor, kind in tensors), declared[:200]
            held += len(tensors)
    assert held > 40


def test_the_session_s_shaping_is_in_the_file(codec, terrain, tmp_path):
    random = np.random.default_rng(2)
    low, high = -random.uniform(0.2, 1, 8), random.uniform(0.2, 1, 8)
    settings = LatentSettings.of(8, low, high, scale=random.uniform(0.5, 2, 8), offset=random.normal(0, 0.2, 8))
    export(terrain, codec, tmp_path / "shaped.ts", latents=settings)
    path = walk(30)
    expected = np.clip(terrain(path[0].T) * settings.scale + settings.offset, settings.low, settings.high)
    assert (expected == settings.low).any() and (expected == settings.high).any()
    made = Host(tmp_path / "shaped.ts", "terrain").perform(as_signals(path))[0, :, ::RATIO].T
    assert np.abs(made - expected).max() < 1e-5
    slow = LatentSettings.of(8, slew=3.0)
    with pytest.raises(ExportError, match="slew"):
        export(terrain, codec, tmp_path / "slow.ts", latents=slow)


@pytest.mark.parametrize(("control_dim", "gauss_scale"), [(1, 1.6), (3, 0.0), (2, 0.0)])
def test_terrains_of_any_kind(control_dim, gauss_scale, codec, tmp_path):
    terrain = loud_terrain(7, control_dim, gauss_scale)
    export(terrain, codec, tmp_path / "t.ts")
    path = walk(8, dim=control_dim)
    made = Host(tmp_path / "t.ts", "terrain").perform(as_signals(path))[0, :, ::RATIO].T
    assert np.abs(made - terrain(path[0].T)).max() < 1e-5
    assert len(jit_load(tmp_path / "t.ts").forward_input_labels) == control_dim


def test_wild_input_ends_in_sound_or_in_words(file):
    model = jit_load(file)
    with torch.inference_mode():
        for value in (math.nan, math.inf, -math.inf, 1e30):
            assert torch.isfinite(model(torch.full((1, 2, 3), value))).all()
        assert torch.isfinite(model(torch.zeros(1, 2, 3))).all()
        for method, wrong in ((model, (1, 3, 4)), (model, (2, 4)), (model.decode, (1, 2, 4)), (model.terrain, (2,))):
            with pytest.raises(Exception, match="expected"):
                method(torch.zeros(wrong))


def test_terrain_and_codec_of_the_caller_stay_as_they_are(codec, tmp_path):
    terrain = loud_terrain(9)
    before = terrain.to_state().arrays
    path = walk(4)
    sound = codec.decode(terrain(path[0].T))
    export(terrain, codec, tmp_path / "a.ts")
    assert all(p.requires_grad for p in terrain.parameters())
    assert all((before[name] == values).all() for name, values in terrain.to_state().arrays.items())
    assert (codec.decode(terrain(path[0].T)) == sound).all()
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.ts"]


class TinyModel(torch.nn.Module):
    """An nn~ model of 3 latents, 64 samples per frame and two channels; each frame leans on the one before."""

    def __init__(self):
        super().__init__()
        self.register_buffer("decode_params", torch.tensor([3, 64, 2, 1]))
        self.register_buffer("pad", torch.zeros(64, 1, 1))
        self.register_buffer("shape", torch.sin(torch.arange(128.0)).reshape(1, 2, 1, 64))

    @torch.jit.export
    def get_methods(self) -> list[str]:
        return ["decode"]

    @torch.jit.export
    def decode(self, z: torch.Tensor) -> torch.Tensor:
        level = z.sum(1, keepdim=True)
        before = torch.cat([self.pad[: z.shape[0]], level[:, :, :-1]], 2)
        self.pad[: z.shape[0]] = level[:, :, -1:]
        return ((level + 0.5 * before).unsqueeze(-1) * self.shape).flatten(2)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.decode(z)


class FileCodec:
    """A codec as the registry makes it of an nn~ file: its recipe names the file."""

    def __init__(self, path, digest=None, latent_dim=3):
        self.info = CodecInfo("tiny", 48000, 64, latent_dim, 2, capabilities=Capabilities(exportable=True))
        self.recipe = CodecRecipe(str(path), digest or hashlib.sha256(path.read_bytes()).hexdigest())

    def scripted_decoder(self):
        return model_rows(Path(self.recipe.source), self.info, self.recipe.digest)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    path = tmp_path_factory.mktemp("tiny") / "tiny.ts"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(TinyModel()).save(str(path))
    return path


def test_an_nn_model_becomes_part_of_the_instrument(tiny, tmp_path):
    terrain, alone = Terrain(2, 3, seed=3), TinyModel()
    export(terrain, FileCodec(tiny), tmp_path / "both.ts")
    path, host = walk(12), Host(tmp_path / "both.ts")
    parts = [host.perform(as_signals(path[:, :, at : at + 4], 64)) for at in range(0, 12, 4)]
    with torch.inference_mode():
        expected = alone.decode(torch.from_numpy(terrain(path[0].T).T[None])).numpy()
    assert np.abs(np.concatenate(parts, axis=2) - expected).max() < 1e-5 and np.abs(expected).max() > 0.1
    assert host.model.sr == 48000 and host.model.get_attributes() == ["none"]
    assert host.model.forward_params.tolist() == [2, 64, 2, 1]


def test_what_cannot_be_exported_says_why(tiny, codec, terrain, tmp_path):
    def named(name, **able):
        info = CodecInfo(name, 44100, 512, 8, capabilities=Capabilities(**able))
        return SimpleNamespace(info=info, recipe=None, scripted_decoder=Unscriptable)

    class Unscriptable(torch.nn.Module):
        def decode(self, latents):
            return latents if np.random else None

    target = tmp_path / "x.ts"
    with pytest.raises(ExportError, match="'mine' cannot be put into"):
        export(terrain, named("mine"), target)
    with pytest.raises(ExportError, match="'drums' strikes whole sounds by place"):
        export(terrain, named("drums", struck=True), target)
    with pytest.raises(ExportError, match="gives 5 latents"):
        export(Terrain(2, 5), codec, target)
    with pytest.raises(ExportError, match="another one"):
        export(Terrain(2, 3), FileCodec(tiny, digest="00"), target)
    with pytest.raises(ExportError, match="decode_params"):
        export(Terrain(2, 4), FileCodec(tiny, latent_dim=4), target)
    gone = FileCodec(tiny)
    gone.recipe = CodecRecipe(str(tmp_path / "gone.ts"), gone.recipe.digest)
    with pytest.raises(ExportError, match="no longer"):
        export(Terrain(2, 3), gone, target)

    with pytest.raises(ExportError, match="could not be compiled"):
        export(terrain, named("brings", exportable=True), target)
    assert not list(tmp_path.iterdir())
