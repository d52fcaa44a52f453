"""Edits of what an exploration keeps: pure functions from one state to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from terrain_widgets.core.exploration.attributes import Attribute
from terrain_widgets.core.exploration.endless_walk import EndlessWalk
from terrain_widgets.core.exploration.explored import LatentPreset
from terrain_widgets.core.exploration.sound_map import SoundMap
from terrain_widgets.session.document.state import SessionState

Kept = TypeVar("Kept")


def set_map(state: SessionState, sound_map: SoundMap | None) -> SessionState:
    """Another map of sounds, or none."""
    return replace(state, explored=replace(state.explored, sound_map=sound_map))


def add_way(state: SessionState, name: str, way: ArrayLike | EndlessWalk) -> SessionState:
    """A way through latent space, ``[T, D]`` or without end; one of that name is replaced."""
    kept = way if isinstance(way, EndlessWalk) else np.array(way, dtype=np.float32)
    if isinstance(kept, np.ndarray):
        kept.setflags(write=False)
    return replace(state, explored=replace(state.explored, ways=_with(state.explored.ways, {name: kept})))


def remove_way(state: SessionState, name: str) -> SessionState:
    """Without that way."""
    return replace(state, explored=replace(state.explored, ways=_without(state.explored.ways, name, "way")))


def add_attributes(state: SessionState, attributes: Iterable[Attribute]) -> SessionState:
    """More attributes; those of the same names are replaced."""
    named = {attribute.name: attribute for attribute in attributes}
    return replace(state, explored=replace(state.explored, attributes=_with(state.explored.attributes, named)))


def remove_attribute(state: SessionState, name: str) -> SessionState:
    """Without that attribute."""
    attributes = _without(state.explored.attributes, name, "attribute")
    return replace(state, explored=replace(state.explored, attributes=attributes))


def add_presets(state: SessionState, presets: Iterable[LatentPreset]) -> SessionState:
    """More presets; those of the same names are replaced."""
    named = {preset.name: preset for preset in presets}
    return replace(state, explored=replace(state.explored, presets=_with(state.explored.presets, named)))


def remove_preset(state: SessionState, name: str) -> SessionState:
    """Without that preset."""
    return replace(state, explored=replace(state.explored, presets=_without(state.explored.presets, name, "preset")))


def _with(kept: Mapping[str, Kept], more: Mapping[str, Kept]) -> Mapping[str, Kept]:
    return MappingProxyType({**kept, **more})


def _without(kept: Mapping[str, Kept], name: str, what: str) -> Mapping[str, Kept]:
    if name not in kept:
        raise KeyError(f"there is no {what} {name!r}; there are: {', '.join(kept) or 'none'}")
    return MappingProxyType({key: value for key, value in kept.items() if key != name})
