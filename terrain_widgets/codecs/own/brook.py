"""Loads ``brook``, the bundled codec for voices and textures: a stream model that was trained as anybody's can be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.loader import Material
from terrain_widgets.codecs.own.file import read_own
from terrain_widgets.codecs.recipe import CodecRecipe

NAME = "brook"
WEIGHTS = Path(__file__).with_name("weights") / f"{NAME}.safetensors"
ABOUT = "voices and textures: any sound whose spectrum moves; the notes of a chord blur"


class BrookLoader:
    """See ``Loader``."""

    name = NAME
    suffixes: tuple[str, ...] = ()
    made_of_sounds = False

    def names(self) -> list[str]:
        """The one name."""
        return [NAME]

    def probe(self, path: Path) -> bool:
        """No file is one of its codecs: the weights are part of the package."""
        return False

    def load(self, source: str, settings: Mapping[str, Any], material: Material | None) -> Codec:
        """The bundled codec for voices and textures.

        Raises:
            CodecError: If there are settings; it has none.
        """
        if settings:
            raise CodecError(f"{NAME} has no option {next(iter(settings))!r}; take it without options")
        from terrain_widgets.codecs.own.stream import codec_of  # imports torch: only when a codec is wanted

        file = read_own(WEIGHTS)
        return codec_of(file, CodecRecipe(NAME, file.digest, NAME), ABOUT)


LOADER = BrookLoader()
