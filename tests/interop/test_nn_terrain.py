"""nn.terrain's checkpoints: read as torch reads them, written so that torch reads them, the same to the last bit."""

from __future__ import annotations

import warnings
import zipfile

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.interop.nn_terrain.terrain import NN_TERRAIN_BOUNDARY, load_terrain, save_terrain
from terrain_widgets.interop.nn_terrain.torch_archive import read_archive
from terrain_widgets.interop.nn_terrain.torch_archive_writer import ArchivedTensor, write_archive
from tests.interop.doubles import DEMO, evaluate, grid, jit_load, tensors


def test_the_demo_gives_nn_terrain_s_latents_over_its_whole_plane():
    terrain = load_terrain(DEMO)
    places = grid(NN_TERRAIN_BOUNDARY)
    latents = terrain(places)
    assert np.abs(latents - evaluate(tensors(jit_load(DEMO)), places)).max() < 5e-5
    assert latents.std() > 0.3  # it is not flat
    config = terrain.config
    assert (config.control_dim, config.latent_dim, config.network_channel, config.feature_size) == (2, 4, 128, 256)
    assert config.gauss_scale == 0.12 and terrain.B_T.stride() == (1, 2)


def test_the_demo_written_again_is_the_same_to_torch(tmp_path):
    save_terrain(load_terrain(DEMO), tmp_path / "again.pt")
    ours, theirs = jit_load(tmp_path / "again.pt"), jit_load(DEMO)
    for names in ("named_parameters", "named_buffers"):
        written, original = list(getattr(ours, names)()), list(getattr(theirs, names)())
        assert [name for name, _ in written] == [name for name, _ in original]
        for (name, a), (_, b) in zip(written, original, strict=True):
            assert (a.dtype, a.shape, a.stride(), a.requires_grad) == (b.dtype, b.shape, b.stride(), b.requires_grad)
            assert torch.equal(a, b), name


@pytest.mark.parametrize("gauss_scale", [0.0, 0.37])
def test_what_torch_reads_of_a_terrain_of_ours(gauss_scale, tmp_path):
    terrain = Terrain(3, 5, gauss_scale, network_channel=24, feature_size=10, seed=8)
    save_terrain(terrain, tmp_path / "t.pt")
    module = jit_load(tmp_path / "t.pt")
    found = tensors(module)
    x = np.random.default_rng(0).uniform(-2, 2, (200, 3)).astype(np.float32)
    assert np.abs(terrain(x) - evaluate(found, x)).max() < 1e-5
    sizes = [int(getattr(module, name)) for name in ("m_in_dim", "m_out_dim", "m_cmax", "m_mapping_size")]
    assert sizes == [3, 5, 24, 10]
    assert module.m_in_dim.dtype == torch.int64 and module.m_in_dim.shape == ()
    assert module.m_gauss_scale.dtype == torch.float32 and module.m_gauss_scale == torch.tensor(gauss_scale)
    buffers = dict(module.named_buffers())
    if gauss_scale:
        assert set(buffers) == {"two_pi", "B_T"} and buffers["B_T"].stride() == (1, 3)
        assert buffers["two_pi"] == torch.tensor(2 * np.pi, dtype=torch.float32)
    else:
        assert not buffers and "fc_in_linear.weight" in found and "fc_in_gau.weight" not in found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, 6),
    st.integers(1, 20),
    st.one_of(st.just(0.0), st.floats(2**-7, 10, width=32)),
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(0, 1000),
)
def test_what_is_written_is_read_bit_for_bit(tmp_path, control, latent, sigma, channel, features, seed):
    terrain = Terrain(control, latent, sigma, channel, features, seed)
    save_terrain(terrain, tmp_path / "t.pt")
    again = load_terrain(tmp_path / "t.pt")
    assert np.float32(again.config.gauss_scale) == np.float32(sigma)
    before, after = terrain.to_state().arrays, again.to_state().arrays
    assert before.keys() == after.keys()
    assert all(np.array_equal(before[name], after[name]) for name in before)
    first = (tmp_path / "t.pt").read_bytes()
    save_terrain(again, tmp_path / "t.pt")
    assert (tmp_path / "t.pt").read_bytes() == first


def test_the_entries_lie_where_libtorch_puts_them(tmp_path):
    save_terrain(load_terrain(DEMO), tmp_path / "island.pt")
    with zipfile.ZipFile(tmp_path / "island.pt") as ours, zipfile.ZipFile(DEMO) as theirs:
        assert ours.testzip() is None
        assert {name.split("/")[0] for name in ours.namelist()} == {"terrain"}
        content = {
            name: {e.filename.split("/", 1)[1]: archive.read(e) for e in archive.infolist()}
            for name, archive in {"ours": ours, "theirs": theirs}.items()
        }
        raw = (tmp_path / "island.pt").read_bytes()
        for entry in ours.infolist():
            extra = int.from_bytes(raw[entry.header_offset + 28 : entry.header_offset + 30], "little")
            assert (entry.header_offset + 30 + len(entry.filename) + extra) % 64 == 0
    same = [name for name in content["theirs"] if name.startswith("data/") or name in ("version", "constants.pkl")]
    assert len(same) == 23 and all(content["ours"][name] == content["theirs"][name] for name in same)
    code = [name for name in content["theirs"] if name.endswith(".py")]
    assert len(code) == 10 and all(content["ours"][name] == content["theirs"][name] for name in code)


def test_a_terrain_that_torch_scripted_itself_is_read_too(tmp_path):
    """Others write such files with ``torch.jit.script``: sizes as buffers, one class more per module."""

    class Plain(torch.nn.Module):
        def __init__(self, terrain):
            super().__init__()
            self.register_buffer("two_pi", torch.tensor(2 * np.pi, dtype=torch.float32))
            self.register_buffer("B_T", terrain.B_T)
            for name, module in terrain.named_children():
                setattr(self, name, module)
            for name, value in (("in_dim", 2), ("out_dim", 3), ("cmax", 8), ("mapping_size", 6)):
                self.register_buffer(f"m_{name}", torch.tensor(value))
            self.register_buffer("m_gauss_scale", torch.tensor(0.5))

    terrain = Terrain(2, 3, 0.5, network_channel=8, feature_size=6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(Plain(terrain)).save(str(tmp_path / "scripted.pt"))
    x = np.random.default_rng(1).normal(size=(50, 2)).astype(np.float32)
    assert (load_terrain(tmp_path / "scripted.pt")(x) == terrain(x)).all()


def test_strides_and_big_endian_numbers_are_understood(tmp_path):
    values = np.arange(12, dtype=np.float32).reshape(3, 4)
    with (tmp_path / "a.pt").open("wb") as file:
        write_archive(file, "a", {"t": ArchivedTensor(values.T), "part": {"s": ArchivedTensor(values[:, ::2])}})
    found = read_archive(tmp_path / "a.pt")
    assert (found["t"] == values.T).all() and found["t"].strides == values.T.strides
    assert (found["part.s"] == values[:, ::2]).all()
    module = jit_load(tmp_path / "a.pt")
    assert torch.equal(module.t, torch.from_numpy(values.T)) and module.t.stride() == (1, 4)
    with zipfile.ZipFile(tmp_path / "a.pt") as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["a/byteorder"] = b"big"
    for key in ("a/data/0", "a/data/1"):
        entries[key] = np.frombuffer(entries[key], "<f4").astype(">f4").tobytes()
    with zipfile.ZipFile(tmp_path / "big.pt", "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    assert (read_archive(tmp_path / "big.pt")["t"] == values.T).all()


def test_a_scale_too_small_for_the_file_stays_above_zero(tmp_path):
    terrain = Terrain(2, 3, 1e-60, network_channel=8, feature_size=6)  # 0 would say: no Fourier features
    save_terrain(terrain, tmp_path / "t.pt")
    assert (load_terrain(tmp_path / "t.pt")([[0.3, 0.4]]) == terrain([[0.3, 0.4]])).all()


def test_broken_weights_are_not_written(tmp_path):
    terrain = Terrain(2, 3, network_channel=8, feature_size=4)
    (tmp_path / "t.pt").write_text("older")
    with torch.no_grad():
        terrain.fc2.bias[3] = float("nan")
    with pytest.raises(ForeignFileError, match=r"fc2\.bias"):
        save_terrain(terrain, tmp_path / "t.pt")
    assert (tmp_path / "t.pt").read_text() == "older" and len(list(tmp_path.iterdir())) == 1
