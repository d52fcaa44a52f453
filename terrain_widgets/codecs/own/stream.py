"""A trained stream model's file as a codec."""

from __future__ import annotations

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.own.file import OwnFile
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.codecs.stream.codec import StreamCodec
from terrain_widgets.codecs.stream.model import StreamConfig


def codec_of(file: OwnFile, recipe: CodecRecipe) -> Codec:
    """The codec in a file that training wrote.

    Raises:
        CodecError: If what it holds is no stream model.
    """
    try:
        config = StreamConfig.from_json(dict(file.model))
    except ValueError as error:
        raise CodecError(f"{file.name} is damaged, or from another version: {error}") from error
    return StreamCodec(config, file.tensors, file.name, file.card.licence, recipe)
