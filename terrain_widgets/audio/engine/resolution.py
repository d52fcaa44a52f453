"""What a patch and its assets mean for the parts of an engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from terrain_widgets.audio.assets import (
    CODEC,
    CONTROL,
    MAPPING,
    WEIGHTS,
    Asset,
    CodecAsset,
    ControlAsset,
    EditsAsset,
    MappingAsset,
    PathAsset,
    SoundAsset,
    WeightsAsset,
    path_key,
    sound_key,
)
from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.audio.engine.latents.modulator_settings import ModulatorSettings
from terrain_widgets.audio.engine.movers import Mover, target_of
from terrain_widgets.audio.engine.sources.backing_clip import BackingClip
from terrain_widgets.audio.engine.sources.playhead import Playhead
from terrain_widgets.audio.fitted_control_map import FittedControlMap
from terrain_widgets.audio.parameters import LIVE, PARAMETERS
from terrain_widgets.audio.patch import Patch
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.bending.applied import LayerBend
from terrain_widgets.core.bending.terrain_layers import bent_mapping
from terrain_widgets.core.mapping import Mapping as LatentMapping
from terrain_widgets.core.parameter import Number, Value

Assets = Mapping[str, Asset]
Bends = Mapping[str, LayerBend]

#: What a latent's modulator has and a mover has not.
_UNSHAPED = {"amount": 1.0, "energy": 0.0, "deviation": 0.0, "mode": "none", "limit": 1.0, "chaos": 0.0}


def mapping_asset(assets: Assets) -> MappingAsset:
    """The mapping that plays, and its range."""
    asset = assets.get(MAPPING)
    return asset if isinstance(asset, MappingAsset) else MappingAsset(None)


def sounding_mapping(patch: Patch, assets: Assets) -> LatentMapping | None:
    """The mapping that plays, as far bent as the patch says."""
    asset = mapping_asset(assets)
    if asset.mapping is None or not asset.bent:
        return asset.mapping
    return bent_mapping(asset.mapping, asset.bent, patch["bend.amount"])


def bends_of(assets: Assets) -> Bends:
    """The codec's layers that are bent, by name."""
    found: dict[str, LayerBend] = {}
    for key, asset in assets.items():
        if key.startswith(f"{WEIGHTS}/"):
            layer = key.partition("/")[2]
            if isinstance(asset, EditsAsset):
                found[layer] = asset.edits
            elif isinstance(asset, WeightsAsset):
                found[layer] = asset.weights
    return found


def bend_of(patch: Patch, assets: Assets) -> tuple[Bends, float, float]:
    """What is bent, how far that counts, and how loud it is in dB."""
    return bends_of(assets), patch["bend.amount"], patch["bend.level"]


def layers_changed(assets: Mapping[str, Asset | None]) -> tuple[str, ...]:
    """The layers whose bend an update changes."""
    return tuple(k.partition("/")[2] for k, asset in assets.items() if k.startswith(f"{WEIGHTS}/") and asset)


def control_map(assets: Mapping[str, Asset | None]) -> FittedControlMap | None:
    """What sets the modulators by a place, if anything."""
    asset = assets.get(CONTROL)
    return asset.control if isinstance(asset, ControlAsset) else None


def exchanged_codec(assets: Assets) -> Codec | None:
    """The codec that decodes in place of the one that the engine was started with."""
    asset = assets.get(CODEC)
    return asset.codec if isinstance(asset, CodecAsset) else None


def latent_settings(patch: Patch, assets: Assets, dim: int) -> LatentSettings:
    """How latents are shaped.

    Raises:
        ValueError: If a value has neither one number nor D, or a range is upside down.
    """
    low, high = patch["latents.low"], patch["latents.high"]
    data = mapping_asset(assets)
    if patch["latents.limits"] == "data" and data.low is not None and data.high is not None:
        low, high = data.low, data.high
    return LatentSettings.of(dim, low, high, patch["latents.scale"], patch["latents.offset"], patch["latents.slew"])


def modulator_settings(patch: Patch, dim: int) -> ModulatorSettings:
    """How latents move by themselves.

    Raises:
        ValueError: If a value has neither one number nor D.
    """
    words = (p.name for p in PARAMETERS if p.address.startswith("modulators."))
    values = {word: patch[f"modulators.{word}"] for word in words}
    return ModulatorSettings.of(dim, values, _bar(patch))


def movers(patch: Patch) -> dict[str, Mover]:
    """What moves other numbers by itself, by name.

    Raises:
        ValueError: If the target of one is no number that can be moved.
    """
    found: dict[str, Mover] = {}
    for name in patch.members("movers"):
        values = patch.member("movers", name)
        target = values["target"]
        try:
            known = not target or target_of(target) is not None
        except KeyError:
            known = False
        if not known:
            targets = ", ".join(p.address for p in PARAMETERS if isinstance(p, Number) and p.target)
            raise ValueError(f"the mover {name!r} cannot move {target!r}; there are {targets}")
        settings = ModulatorSettings.of(1, _UNSHAPED | values, _bar(patch))
        depth = np.array([values["depth"]], dtype=np.float64)
        found[name] = Mover(target, values["along"], replace(settings, energy=depth))
    return found


def _bar(patch: Patch) -> float:
    """Seconds of a bar."""
    return 60.0 / float(patch["clock.tempo"]) * float(patch["clock.beats"])


def playheads(patch: Patch, assets: Assets) -> dict[str, Playhead]:
    """The playheads by name.

    Raises:
        ValueError: If the path of one is not among the assets.
    """
    heads: dict[str, Playhead] = {}
    for name in patch.members("playheads"):
        values = patch.member("playheads", name)
        asset = assets.get(path_key(values["path"]))
        if not isinstance(asset, PathAsset):
            raise ValueError(f"the playhead {name!r} follows a path {values['path']!r} that the engine was not given")
        heads[name] = Playhead(
            asset.points,
            speed=values["speed"],
            loop=values["loop"],
            gain=values["gain"],
            playing=values["playing"],
            interpolate=values["interpolate"],
            seek=(values["seeks"], values["start"]) if values["start"] >= 0.0 else None,
            shift=values["shift"],
        )
    return heads


def backing_clip(patch: Patch, assets: Assets, dim: int) -> BackingClip | None:
    """The sound that runs underneath the hand, or none.

    Raises:
        ValueError: If that sound is not among the assets, or its modes are neither one nor D.
    """
    name = patch["clip.sound"]
    if not name:
        return None
    if name == LIVE:
        nothing = np.zeros((1, dim), dtype=np.float32)
        return BackingClip(nothing, patch["clip.modes"], running=patch["clip.running"], live=True)
    asset = assets.get(sound_key(name))
    if not isinstance(asset, SoundAsset):
        raise ValueError(f"the sound {name!r} is to run underneath, but the engine was not given its latents")
    latents = np.asarray(asset.latents, dtype=np.float32)
    running, loop = patch["clip.running"], patch["clip.loop"]
    return BackingClip(latents, patch["clip.modes"], asset.audio, running, loop, walk=asset.walk)


def values_of_playheads(names: Sequence[str], heads: Sequence[Playhead]) -> dict[str, Value]:
    """The other way round, of what moves: where playheads begin, and whether they play, by address."""
    values: dict[str, Value] = {}
    for name, head in zip(names, heads, strict=True):
        seeks, start = head.seek or (0, 0.0)
        values |= {f"playheads.{name}.seeks": seeks, f"playheads.{name}.start": start}
        values[f"playheads.{name}.playing"] = head.playing
    return values
