"""Edits of sounds, of paths and of the pairing between both: pure functions from one state to the next.

Undo needs nothing else. Edits of a path's shape are in ``path_commands``, those of points in ``point_commands``. A
command that changes nothing gives the very state it got.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import count
from types import MappingProxyType
from typing import Any

from terrain_widgets.core.paths.curves import BezierPath
from terrain_widgets.core.paths.drawing import Drawing
from terrain_widgets.core.paths.pairing import PairingRule
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.document.state import Clip, SessionState

SHORTEST_CLIP = 0.02  # seconds; a frame of the codecs in use is about as long


def add_clip(state: SessionState, clip_id: str, sound: Sound, colour: int | None = None) -> SessionState:
    """The sound at the end of the list; a second one of a name gets a number, so that the two can be told apart.

    Args:
        state: Where it is added.
        clip_id: Its id to be.
        sound: What is added.
        colour: Number of its colour; by default the least that no other sound has.
    """
    used = {clip.colour for clip in state.clips}
    if colour is None:
        colour = next(number for number in count() if number not in used)
    return replace(state, clips=(*state.clips, Clip(clip_id, sound, _fresh_title(state, sound.name), colour=colour)))


def _fresh_title(state: SessionState, name: str) -> str:
    """``""`` where no sound has that name yet, or else the name and the least number from 2 that makes it a new one."""
    names = {clip.name for clip in state.clips}
    if name not in names:
        return ""
    return next(title for title in (f"{name} {number}" for number in count(2)) if title not in names)


def remove_clip(state: SessionState, clip_id: str) -> SessionState:
    """Without the clip and its path."""
    state.clip(clip_id)
    without = replace(state, clips=tuple(clip for clip in state.clips if clip.id != clip_id))
    return remove_path(without, clip_id)


def rename_clip(state: SessionState, clip_id: str, title: str) -> SessionState:
    """The clip is called something else; ``""`` gives it the name of its sound again."""
    clip = state.clip(clip_id)
    words = " ".join(str(title).split())  # one line
    if words in (clip.name, clip.title):
        return state
    return _with_clip(state, replace(clip, title="" if words == clip.sound.name else words))


def move_clip(state: SessionState, clip_id: str, by: int) -> SessionState:
    """The clip so many places further down the list, or up with a negative number; not beyond its ends."""
    clips = list(state.clips)
    old = clips.index(state.clip(clip_id))
    new = min(max(old + int(by), 0), len(clips) - 1)
    if new == old:
        return state
    clips.insert(new, clips.pop(old))
    return replace(state, clips=tuple(clips))


def trim_clip(state: SessionState, clip_id: str, start: float = 0.0, end: float | None = None) -> SessionState:
    """The clip is only this part of its sound, in seconds of the uncut sound, so that it can be widened again.

    Raises:
        ValueError: If the part is not inside the sound, or shorter than ``SHORTEST_CLIP``.
    """
    clip = state.clip(clip_id)
    whole = clip.uncut
    last = whole.duration if end is None else float(end)
    if not (0.0 <= start and start + SHORTEST_CLIP <= last <= whole.duration + 1e-6):
        raise ValueError(
            f"“{clip.name}” lasts {whole.duration:.2f} s: it cannot be cut to {start:g} … {last:g} s; choose a start "
            f"and an end inside it, at least {SHORTEST_CLIP:g} s apart"
        )
    first, stop = round(start * whole.sample_rate), min(round(last * whole.sample_rate), whole.audio.shape[1])
    if first == round(clip.start * whole.sample_rate) and stop - first == clip.sound.audio.shape[1]:
        return state
    if (first, stop) == (0, whole.audio.shape[1]):
        return _with_clip(state, replace(clip, sound=whole, whole=None, start=0.0))
    part = replace(whole, audio=whole.audio[:, first:stop])
    return _with_clip(state, replace(clip, sound=part, whole=whole, start=first / whole.sample_rate))


def _with_clip(state: SessionState, clip: Clip) -> SessionState:
    return replace(state, clips=tuple(clip if present.id == clip.id else present for present in state.clips))


def set_path(state: SessionState, clip_id: str, path: SpatialTrajectory) -> SessionState:
    """The clip has this path now."""
    return set_paths(state, {clip_id: path})


def set_paths(state: SessionState, paths: Mapping[str, SpatialTrajectory]) -> SessionState:
    """Several clips have new paths, as one edit; a clip's label, colour, rule and mute stay."""
    changed = dict(state.drawings)
    fresh = iter(state.fresh_ids(len(paths)))
    for clip_id, path in paths.items():
        old = state.drawing_of(state.clip(clip_id).id)
        new = Drawing(next(fresh), path, clip_id) if old is None else old.with_path(path)
        changed[new.id] = new
    return with_drawings(state, changed)


def remove_path(state: SessionState, clip_id: str) -> SessionState:
    """The clip has no path any more."""
    old = state.drawing_of(clip_id)
    return state if old is None else delete_drawings(state, [old.id])


def clear_paths(state: SessionState) -> SessionState:
    """No path is drawn any more."""
    return with_drawings(state, {})


def add_drawing(
    state: SessionState,
    path: SpatialTrajectory,
    clip_id: str | None = None,
    *,
    raw: SpatialTrajectory | None = None,
    bezier: BezierPath | None = None,
    label: str = "",
    colour: str = "",
) -> SessionState:
    """A new path, for a clip or for none yet; the clip's former path stays, without a sound."""
    drawing = Drawing(state.fresh_ids(1)[0], path, None, label, colour, raw=raw, bezier=bezier)
    drawn = with_drawings(state, {**state.drawings, drawing.id: drawing})
    return drawn if clip_id is None else pair(drawn, drawing.id, clip_id)


def delete_drawings(state: SessionState, drawing_ids: Iterable[str]) -> SessionState:
    """Without these paths."""
    gone = {state.drawing(key).id for key in drawing_ids}
    return with_drawings(state, {key: d for key, d in state.drawings.items() if key not in gone}) if gone else state


def pair(state: SessionState, drawing_id: str, clip_id: str) -> SessionState:
    """The clip lies on this path. The path it lay on, and the clip that lay on this one, are left without a partner."""
    state.clip(clip_id)
    drawing = state.drawing(drawing_id)
    if drawing.clip == clip_id:
        return state
    changed = {key: replace(d, clip=None) if d.clip == clip_id else d for key, d in state.drawings.items()}
    return with_drawings(state, {**changed, drawing_id: replace(drawing, clip=clip_id)})


def swap_pairs(state: SessionState, drawing_id: str, other_id: str) -> SessionState:
    """Two paths exchange their sounds."""
    one, other = state.drawing(drawing_id), state.drawing(other_id)
    if one.clip == other.clip:
        return state
    swapped = {one.id: replace(one, clip=other.clip), other.id: replace(other, clip=one.clip)}
    return with_drawings(state, {**state.drawings, **swapped})


def assign(state: SessionState, clip_id: str, drawing_id: str = "") -> SessionState:
    """The clip lies on this path, or on none. Where both had partners they exchange them, so that nobody loses one."""
    own = state.drawing_of(state.clip(clip_id).id)
    if not drawing_id:
        return state if own is None else unpair(state, own.id)
    if own is None or state.drawing(drawing_id).clip is None:
        return pair(state, drawing_id, clip_id)
    return state if own.id == drawing_id else swap_pairs(state, own.id, drawing_id)


def unpair(state: SessionState, drawing_id: str) -> SessionState:
    """No sound lies on this path any more."""
    return _with_changes(state, [drawing_id], clip=None)


def mute(state: SessionState, drawing_ids: Iterable[str], muted: bool = True) -> SessionState:
    """Leave paths out of training and playing, or take them in again."""
    return _with_changes(state, drawing_ids, muted=bool(muted))


def label(state: SessionState, drawing_id: str, text: str) -> SessionState:
    """Call a path something else."""
    return _with_changes(state, [drawing_id], label=str(text))


def colour(state: SessionState, drawing_ids: Iterable[str], css: str) -> SessionState:
    """Show paths in a CSS colour; ``""`` leaves the choice to the view."""
    return _with_changes(state, drawing_ids, colour=str(css))


def set_rule(
    state: SessionState, drawing_ids: Iterable[str], rule: PairingRule | str, density: float | None = None
) -> SessionState:
    """Pair paths by another rule.

    Raises:
        ValueError: If there is no such rule, or the spacing is out of range.
    """
    changes: dict[str, Any] = {"rule": PairingRule(rule)} | ({} if density is None else {"density": density})
    return _with_changes(state, drawing_ids, **changes)


def _with_changes(state: SessionState, drawing_ids: Iterable[str], **changes: Any) -> SessionState:
    """Paths with other values of some of ``Drawing``'s fields; only those that differ are replaced."""
    changed = {}
    for key in drawing_ids:
        drawing = state.drawing(key)
        if any(getattr(drawing, name) != value for name, value in changes.items()):
            changed[key] = replace(drawing, **changes)
    return with_drawings(state, {**state.drawings, **changed}) if changed else state


def with_drawings(state: SessionState, drawings: Mapping[str, Drawing]) -> SessionState:
    """The state with these paths and no others."""
    if not drawings and not state.drawings:
        return state
    return replace(state, drawings=MappingProxyType(dict(drawings)))
