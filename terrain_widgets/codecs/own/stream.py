"""A trained stream model's file as a codec."""

from __future__ import annotations

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.own.file import OwnFile
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.codecs.stream.codec import OWN_SOUNDS, StreamCodec
from terrain_widgets.codecs.stream.model import StreamConfig


def codec_of(file: OwnFile, recipe: CodecRecipe, about: str = OWN_SOUNDS) -> Codec:
    """The codec in a file that training wrote.

    Args:
        file: As it was read.
        recipe: How another process loads the same.
        about: What to say of it.

    Raises:
        CodecError: If what it holds is no stream model.
    """
    try:
        config = StreamConfig.from_json(dict(file.model))
    except ValueError as error:
        raise CodecError(f"{file.name} is damaged, or from another version: {error}") from error
    return StreamCodec(config, file.tensors, file.name, file.card.licence, recipe, about)
