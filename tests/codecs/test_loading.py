"""Finding codecs: names, paths, plug-ins, and the proof that one keeps its promises."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from terrain_widgets.codecs import registry
from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.check import check_codec
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.pebble.codec import PebbleCodec, PebbleStream
from terrain_widgets.codecs.registry import codec_names


def make_codec() -> PebbleCodec:
    """What the plug-in of these tests returns."""
    return PebbleCodec()


def make_nonsense() -> object:
    """A plug-in that returns no codec."""
    return object()


def test_nothing_means_the_bundled_codec() -> None:
    codec = load_codec()
    assert isinstance(codec, Codec)
    assert codec.info.name == "pebble"
    assert codec.recipe is not None
    again = load_codec(codec.recipe)
    assert again.recipe == codec.recipe


def test_unknown_names_and_paths_say_what_is_known(tmp_path: Path) -> None:
    with pytest.raises(CodecError, match="no codec is called 'rave'.*'pebble'"):
        load_codec("rave")
    with pytest.raises(CodecError, match="no codec file at .*gone.ts.*'pebble'"):
        load_codec(tmp_path / "gone.ts")
    script = tmp_path / "model.ts"
    script.write_bytes(b"x")
    with pytest.raises(CodecError, match="model.ts cannot be used.*no TorchScript model"):
        load_codec(script)
    other = tmp_path / "notes.txt"
    other.write_text("x")
    with pytest.raises(CodecError, match="exists, but"):
        load_codec(str(other))
    with pytest.raises(CodecError, match="word or a path"):
        load_codec("")
    assert issubclass(CodecError, ValueError)


def test_plug_ins_are_found_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    def fake(group: str) -> list[EntryPoint]:
        assert group == "terrain_widgets.codecs"
        return [
            EntryPoint("mine", f"{__name__}:make_codec", group),
            EntryPoint("nonsense", f"{__name__}:make_nonsense", group),
            EntryPoint("gone", "no_such_package_anywhere:make", group),
            EntryPoint("pebble", f"{__name__}:make_nonsense", group),
        ]

    monkeypatch.setattr(registry, "entry_points", fake)
    assert codec_names() == ["pebble", "brook", "mosaic", "gone", "mine", "nonsense"]
    assert isinstance(load_codec("mine"), PebbleCodec)
    assert isinstance(load_codec("pebble"), PebbleCodec)  # a plug-in cannot take a built-in name
    with pytest.raises(CodecError, match="'nonsense'.*protocol"):
        load_codec("nonsense")
    with pytest.raises(CodecError, match="'gone'.*ModuleNotFoundError"):
        load_codec("gone")


def test_the_bundled_codec_keeps_its_promises() -> None:
    check_codec(load_codec())


def test_a_codec_that_forgets_its_state_is_found_out() -> None:
    class Forgetful(PebbleCodec):
        def stream(self, voices: int = 1) -> PebbleStream:
            class Stream(PebbleStream):
                def decode(self, latents: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
                    self.reset()
                    return super().decode(latents)

            return Stream(self._decoder, voices)

        def decode(self, latents: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
            return PebbleStream(self._decoder, 1).decode(np.asarray(latents, np.float32).T[None])[0]

    with pytest.raises(CodecError, match="blocks of 1 frames"):
        check_codec(Forgetful())


def test_a_codec_with_wrong_shapes_is_found_out() -> None:
    class Short(PebbleCodec):
        def decode(self, latents: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
            return super().decode(latents)[:, :-1]

    with pytest.raises(CodecError, match="should decode to audio"):
        check_codec(Short())
