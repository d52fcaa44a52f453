"""A trained one-shot model's file as a codec."""

from __future__ import annotations

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.one_shot.codec import OneShotCodec
from terrain_widgets.codecs.one_shot.model import OneShotConfig
from terrain_widgets.codecs.own.file import OwnFile
from terrain_widgets.codecs.recipe import CodecRecipe


def codec_of(file: OwnFile, recipe: CodecRecipe) -> Codec:
    """The codec in a file that training wrote.

    Raises:
        CodecError: If what it holds is no one-shot model.
    """
    try:
        config = OneShotConfig.from_json(dict(file.model))
    except ValueError as error:
        raise CodecError(f"{file.name} is damaged, or from another version: {error}") from error
    return OneShotCodec(config, file.tensors, file.name, file.card.licence, recipe)
