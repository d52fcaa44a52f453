"""``brook``, the bundled codec for any sound: a stream model that was trained as anybody's can be."""

from __future__ import annotations

from pathlib import Path

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.own.file import read_own
from terrain_widgets.codecs.own.stream import codec_of
from terrain_widgets.codecs.recipe import CodecRecipe

NAME = "brook"
WEIGHTS = Path(__file__).with_name("weights") / f"{NAME}.safetensors"
ABOUT = "any sound: chords, voices, bells, drums and textures; no latent is a pitch"


def brook() -> Codec:
    """The codec that the bundled file holds."""
    file = read_own(WEIGHTS)
    return codec_of(file, CodecRecipe(NAME, file.digest, NAME), ABOUT)
