"""The codecs of this package: each has one name and needs no file of the user's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.loader import Material

DEFAULT_CODEC = "pebble"


@dataclass(frozen=True)
class BuiltIn:
    """See ``Loader``.

    Args:
        name: Of the codec, and of this loader.
        build: Makes the codec from settings and material; it imports what that takes, such as torch.
        options: Settings that a user may give behind the ``#`` of ``load_codec``.
        kept: Settings that only a recipe has.
    """

    name: str
    build: Callable[[Mapping[str, Any], Material | None], Codec]
    options: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def suffixes(self) -> tuple[str, ...]:
        """None: it loads no files."""
        return ()

    def names(self) -> list[str]:
        """The one name."""
        return [self.name]

    def probe(self, path: Path) -> bool:
        """No file is one of its codecs."""
        return False

    def load(self, source: str, settings: Mapping[str, Any], material: Material | None) -> Codec:
        """The codec.

        Raises:
            CodecError: If there is a setting that it does not have, or it cannot be built.
            BuildingCancelled: If that was asked for.
        """
        if unknown := sorted(set(settings) - {*self.options, *self.kept}):
            instead = f"it has {', '.join(self.options)}" if self.options else "take it without options"
            raise CodecError(f"{self.name} has no option {unknown[0]!r}; {instead}")
        return self.build(settings, material)


def _pebble(settings: Mapping[str, Any], material: Material | None) -> Codec:
    from terrain_widgets.codecs.pebble.codec import PebbleCodec

    return PebbleCodec()


def _brook(settings: Mapping[str, Any], material: Material | None) -> Codec:
    from terrain_widgets.codecs.own.brook import brook

    return brook()


def _mosaic(settings: Mapping[str, Any], material: Material | None) -> Codec:
    from terrain_widgets.codecs.mosaic.from_settings import mosaic_from

    return mosaic_from(settings, material)


BUILT_IN = (
    BuiltIn(DEFAULT_CODEC, _pebble),
    BuiltIn("brook", _brook),
    BuiltIn("mosaic", _mosaic, options=("latent_dim", "distant", "reach"), kept=("sounds", "projection")),
)
