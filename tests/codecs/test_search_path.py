"""Models by name: ``TERRAIN_WIDGETS_MODELS``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.cache import cache_folder, keep, key_of, recall
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.registry import codec_names
from terrain_widgets.codecs.search_path import keep_model, model_files

Path_ = Callable[[str], Path]


@pytest.fixture
def two_folders(tmp_path: Path, model_path: Path_, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, names in ((first, ["percussion", "pebble"]), (second, ["percussion", "strings", "notes.txt"])):
        folder.mkdir()
        for name in names:
            shutil.copy(model_path("exact" if folder is first else "exact_stereo"), folder / name)
            if "." not in name:
                (folder / name).rename(folder / f"{name}.ts")
    monkeypatch.setenv("TERRAIN_WIDGETS_MODELS", os.pathsep.join([str(first), str(tmp_path / "gone"), "", str(second)]))
    return first, second


def test_a_bare_name_finds_the_first_model_of_that_name(two_folders: tuple[Path, Path]) -> None:
    assert codec_names() == ["pebble", "brook", "mosaic", "percussion", "strings"]
    percussion = load_codec("percussion")
    assert percussion.info.channels == 1
    assert percussion.recipe is not None
    assert percussion.recipe.source == str(two_folders[0] / "percussion.ts")  # so that another process needs no path
    assert load_codec("strings.ts").info.channels == 2
    assert load_codec("strings#noise=free").info.name == "strings"
    assert load_codec("pebble").info.latent_dim == 8  # a built-in name cannot be taken


def test_an_unknown_name_says_where_it_was_sought(two_folders: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(CodecError) as caught:
        load_codec("percusion")
    said = str(caught.value)
    assert "no codec is called 'percusion'" in said
    assert "'strings'" in said
    assert f"searched for models: {two_folders[0]}, {tmp_path / 'gone'} (no such folder), {two_folders[1]}" in said


def test_without_a_search_path_the_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TERRAIN_WIDGETS_MODELS", raising=False)
    with pytest.raises(CodecError, match="set TERRAIN_WIDGETS_MODELS to the folder of your .ts files"):
        load_codec("percussion")


def test_a_path_with_a_hash_in_it_is_a_path(tmp_path: Path, model_path: Path_) -> None:
    folder = tmp_path / "take #3"
    folder.mkdir()
    shutil.copy(model_path("exact"), folder / "a#b.ts")
    codec = load_codec(folder / "a#b.ts")
    assert codec.info.name == "a#b"
    assert codec.recipe is not None
    assert load_codec(codec.recipe).recipe == codec.recipe


def test_the_cache_keeps_what_was_used_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERRAIN_WIDGETS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("terrain_widgets.codecs.cache._LARGEST_FOLDER", 250)
    assert cache_folder() == tmp_path / "cache"
    assert recall("kind", "a") is None
    for at, name in enumerate("abc"):
        keep("kind", name, bytes(100))
        if name != "c":
            os.utime(tmp_path / "cache" / "kind" / name, (at, at))
    assert [recall("kind", name) is not None for name in "abc"] == [False, True, True]
    assert key_of("a", "bc") != key_of("ab", "c")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TERRAIN_WIDGETS_CACHE", str(tmp_path / "file"))
    keep("kind", "d", b"x")  # where nothing can be written, nothing is kept, and nobody minds
    assert recall("kind", "d") is None


def test_a_model_that_comes_as_a_file_is_kept_beside_the_others(two_folders: tuple[Path, Path], tmp_path: Path) -> None:
    first = two_folders[0]
    assert keep_model("../../choir.ts", b"one") == (first / "choir.ts", True)
    assert keep_model("choir.ts", b"one") == (first / "choir.ts", False)
    assert keep_model("choir.ts", b"two") == (first / "choir-2.ts", True)
    assert (first / "choir.ts").read_bytes() == b"one"
    assert {"choir", "choir-2"} <= set(model_files())
    for name in ("choir.pt", ".ts", "choir"):
        with pytest.raises(CodecError, match="no model for nn~.*end in .ts"):
            keep_model(name, b"one")


def test_music2latent_is_its_scripted_export_or_says_what_is_missing(
    model_path: Path_, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAIN_WIDGETS_MODELS", str(tmp_path))
    with pytest.raises(CodecError, match=r"put music2latent\.ts into the folder.*pickle.*CC BY-NC 4\.0"):
        load_codec("music2latent")
    shutil.copy(model_path("music2latent"), tmp_path / "music2latent.ts")
    assert load_codec("music2latent").info.latent_dim == 64
    assert load_codec("music2latent#sample_rate=48000").info.sample_rate == 48000
