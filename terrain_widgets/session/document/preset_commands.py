"""Edits of the presets: pure functions from one state to the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from terrain_widgets.audio.preset import Preset
from terrain_widgets.audio.preset_file import MOST_PRESETS
from terrain_widgets.session.document.state import SessionState


def keep(state: SessionState, presets: Iterable[Preset]) -> SessionState:
    """More presets; one of the same name is replaced where it stands.

    Raises:
        ValueError: If they become too many.
    """
    kept = {**state.presets, **{preset.name: preset for preset in presets}}
    if len(kept) > MOST_PRESETS:
        raise ValueError(f"a session has at most {MOST_PRESETS} presets; remove some")
    return replace(state, presets=MappingProxyType(kept))


def rename(state: SessionState, name: str, new: str) -> SessionState:
    """A preset under another name, where it stands.

    Raises:
        KeyError: If there is no such preset.
        ValueError: If the new name is empty, too long, or another's.
    """
    renamed = replace(named(state, name), name=new)
    if renamed.name != name and renamed.name in state.presets:
        raise ValueError(f"there is a preset {renamed.name!r} already")
    kept = {(renamed.name if key == name else key): (renamed if key == name else p) for key, p in state.presets.items()}
    return replace(state, presets=MappingProxyType(kept))


def remove(state: SessionState, name: str) -> SessionState:
    """Without that preset.

    Raises:
        KeyError: If there is no such preset.
    """
    named(state, name)
    return replace(state, presets=MappingProxyType({key: p for key, p in state.presets.items() if key != name}))


def named(state: SessionState, name: str) -> Preset:
    """The preset of that name.

    Raises:
        KeyError: If there is none.
    """
    if name not in state.presets:
        raise KeyError(f"there is no preset {name!r}; there are: {', '.join(state.presets) or 'none'}")
    return state.presets[name]
