"""Edits of labelled points: pure functions from one state to the next."""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

from numpy.typing import ArrayLike

from terrain_widgets.core.points.points import PointChanges, PointSet
from terrain_widgets.session.document.state import SessionState


def place_point(
    state: SessionState, control: ArrayLike, latent: ArrayLike | None = None, label: str = "", colour: str = ""
) -> SessionState:
    """A new point at a place ``[C]``, with what shall sound there, ``[D]``, or nothing yet."""
    return replace(state, points=state.points.placed(control, latent, label, colour))


def move_point(state: SessionState, point_id: str, control: ArrayLike) -> SessionState:
    """A point elsewhere; what sounds there goes with it."""
    return update_point(state, point_id, control=control)


def attach_latent(state: SessionState, point_id: str, latent: ArrayLike | None) -> SessionState:
    """Something else shall sound at a point; ``None`` takes it away."""
    return update_point(state, point_id, latent=latent)


def update_point(state: SessionState, point_id: str, **changes: Unpack[PointChanges]) -> SessionState:
    """A point with another ``control``, ``latent``, ``label`` or ``colour``."""
    return replace(state, points=state.points.updated(point_id, **changes))


def delete_point(state: SessionState, point_id: str) -> SessionState:
    """Without that point."""
    return replace(state, points=state.points.without(point_id))


def clear_points(state: SessionState) -> SessionState:
    """Without any point."""
    return replace(state, points=PointSet()) if len(state.points) else state


def replace_points(state: SessionState, points: PointSet) -> SessionState:
    """Other points in their place."""
    return replace(state, points=points)


def detach_all(state: SessionState) -> SessionState:
    """Every point without latents: they are of a codec that is no longer there."""
    if not state.points.attached:
        return state
    return replace(state, points=PointSet(tuple(replace(point, latent=None) for point in state.points)))
