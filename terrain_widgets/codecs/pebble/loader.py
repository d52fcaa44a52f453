"""Loads ``pebble`` by its name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.loader import Material

NAME = "pebble"


class PebbleLoader:
    """See ``Loader``."""

    name = NAME
    suffixes: tuple[str, ...] = ()
    made_of_sounds = False

    def names(self) -> list[str]:
        """The bundled codec."""
        return [NAME]

    def probe(self, path: Path) -> bool:
        """No file is one of its codecs: the weights are part of the package."""
        return False

    def load(self, source: str, settings: Mapping[str, Any], material: Material | None) -> Codec:
        """The bundled codec.

        Raises:
            CodecError: If there are settings; it has none.
        """
        if settings:
            raise CodecError(f"pebble has no option {next(iter(settings))!r}; take it without options")
        from terrain_widgets.codecs.pebble.codec import PebbleCodec  # imports torch: only when a codec is wanted

        return PebbleCodec()


LOADER = PebbleLoader()
