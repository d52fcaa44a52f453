"""A piece as a file: what is in it, and what is refused. That it plays is shown in a browser."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load

from terrain_widgets.audio.assets import MAPPING, MappingAsset, PathAsset, path_key, weights_assets
from terrain_widgets.audio.page_host.page_setup import page_decoder, plays_in_page
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.update import Setup
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.pebble.codec import bundled_weights
from terrain_widgets.core.bending.bend import model_hash
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.interop.piece.piece_file import Piece, piece_page, write_piece
from terrain_widgets.session.document.state import SessionState
from terrain_widgets.session.stage.plane_content import plane_content
from tests.audio.doubles import ToneCodec
from tests.codecs.mosaic.material import bundled

PROGRAM = Path(__file__).parents[2] / "js" / "test" / "instrument" / "piece_process.js"
SPLIT = re.compile(r'<script type="application/json" id="(\w+)">(.*?)</script>', re.DOTALL)


def setup() -> Setup:
    path = PathAsset(np.array([[0, 0], [1, 0.5]], np.float32))
    bent = weights_assets({"net.9.bias": np.linspace(-1, 1, 708, dtype=np.float32)})
    assets: dict[str, Any] = {MAPPING: MappingAsset(Terrain(2, 8, seed=3)), path_key("x"): path, **bent}
    return Setup(Patch({"playheads.a.path": "x", "latents.slew": 2.0}), assets)


def contents(page: str) -> tuple[dict[str, Any], list[bytes]]:
    """What a page reads from itself."""
    stored = {name: json.loads(text) for name, text in SPLIT.findall(page)}
    bundle, parts, at = gzip.decompress(base64.b64decode(stored["data"])), [], 0
    for length in stored["content"]["lengths"]:
        parts.append(bundle[at : at + length])
        at += length
    assert at == len(bundle)
    low = -(-len(parts[1]) // 2)  # the decoder's low bytes come first, then its high ones
    parts[1] = bytes(parts[1][(k >> 1) + (low if k % 2 else 0)] for k in range(len(parts[1])))
    return stored["content"], parts


def test_half_a_character_as_of_a_files_name_that_is_not_utf8_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"h\xf6r.html")
    write_piece(path, Piece(setup(), load_codec("pebble"), plane_content(SessionState(), Boundary()), title=path.stem))
    assert contents(path.read_text("utf-8"))[0]["title"] == "h?r"


def test_a_piece_holds_engine_decoder_mapping_paths_and_texts(tmp_path: Path) -> None:
    content = plane_content(SessionState(), Boundary())
    piece = Piece(setup(), load_codec("pebble"), content, b"PNG", "Title", "Author", "CC0", "Words")
    write_piece(tmp_path / "piece.html", piece)
    stored, (worklet, decoder, mapping, things, picture) = contents((tmp_path / "piece.html").read_text("utf-8"))
    assert (stored["title"], stored["author"], stored["licence"], stored["words"]) == (
        "Title",
        "Author",
        "CC0",
        "Words",
    )
    assert stored["patch"] == {"playheads.a.path": "x", "latents.slew": 2.0}
    assert stored["content"] == {"boundary": [-1.0, 1.0, 1.0, -1.0], "paths": [], "points": []}
    assert stored["bend"] == {"model": model_hash(load_codec("pebble").tensors()), "layers": ["net.9.bias"]}
    assert b"registerProcessor" in worklet and picture == b"PNG"
    assert all(name.startswith("decoder.") for name in load(decoder))
    np.testing.assert_array_equal(load(things)["paths/x:points"], [[0, 0], [1, 0.5]])
    np.testing.assert_array_equal(load(things)["weights/net.9.bias:weights"], np.linspace(-1, 1, 708, dtype=np.float32))
    weights = load(mapping)
    original = Terrain(2, 8, seed=3).to_state().arrays
    assert weights["mapping:of/fc2.weight"].dtype == np.float16
    assert weights["mapping:of/B_T"].dtype == np.float32, "a frequency that is off is heard far from the middle"
    for name, array in original.items():
        np.testing.assert_allclose(weights[f"mapping:of/{name}"], array, rtol=1e-3, atol=1e-6)


def test_a_piece_of_a_mosaic_opens_and_sounds(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        assert not os.environ.get("CI"), "node is missing: make test needs it where CI is set"
        pytest.skip("a piece's program needs node (sudo apt-get install nodejs)")
    codec = load_codec("mosaic", bundled("cello"))
    played = Setup(Patch(), {MAPPING: MappingAsset(Terrain(2, codec.info.latent_dim, seed=3))})
    write_piece(tmp_path / "piece.html", Piece(played, codec, plane_content(SessionState(), Boundary())))
    opened = subprocess.run(
        [node, str(PROGRAM), str(tmp_path / "piece.html")], capture_output=True, text=True, timeout=60, check=True
    )
    heard = json.loads(opened.stdout)
    assert heard["silent"] == 0 and 1e-3 < heard["loud"] <= 1


def test_text_of_a_user_cannot_become_an_element() -> None:
    evil = "</script><script>alert(1)</script><!--"
    content = plane_content(SessionState(), Boundary())
    page = piece_page(Piece(setup(), load_codec("pebble"), content, b"", evil, evil, evil, evil))
    assert page.count("<script") == 3 and "alert(1)</script>" not in page and "<!--" not in page
    assert contents(page)[0]["words"] == evil


def test_the_decoder_for_the_page_is_the_bundled_one() -> None:
    whole = load(bundled_weights())
    sent = load(page_decoder(load_codec("pebble")))
    assert set(sent) == {name for name in whole if name.startswith("decoder.")}
    for name, array in sent.items():
        np.testing.assert_array_equal(array, whole[name])


def test_what_cannot_go_into_a_page_is_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="cannot decode in a page yet"):
        page_decoder(ToneCodec())
    assert plays_in_page(setup()) and not plays_in_page(Setup())
    with pytest.raises(ValueError, match="nothing to play in a page"):
        piece_page(Piece(Setup(), load_codec("pebble"), {}))
