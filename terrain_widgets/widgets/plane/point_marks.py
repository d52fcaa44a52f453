"""Labelled points as a page shows them: on planes, and as pads."""

from __future__ import annotations

from typing import Any

from terrain_widgets.core.pictures.sound_colours import sound_colour
from terrain_widgets.session.document.state import SessionState


def point_marks(state: SessionState) -> list[dict[str, Any]]:
    """``{"id", "label", "colour", "attached"}`` of every point, in their order."""
    return [
        {
            "id": point.id,
            "label": point.label,
            "colour": point.colour or sound_colour(index),
            "attached": point.latent is not None,
        }
        for index, point in enumerate(state.points)
    ]


def placed_marks(state: SessionState) -> list[dict[str, Any]]:
    """Those that lie on the plane, with ``x`` and ``y`` in control units."""
    return [
        {**mark, "x": float(point.control[0]), "y": float(point.control[1])}
        for mark, point in zip(point_marks(state), state.points, strict=True)
        if len(point.control) == 2
    ]


def pad_marks(state: SessionState) -> list[dict[str, Any]]:
    """All of them, with their ``place`` in as many dimensions as they have."""
    places = ([float(value) for value in point.control] for point in state.points)
    return [{**mark, "place": place} for mark, place in zip(point_marks(state), places, strict=True)]
