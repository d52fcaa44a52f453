"""Edits: pure functions from one state to the next. Undo needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from terrain_widgets.core.trajectory import SpatialTrajectory
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.state import Clip, SessionState


def add_clip(state: SessionState, clip_id: str, sound: Sound) -> SessionState:
    """The sound at the end of the list."""
    return replace(state, clips=(*state.clips, Clip(clip_id, sound)))


def remove_clip(state: SessionState, clip_id: str) -> SessionState:
    """Without the clip and its path."""
    state.clip(clip_id)
    without = replace(state, clips=tuple(clip for clip in state.clips if clip.id != clip_id))
    return remove_path(without, clip_id) if clip_id in state.paths else without


def set_path(state: SessionState, clip_id: str, path: SpatialTrajectory) -> SessionState:
    """The clip has this path now."""
    return set_paths(state, {clip_id: path})


def set_paths(state: SessionState, paths: Mapping[str, SpatialTrajectory]) -> SessionState:
    """Several clips have new paths, as one edit."""
    for clip_id in paths:
        state.clip(clip_id)
    return replace(state, paths=MappingProxyType({**state.paths, **paths}))


def remove_path(state: SessionState, clip_id: str) -> SessionState:
    """The clip has no path any more."""
    return replace(state, paths=MappingProxyType({k: v for k, v in state.paths.items() if k != clip_id}))


def clear_paths(state: SessionState) -> SessionState:
    """No clip has a path any more."""
    return replace(state, paths=MappingProxyType({}))
