"""A pebble with weights of its own: the bundled codec, tuned to a user's sounds."""

from __future__ import annotations

from terrain_widgets.codecs.own.file import OwnFile
from terrain_widgets.codecs.pebble.codec import PebbleCodec, PebbleIdentity
from terrain_widgets.codecs.recipe import CodecRecipe


def codec_of(file: OwnFile, recipe: CodecRecipe) -> PebbleCodec:
    """The codec in a file.

    Args:
        file: Of the family ``pebble``.
        recipe: How another process loads the same.

    Raises:
        CodecError: If its weights do not fit.
    """
    about = f"pebble, tuned: {file.card.data}, {file.card.error:.1f} dB from what was held back"
    return PebbleCodec(file.tensors, PebbleIdentity(file.name, file.card.licence, recipe, about))
