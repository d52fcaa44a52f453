"""A mosaic as a recipe or the options of ``load_codec`` describe it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.loader import Material
from terrain_widgets.codecs.mosaic.blend import BlendSettings
from terrain_widgets.codecs.mosaic.codec import LATENT_DIM, MosaicCodec
from terrain_widgets.codecs.mosaic.corpus import digest_of
from terrain_widgets.codecs.mosaic.projection import Projection
from terrain_widgets.codecs.mosaic.store import kept_corpus

_BLEND = {"distant": str, "reach": float}


def mosaic_from(settings: Mapping[str, Any], material: Material | None) -> MosaicCodec:
    """A mosaic of these sounds, or the one that the settings name, from this machine's cache.

    Args:
        settings: ``latent_dim``, ``distant`` and ``reach``; a recipe's also hold ``sounds`` and ``projection``.
        material: What it is made of.

    Raises:
        CodecError: If there are neither sounds nor a corpus in the cache, or a setting cannot be used.
        BuildingCancelled: If that was asked for.
    """
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
