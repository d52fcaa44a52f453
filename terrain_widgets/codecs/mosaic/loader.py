"""Builds ``mosaic`` from sounds, or finds one again by its recipe."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.loader import Material

NAME = "mosaic"
_BLEND = {"distant": str, "reach": float}
_OPTIONS = ("sounds", "projection", "latent_dim", *_BLEND)


class MosaicLoader:
    """See ``Loader``."""

    name = NAME
    suffixes: tuple[str, ...] = ()
    made_of_sounds = True

    def names(self) -> list[str]:
        """The one name."""
        return [NAME]

    def probe(self, path: Path) -> bool:
        """No file is one of its codecs."""
        return False

    def load(self, source: str, settings: Mapping[str, Any], material: Material | None) -> Codec:
        """A mosaic of these sounds, or the one that the settings name, from this machine's cache.

        Args:
            source: Its one name.
            settings: As a recipe has them; ``latent_dim``, ``distant`` and ``reach`` may also be given behind the ``#``
                of ``load_codec``.
            material: What it is made of.

        Raises:
            CodecError: If there are neither sounds nor a corpus in the cache, or a setting is unknown.
        """
        from terrain_widgets.codecs.mosaic.blend import BlendSettings
        from terrain_widgets.codecs.mosaic.codec import LATENT_DIM, MosaicCodec
        from terrain_widgets.codecs.mosaic.corpus import digest_of
        from terrain_widgets.codecs.mosaic.projection import Projection
        from terrain_widgets.codecs.mosaic.store import kept_corpus

        unknown = sorted(set(settings) - set(_OPTIONS))
        if unknown:
            raise CodecError(f"mosaic has no option {unknown[0]!r}; it has latent_dim, {', '.join(_BLEND)}")
        try:
            blend = BlendSettings(**{name: kind(settings[name]) for name, kind in _BLEND.items() if name in settings})
            latent_dim = int(settings.get("latent_dim", LATENT_DIM))
        except (TypeError, ValueError) as error:
            raise CodecError(f"an option of mosaic cannot be used: {error}") from error
        text = settings.get("projection")
        projection = None if text is None else Projection.from_text(str(text))
        if projection is not None:
            latent_dim = projection.latent_dim
        if material is not None:
            return MosaicCodec.of(material, latent_dim, blend, projection)
        if projection is None:
            raise CodecError(
                "mosaic is made of sounds, and none are given: tw.Session(sounds=[...], codec='mosaic') or "
                "tw.MosaicCodec(sounds)"
            )
        hashes = tuple(str(name) for name in settings.get("sounds", ()))
        return MosaicCodec(kept_corpus(digest_of(projection, hashes), projection, hashes), latent_dim, blend)


LOADER = MosaicLoader()
