"""Edits of the shape of drawn paths: pure functions from one state to the next, over the functions of ``core``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from terrain_widgets.core.paths import cutting, editing
from terrain_widgets.core.paths.curves import BezierPath, smoothed
from terrain_widgets.core.paths.drawing import Drawing
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.session.document.commands import set_path, with_drawings
from terrain_widgets.session.document.state import SessionState


def transform(state: SessionState, drawing_ids: Sequence[str], affine: editing.Affine) -> SessionState:
    """Paths where an affine map puts them, with their ink and their handles."""
    return _changed(state, drawing_ids, lambda drawing: drawing.transformed(affine))


def move(state: SessionState, drawing_ids: Sequence[str], offset: ArrayLike) -> SessionState:
    """Paths moved by ``offset``, ``[C]`` control units."""
    return transform(state, drawing_ids, editing.translation(offset))


def scale(
    state: SessionState, drawing_ids: Sequence[str], factor: float | ArrayLike, centre: ArrayLike | None = None
) -> SessionState:
    """Paths scaled by one factor, or one for each dimension, about a centre; by default the middle of them all."""
    return transform(state, drawing_ids, editing.scaling(factor, _centre(state, drawing_ids, centre)))


def rotate(
    state: SessionState, drawing_ids: Sequence[str], degrees: float, centre: ArrayLike | None = None
) -> SessionState:
    """Paths turned about a centre; by default the middle of them all."""
    return transform(state, drawing_ids, editing.rotation(degrees, _centre(state, drawing_ids, centre)))


def move_vertex(state: SessionState, drawing_id: str, index: int, place: ArrayLike) -> SessionState:
    """One point of a path elsewhere."""
    return _reshaped(state, [drawing_id], lambda path: editing.with_vertex(path, index, place))


def set_curve(state: SessionState, clip_id: str, curve: BezierPath) -> SessionState:
    """The clip has this Bézier curve as its path; its anchors and handles stay editable."""
    drawn = set_path(state, clip_id, SpatialTrajectory(curve.points()))
    owner = drawn.drawing_of(clip_id)
    assert owner is not None
    return _bent(drawn, owner.id, curve)


def move_anchor(state: SessionState, drawing_id: str, index: int, place: ArrayLike) -> SessionState:
    """One anchor of a Bézier path elsewhere, with its handles.

    Raises:
        ValueError: If the path is no Bézier curve.
        IndexError: If there is no such anchor.
    """
    return _bent(state, drawing_id, _curve(state, drawing_id).with_anchor(index, place))


def move_handle(
    state: SessionState, drawing_id: str, index: int, side: int, place: ArrayLike, mirrored: bool = True
) -> SessionState:
    """One handle of a Bézier path elsewhere: of the anchor ``index``, 0 before it or 1 after it.

    Args:
        state: What is edited.
        drawing_id: Its path.
        index: Its anchor.
        side: 0 or 1.
        place: ``[2]`` in control units.
        mirrored: Whether the anchor's other handle turns with it, so that the path stays smooth.

    Raises:
        ValueError: If the path is no Bézier curve.
        IndexError: If there is no such handle.
    """
    return _bent(state, drawing_id, _curve(state, drawing_id).with_handle(index, side, place, mirrored))


def extend(state: SessionState, drawing_id: str, more: SpatialTrajectory | ArrayLike) -> SessionState:
    """A path goes on after its end."""
    return _reshaped(state, [drawing_id], lambda path: editing.extended(path, more))


def prepend(state: SessionState, drawing_id: str, more: SpatialTrajectory | ArrayLike) -> SessionState:
    """A path begins earlier, with these points in the order of travel."""
    return _reshaped(state, [drawing_id], lambda path: editing.prepended(path, more))


def reverse(state: SessionState, drawing_ids: Sequence[str]) -> SessionState:
    """Paths from their ends to their starts."""
    return _reshaped(state, drawing_ids, editing.reversed_path)


def snap(
    state: SessionState, drawing_ids: Sequence[str], step: float | ArrayLike, origin: ArrayLike = 0.0
) -> SessionState:
    """Every point of these paths on the nearest crossing of a grid."""
    return _reshaped(state, drawing_ids, lambda path: editing.snapped(path, step, origin))


def smooth(state: SessionState, drawing_ids: Sequence[str], wavelength: float) -> SessionState:
    """Paths without the hand's tremor, always from the raw ink, which is kept; 0 shows it again."""

    def change(drawing: Drawing) -> Drawing:
        ink = drawing.raw or drawing.path
        line = SpatialTrajectory(smoothed(ink.values, wavelength), ink.times, ink.pressures)
        return drawing.with_path(line, raw=ink)

    return _changed(state, drawing_ids, change)


def duplicate(state: SessionState, drawing_ids: Sequence[str], offset: ArrayLike) -> SessionState:
    """Copies of paths, moved by ``offset`` and without a sound."""
    shift, added = editing.translation(offset), {}
    for key, fresh in zip(drawing_ids, state.fresh_ids(len(drawing_ids)), strict=True):
        added[fresh] = replace(state.drawing(key).transformed(shift), id=fresh, clip=None)
    return with_drawings(state, {**state.drawings, **added}) if added else state


def split(state: SessionState, drawing_id: str, at: float) -> SessionState:
    """A path in two, cut at an arc length; the first part keeps its id and its sound."""
    drawing = state.drawing(drawing_id)
    return _replaced(state, drawing, list(cutting.split(drawing.path, at)), keeps=0)


def join(state: SessionState, drawing_id: str, other_id: str, nearest: bool = False) -> SessionState:
    """Two paths as one, under the first's id, with its sound, or the second's if it has none.

    Where both have one, the second's sound is left without a path.

    Raises:
        ValueError: If both are the same, or of different spaces.
    """
    first, second = state.drawing(drawing_id), state.drawing(other_id)
    if first is second:
        raise ValueError("a path cannot be joined to itself; select two")
    line = cutting.joined(first.path, second.path, nearest)
    whole = replace(first.with_path(line), clip=first.clip or second.clip)
    kept = {key: drawing for key, drawing in state.drawings.items() if key != second.id}
    return with_drawings(state, {**kept, first.id: whole})


def erase(
    state: SessionState, centre: ArrayLike, radius: float, drawing_ids: Sequence[str] | None = None
) -> SessionState:
    """What a disc touches of all paths, or of these, is gone; of each path the longest piece keeps id and sound."""
    for key in list(state.drawings) if drawing_ids is None else drawing_ids:
        drawing = state.drawing(key)
        if len(np.atleast_1d(np.asarray(centre))) != drawing.path.control_dim and drawing_ids is None:
            continue  # of another space than the eraser
        pieces = cutting.erased(drawing.path, centre, radius)
        if pieces != [drawing.path]:
            longest = int(np.argmax([piece.length for piece in pieces])) if pieces else 0
            state = _replaced(state, drawing, pieces, keeps=longest)
    return state


def _replaced(state: SessionState, old: Drawing, pieces: list[SpatialTrajectory], keeps: int) -> SessionState:
    """The pieces where the old path was; one keeps its id and its sound."""
    fresh, new = iter(state.fresh_ids(len(pieces))), []
    for index, piece in enumerate(pieces):
        part = old.with_path(piece)
        new.append(part if index == keeps else replace(part, id=next(fresh), clip=None))
    drawings: dict[str, Drawing] = {}
    for key, drawing in state.drawings.items():
        drawings |= {part.id: part for part in new} if key == old.id else {key: drawing}
    return with_drawings(state, drawings)


def _reshaped(
    state: SessionState, drawing_ids: Sequence[str], edit: Callable[[SpatialTrajectory], SpatialTrajectory]
) -> SessionState:
    return _changed(state, drawing_ids, lambda drawing: drawing.with_path(edit(drawing.path)))


def _changed(state: SessionState, drawing_ids: Sequence[str], edit: Callable[[Drawing], Drawing]) -> SessionState:
    changed = {key: edit(state.drawing(key)) for key in drawing_ids}
    for key, drawing in changed.items():
        if drawing.path.length <= 0.0 < state.drawings[key].path.length:
            raise ValueError(f"this edit would shrink path {key!r} to a single place, where no sound can lie along it")
    return with_drawings(state, {**state.drawings, **changed}) if changed else state


def _curve(state: SessionState, drawing_id: str) -> BezierPath:
    curve = state.drawing(drawing_id).bezier
    if curve is None:
        raise ValueError(f"path {drawing_id!r} is no Bézier curve, so it has no anchors and handles; move its corners")
    return curve


def _bent(state: SessionState, drawing_id: str, curve: BezierPath) -> SessionState:
    path = SpatialTrajectory(curve.points())
    return _changed(state, [drawing_id], lambda drawing: drawing.with_path(path, bezier=curve))


def _centre(state: SessionState, drawing_ids: Sequence[str], centre: ArrayLike | None) -> ArrayLike:
    return editing.centre_of([state.drawing(key).path for key in drawing_ids]) if centre is None else centre
