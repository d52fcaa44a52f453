"""Drawn paths and labelled points as JSON entries and arrays, and back: how they lie in a session file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.paths.curves import BezierPath
from terrain_widgets.core.paths.drawing import Drawing
from terrain_widgets.core.paths.pairing import PairingRule
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.core.points.points import ControlPoint, PointSet

Arrays = dict[str, NDArray[Any]]


def pack_drawings(drawings: Mapping[str, Drawing]) -> tuple[list[dict[str, Any]], Arrays]:
    """Entries for JSON, in order, and arrays named ``drawings/ID/…``."""
    entries: list[dict[str, Any]] = []
    arrays: Arrays = {}
    for drawing in drawings.values():
        kept = {name: getattr(drawing, name) for name in ("id", "clip", "label", "colour", "muted", "density")}
        entries.append({**kept, "rule": str(drawing.rule)})
        home = f"drawings/{drawing.id}"
        arrays |= _pack_path(f"{home}/path", drawing.path)
        if drawing.raw is not None:
            arrays |= _pack_path(f"{home}/raw", drawing.raw)
        if drawing.bezier is not None:
            arrays |= {f"{home}/anchors": drawing.bezier.anchors, f"{home}/handles": drawing.bezier.handles}
    return entries, {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def unpack_drawings(entries: Iterable[Mapping[str, Any]], arrays: Mapping[str, NDArray[Any]]) -> dict[str, Drawing]:
    """What ``pack_drawings`` packed.

    Raises:
        KeyError: If something is missing.
        ValueError: If something is not what it should be, or two paths have one id or one clip.
    """
    drawings: dict[str, Drawing] = {}
    for entry in entries:
        home = f"drawings/{entry['id']}"
        path = _unpack_path(f"{home}/path", arrays)
        if path is None:
            raise KeyError(f"{home}/path/values")
        anchors, clip = arrays.get(f"{home}/anchors"), entry.get("clip")
        drawing = Drawing(
            str(entry["id"]),
            path,
            None if clip is None else str(clip),
            str(entry.get("label", "")),
            str(entry.get("colour", "")),
            bool(entry.get("muted", False)),
            PairingRule(entry.get("rule", PairingRule.STRETCH)),
            entry.get("density", Drawing.density),
            _unpack_path(f"{home}/raw", arrays),
            None if anchors is None else BezierPath(anchors, arrays[f"{home}/handles"]),
        )
        taken = drawing.clip is not None and any(drawing.clip == other.clip for other in drawings.values())
        if drawing.id in drawings or taken:
            raise ValueError(f"two paths have one id or one clip: {drawing.id!r}, {drawing.clip!r}")
        drawings[drawing.id] = drawing
    return drawings


def pack_points(points: PointSet) -> tuple[list[dict[str, Any]], Arrays]:
    """Entries for JSON, in order, and arrays named ``points/ID/…``."""
    arrays: Arrays = {}
    for point in points:
        arrays[f"points/{point.id}/control"] = np.ascontiguousarray(point.control)
        if point.latent is not None:
            arrays[f"points/{point.id}/latent"] = np.ascontiguousarray(point.latent)
    return [{"id": point.id, "label": point.label, "colour": point.colour} for point in points], arrays


def unpack_points(entries: Iterable[Mapping[str, Any]], arrays: Mapping[str, NDArray[Any]]) -> PointSet:
    """What ``pack_points`` packed.

    Raises:
        KeyError: If something is missing.
        ValueError: If something is not what it should be.
    """
    points = []
    for entry in entries:
        home = f"points/{entry['id']}"
        control, latent = arrays[f"{home}/control"], arrays.get(f"{home}/latent")
        label, colour = str(entry.get("label", "")), str(entry.get("colour", ""))
        points.append(ControlPoint(str(entry["id"]), control, latent, label, colour))
    return PointSet(tuple(points))


def _pack_path(home: str, path: SpatialTrajectory) -> Arrays:
    columns = {"values": path.values, "times": path.times, "pressures": path.pressures}
    return {f"{home}/{name}": column for name, column in columns.items() if column is not None}


def _unpack_path(home: str, arrays: Mapping[str, NDArray[Any]]) -> SpatialTrajectory | None:
    values = arrays.get(f"{home}/values")
    return (
        None
        if values is None
        else SpatialTrajectory(values, arrays.get(f"{home}/times"), arrays.get(f"{home}/pressures"))
    )
