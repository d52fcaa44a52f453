"""``brook``, the bundled codec for voices and textures: a stream model that was trained as anybody's can be."""

from __future__ import annotations

from pathlib import Path

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.own.file import read_own
from terrain_widgets.codecs.own.stream import codec_of
from terrain_widgets.codecs.recipe import CodecRecipe

NAME = "brook"
WEIGHTS = Path(__file__).with_name("weights") / f"{NAME}.safetensors"
ABOUT = "voices and textures: any sound whose spectrum moves; the notes of a chord blur"


def brook() -> Codec:
    """The codec that the bundled file holds."""
    file = read_own(WEIGHTS)
    return codec_of(file, CodecRecipe(NAME, file.digest, NAME), ABOUT)
