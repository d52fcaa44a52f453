"""The codec that a process of its own works with stays loaded until it needs another one."""

from __future__ import annotations

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.recipe import CodecRecipe


class KeptCodec:
    """Loads codecs by their recipes, and keeps the last one: a request often is for the same as the one before."""

    def __init__(self) -> None:
        self._loaded: tuple[CodecRecipe, Codec] | None = None

    def of(self, recipe: CodecRecipe) -> Codec:
        """The codec of a recipe.

        Raises:
            CodecError: If it cannot be built here.
        """
        if self._loaded is None or self._loaded[0] != recipe:
            self._loaded = None  # before the next is loaded: two may not fit into memory
            from terrain_widgets.codecs.loading import load_codec

            self._loaded = (recipe, load_codec(recipe))
        return self._loaded[1]
