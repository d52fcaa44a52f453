"""Whether something fits a codec: asked by the kernel before it sends, and by the engine before it plays."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sized

from terrain_widgets.audio.assets import CODEC, CONTROL, MAPPING, WEIGHTS, Asset
from terrain_widgets.audio.engine import resolution
from terrain_widgets.audio.engine.sources.backing_clip import BackingClip
from terrain_widgets.audio.patch import Patch
from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.core.mapping import Mapping


def check_update(patch: Patch, assets: MappingType[str, Asset], info: CodecInfo, touched: frozenset[str]) -> None:
    """A patch with its assets must be one that an engine with this codec can play.

    Args:
        patch: As it would be.
        assets: As they would be.
        info: The codec.
        touched: The update's ``groups``; what it does not touch is not checked again.

    Raises:
        ValueError: If not.
    """
    mapping = resolution.mapping_asset(assets).mapping
    if mapping is not None and MAPPING in touched:
        check_mapping(mapping, info)
    if touched & {"latents", "mapping"}:
        resolution.latent_settings(patch, assets, info.latent_dim)
    codec = resolution.exchanged_codec(assets)
    if CODEC in touched and codec is not None and not exchangeable(info, codec.info):
        raise ValueError(f"the engine of {info.name!r} cannot go on with {codec.info.name!r}: it decodes another shape")
    if WEIGHTS in touched and resolution.bends_of(assets) and not info.capabilities.tensors:
        raise ValueError(f"the codec {info.name!r} has no weights that could be bent")
    control = resolution.control_map(assets)
    if CONTROL in touched and control is not None and control.latent_dim != info.latent_dim:
        raise ValueError(
            f"this control map sets {control.latent_dim} modulators, but the codec {info.name!r} has "
            f"{info.latent_dim} latents; train the map again"
        )
    if touched & {"modulators", "clock"}:
        resolution.modulator_settings(patch, info.latent_dim)
    if touched & {"movers", "clock"}:
        resolution.movers(patch)
    if touched & {"playheads", "paths"}:
        check_playheads(resolution.playheads(patch, assets), info)
    if touched & {"clip", "sounds"}:
        clip = resolution.backing_clip(patch, assets, info.latent_dim)
        if clip is not None:
            check_base(clip, info)
            if clip.live and not info.capabilities.streaming_encoder:
                raise ValueError(f"the codec {info.name!r} has no encoder for live sound; pebble and mosaic have one")


def exchangeable(info: CodecInfo, other: CodecInfo) -> bool:
    """Whether an engine with one codec can go on with the other: both are made of sounds, and of one shape."""
    both = info.capabilities.made_of_sounds and other.capabilities.made_of_sounds
    shapes = [(i.name, i.sample_rate, i.ratio, i.channels, i.latent_dim) for i in (info, other)]
    return both and shapes[0] == shapes[1]


def check_mapping(mapping: Mapping, info: CodecInfo) -> None:
    """A mapping must give as many latents as the codec takes.

    Raises:
        ValueError: If not.
    """
    if mapping.latent_dim != info.latent_dim:
        raise ValueError(
            f"this mapping gives {mapping.latent_dim} latents, but the codec {info.name!r} takes {info.latent_dim}; "
            "train a terrain on sounds encoded with this codec"
        )


def check_playheads(playheads: Sized, info: CodecInfo) -> None:
    """Playheads and the hand must not be more voices than the codec has.

    Raises:
        ValueError: If not.
    """
    most = info.max_voices - 1
    if len(playheads) > most:
        raise ValueError(f"the codec {info.name!r} plays {most} playheads beside the hand, not {len(playheads)}")


def check_base(clip: BackingClip, info: CodecInfo) -> None:
    """A base clip must have the codec's latents, and one channel or the codec's.

    Raises:
        ValueError: If not.
    """
    latents = clip.latents.shape[1]
    if latents != info.latent_dim:
        raise ValueError(
            f"this clip has {latents} latents, but the codec {info.name!r} takes {info.latent_dim}; encode it with "
            "this codec"
        )
    if clip.audio is not None and clip.audio.shape[0] not in (1, info.channels):
        raise ValueError(f"the clip has {clip.audio.shape[0]} channels, the codec {info.channels}")
