"""A setup in the parts in which a page takes it: each is sent again only if it has changed."""

from __future__ import annotations

from typing import Any, cast

from terrain_widgets.audio.assets import MAPPING, Asset, EditsAsset, MappingAsset, WeightsAsset
from terrain_widgets.audio.packed_file import packed_bytes
from terrain_widgets.audio.update import Setup, Update
from terrain_widgets.codecs.base import Codec, PageCodec

#: Kinds of mappings that the page's engine has.
PAGE_MAPPINGS = ("terrain", "points", "neighbours", "constant")


def page_decoder(codec: Codec, hears: bool = False) -> bytes:
    """What the page's engine needs to decode as this codec does.

    Args:
        codec: What decodes.
        hears: Also what encodes live sound there, where the codec has that.

    Raises:
        ValueError: If the codec cannot go into a page.
    """
    if not codec.info.capabilities.in_page:
        raise ValueError(
            f"the codec {codec.info.name!r} cannot decode in a page yet; of those that come with this package "
            "“pebble” can, and “mosaic” with ten minutes of sounds at most"
        )
    return cast(PageCodec, codec).page_decoder(hears)


def mapping_part(setup: Setup, *, half: bool = False) -> bytes:
    """The mapping as a file; one that the page does not have is left out, and the latent origin plays.

    Args:
        setup: Whose mapping.
        half: As ``packed_bytes``.
    """
    asset = setup.assets.get(MAPPING)
    if not isinstance(asset, MappingAsset) or not plays_in_page(setup):
        asset = MappingAsset(None)
    return packed_bytes(Update(assets={MAPPING: asset}).pack(), half=half)


def things_part(setup: Setup) -> bytes:
    """Paths, sounds and bent layers as a file; the page's engine knows no edits, only what comes of them."""
    things = {key: _for_page(asset) for key, asset in setup.assets.items() if key != MAPPING}
    return packed_bytes(Update(assets=things).pack())


def _for_page(asset: Asset) -> Asset:
    if isinstance(asset, EditsAsset) and asset.applied is not None:
        return WeightsAsset(asset.applied())
    return asset


def patch_part(setup: Setup) -> dict[str, Any]:
    """The patch as JSON takes it."""
    return setup.patch.to_json()


def plays_in_page(setup: Setup) -> bool:
    """Whether there is a mapping, and the page's engine has its kind."""
    asset = setup.assets.get(MAPPING)
    mapping = asset.mapping if isinstance(asset, MappingAsset) else None
    return mapping is not None and mapping.to_state().kind in PAGE_MAPPINGS


def fits_page(codec: Codec | None, setup: Setup) -> str:
    """Why an engine in the page cannot play this, or nothing.

    Args:
        codec: What decodes; ``None`` if it is not loaded yet, and nothing is known against it.
        setup: What plays.
    """
    if codec is not None and not codec.info.capabilities.in_page:
        return f"the codec {codec.info.name!r} cannot go into the page"
    asset = setup.assets.get(MAPPING)
    mapping = asset.mapping if isinstance(asset, MappingAsset) else None
    if mapping is not None and not plays_in_page(setup):
        return "this kind of mapping cannot go into the page"
    return ""
