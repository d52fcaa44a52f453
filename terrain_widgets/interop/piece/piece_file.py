"""Writes a piece: one HTML file with engine, decoder, mapping, paths, sounds and texts in it."""

from __future__ import annotations

import base64
import gzip
import html
import json
import os
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from terrain_widgets.audio.engine.resolution import bends_of
from terrain_widgets.audio.page_host.page_setup import (
    mapping_part,
    page_decoder,
    patch_part,
    plays_in_page,
    things_part,
)
from terrain_widgets.audio.update import Setup
from terrain_widgets.codecs.base import Codec, weights_of
from terrain_widgets.core.bending.bend import model_hash
from terrain_widgets.io.atomic import replacing

_VOLUME_DB = -18.0  # starts low
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main id="piece"></main>
<noscript>This piece is played by JavaScript, which is off in this browser.</noscript>
<script type="application/json" id="content">{content}</script>
<script type="application/json" id="data">{data}</script>
<script>{program}</script>
</body>
</html>
"""


@dataclass(frozen=True, eq=False)
class Piece:
    """What a piece consists of.

    Args:
        setup: What plays.
        codec: What decodes.
        content: The plane: ``boundary``, ``paths``, ``points``, as ``plane_content`` gives them.
        picture: The terrain as a JPEG, empty for none.
        title: Plain text.
        author: Plain text, or nothing.
        licence: Of the sounds, plain text, or nothing.
        words: A text for whoever plays it, or nothing.
        presets: Pads that recall presets, as ``pads_of`` gives them.
    """

    setup: Setup
    codec: Codec
    content: dict[str, Any]
    picture: bytes = b""
    title: str = "Latent terrain"
    author: str = ""
    licence: str = ""
    words: str = ""
    volume_db: float = field(default=_VOLUME_DB)
    presets: list[dict[str, Any]] = field(default_factory=list)


def piece_page(piece: Piece) -> str:
    """The page's text.

    Raises:
        ValueError: If there is nothing to play, or the codec or the mapping cannot go into a page.
    """
    if not plays_in_page(piece.setup):
        raise ValueError("there is nothing to play in a page yet: train a terrain, or points")
    parts = [
        _built("engine_worklet.js").encode(),
        _by_halves(page_decoder(piece.codec)),
        mapping_part(piece.setup, half=True),
        things_part(piece.setup),
        piece.picture,
    ]
    content = {
        "title": piece.title,
        "author": piece.author,
        "licence": piece.licence,
        "words": piece.words,
        "volumeDb": piece.volume_db,
        "content": piece.content,
        "patch": patch_part(piece.setup),
        "presets": piece.presets,
        "lengths": [len(part) for part in parts],
    }
    bent = bends_of(piece.setup.assets)
    if bent:
        content["bend"] = {"model": model_hash(weights_of(piece.codec)), "layers": list(bent)}
    program = _built("piece.js")
    if "</script" in program:
        raise RuntimeError("the built program would end its own script element")
    page = _PAGE.format(
        title=html.escape(piece.title),
        style=_built("instrument.css") + _built("piece.css"),
        content=_inert(content),
        data=_inert(base64.b64encode(gzip.compress(b"".join(parts), 9, mtime=0)).decode("ascii")),
        program=program,
    )
    return page.encode("utf-8", "replace").decode("utf-8")  # half a character, as of a file's name that is not UTF-8


def _by_halves(numbers: bytes) -> bytes:
    """Of numbers of 16 bits first all low bytes, then all high ones, which are alike and so take less room."""
    return numbers[0::2] + numbers[1::2]


def write_piece(path: str | os.PathLike[str], piece: Piece) -> None:
    """Write the file.

    Raises:
        ValueError: As ``piece_page``.
    """
    text = piece_page(piece)
    with replacing(Path(path)) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _inert(value: Any) -> str:
    """JSON in which nothing can be taken for an element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _built(name: str) -> str:
    return resources.files("terrain_widgets").joinpath("widgets", "static", name).read_text(encoding="utf-8")
