"""Families of codecs that can be trained, each with what builds one from its file."""

from __future__ import annotations

from importlib import import_module

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.own.file import OwnFile
from terrain_widgets.codecs.recipe import CodecRecipe

#: Module by family; each has ``codec_of(file, recipe)``, and imports torch: only when a codec is wanted.
FAMILIES: dict[str, str] = {
    "pebble": "terrain_widgets.codecs.own.pebble",
    "stream": "terrain_widgets.codecs.own.stream",
    "one-shot": "terrain_widgets.codecs.own.one_shot",
}


def codec_of(file: OwnFile, recipe: CodecRecipe) -> Codec:
    """The codec in a file.

    Args:
        file: As it was read.
        recipe: How another process loads the same.

    Raises:
        CodecError: If its family is not known here, or its weights do not fit.
    """
    if file.family not in FAMILIES:
        raise CodecError(
            f"{file.name} is a codec of the family {file.family!r}, known are {', '.join(FAMILIES)}; it may be from a "
            "newer version: update terrain_widgets"
        )
    codec: Codec = import_module(FAMILIES[file.family]).codec_of(file, recipe)
    return codec
