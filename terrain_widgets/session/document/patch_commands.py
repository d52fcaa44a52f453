"""Edits of the patch that depend on what was made: pure functions from one snapshot to the next."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from terrain_widgets.audio.parameters import LIVE
from terrain_widgets.audio.patch import Changes
from terrain_widgets.core.bending.bend import Bend
from terrain_widgets.core.exploration.explored import Explored
from terrain_widgets.session.document.state import Snapshot

_SHAPED = ("latents.", "sliders.", "clip.", "modulators.")  # like one codec's latents
_KEPT = ("clip.wet", "modulators.amount", "modulators.triggers")


def settled(snapshot: Snapshot) -> Snapshot:
    """Without playheads whose path is gone or muted, without a backing clip that was removed, and free paths unused."""
    state, patch = snapshot.state, snapshot.patch
    changes: dict[str, None] = {}
    followed = set()
    for name in patch.members("playheads"):
        path = patch[f"playheads.{name}.path"]
        drawn = state.drawing_of(path)
        if path in state.free_paths:
            followed.add(path)
        elif drawn is None or drawn.muted:
            changes[f"playheads.{name}"] = None
    sounds = {*(clip.id for clip in state.clips), *state.explored.ways, LIVE}
    if patch["clip.sound"] and patch["clip.sound"] not in sounds:
        changes["clip.sound"] = None
    if len(followed) != len(state.free_paths):
        kept = {name: path for name, path in state.free_paths.items() if name in followed}
        state = replace(state, free_paths=MappingProxyType(kept))
    return Snapshot(state, patch.set(changes)) if changes or state is not snapshot.state else snapshot


def without_codec(snapshot: Snapshot) -> Snapshot:
    """Without what is one codec's: playheads, clip, shaping, sliders, movements of latents, bends, explorations.

    Presets stay: each knows its codec. The hand no longer leads: the control map is of other latents.
    """
    patch = snapshot.patch
    steered = [name for name in patch.members("movers") if patch[f"movers.{name}.target"].startswith("latents.")]
    changes: Changes = {
        **{f"movers.{name}": None for name in steered},
        **{f"playheads.{name}": None for name in patch.members("playheads")},
        **{f"attributes.{name}": None for name in patch.members("attributes")},
        "control.leads": None,
        **{a: None for a in patch if a.startswith(_SHAPED) and a not in _KEPT},
    }
    explored = Explored(presets=snapshot.state.explored.presets)
    return settled(Snapshot(replace(snapshot.state.bent_by(Bend()), explored=explored), patch.set(changes)))
