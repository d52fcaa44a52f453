"""Drawn paths as SVG, and the paths of an SVG as lines and curves on the plane.

SVG 2, https://www.w3.org/TR/SVG2/: its y grows downward, and its cubic Bézier segments are ours. Path data are read by
fontTools (MIT), the extra ``svg``; files are a stranger's, so they are read without entities and with limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.curves import BezierPath
from terrain_widgets.core.paths.editing import Affine
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.interop.svg.path_data import NUMBER, subpaths, transform

LARGEST = 5 * 10**6  # bytes
_MOST_PATHS, _MOST_POINTS, _DEEPEST = 1000, 200_000, 64
_SIDE = 1000.0  # user units of the longer side of what is written
_UNITS = "data-control-units"  # our own attribute: the plane in control units, so that reading it back is exact
Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SvgPath:
    """A path of an SVG on the plane.

    Args:
        path: The line, ``[P, 2]`` in control units.
        bezier: Its anchors and handles, where any part of it is curved; else ``None``.
        label: Its title or id, or ``""``.
        colour: Its stroke, or ``""``.
    """

    path: SpatialTrajectory
    bezier: BezierPath | None
    label: str = ""
    colour: str = ""


def write_svg(paths: Iterable[SvgPath], boundary: Boundary) -> str:
    """An SVG of paths, the plane filling its view box; curves keep their handles."""
    width, height = abs(boundary.right - boundary.left), abs(boundary.bottom - boundary.top)
    size = np.array([width, height]) * (_SIDE / max(width, height))
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {size[0]:.9g} {size[1]:.9g}",
            _UNITS: " ".join(f"{edge!r}" for edge in boundary.as_tuple()),
        },
    )
    for each in paths:

        def numbers(places: Points) -> str:
            return " ".join(f"{value:.9g}" for value in (boundary.to_unit(places) * size).ravel())

        if each.bezier is None:
            corners = each.path.values.astype(np.float64)
            data = f"M {numbers(corners[:1])} L {numbers(corners[1:])}"
        else:
            anchors, handles = each.bezier.anchors, each.bezier.handles
            parts = [np.stack([handles[k, 1], handles[k + 1, 0], anchors[k + 1]]) for k in range(len(anchors) - 1)]
            data = f"M {numbers(anchors[:1])} C {' '.join(map(numbers, parts))}"
        look = {"d": data, "fill": "none", "stroke": each.colour or "black", "stroke-width": f"{_SIDE / 200:g}"}
        element = ElementTree.SubElement(root, "path", look)
        if each.label:
            ElementTree.SubElement(element, "title").text = each.label
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False)


def read_svg(data: bytes, boundary: Boundary) -> tuple[SvgPath, ...]:
    """The paths, poly-lines, polygons and lines of an SVG, fitted into a plane.

    What was written by ``write_svg`` comes back where it was. Of others the view box, or without one what is drawn,
    is fitted into the middle of the plane, both ways at one scale of its width. Other shapes, styles sheets and text
    are left out.

    Args:
        data: The file, at most 5 MB.
        boundary: The plane.

    Raises:
        ForeignFileError: If it is no SVG, is too large, declares entities, or holds no path.
        ModuleNotFoundError: If fontTools is not installed.
    """
    if len(data) > LARGEST:
        raise ForeignFileError(
            f"this SVG has {len(data) / 1e6:.1f} MB, the limit is {LARGEST / 1e6:.0f} MB; simplify it"
        )
    reader = _Reader()
    reader.read(data)
    lines = reader.lines
    if not lines:
        raise ForeignFileError("there is no path in this SVG; convert its shapes and text to paths first")
    where = _placement(reader, lines, boundary)
    return tuple(_placed(each, where) for each in lines)


@dataclass(frozen=True, eq=False)
class _Line:
    """A sub-path in user units: anchors, and handles where any part is curved."""

    anchors: Points
    handles: Points | None
    label: str
    colour: str


class _Reader:
    """Walks through a file once, and collects what is drawn."""

    def __init__(self) -> None:
        self.lines: list[_Line] = []
        self.view_box = ""
        self.units = ""
        self._maps = [Affine(np.eye(2), np.zeros(2))]
        self._hidden = 0
        self._title: list[str] | None = None
        self._newest = 0
        self._points = 0

    def read(self, data: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = _refuse
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            raise ForeignFileError(f"this is no SVG that can be read: {error}") from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if len(self._maps) == 1 and tag != "svg":
            raise ForeignFileError(f"this file begins with <{tag}>, an SVG with <svg>")
        if len(self._maps) > _DEEPEST:
            raise ForeignFileError(f"this SVG is nested more than {_DEEPEST} deep; ungroup it")
        if len(self._maps) == 1:
            self.view_box, self.units = attributes.get("viewBox", ""), attributes.get(_UNITS, "")
        outer, own = self._maps[-1], transform(attributes.get("transform", ""))
        self._maps.append(Affine(outer.matrix @ own.matrix, outer(own.offset)))
        self._hidden += tag in ("defs", "clipPath", "mask", "pattern", "symbol", "marker")
        if tag == "title":
            self._title = []
        elif not self._hidden:
            self._draw(tag, attributes)

    def _end(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        self._maps.pop()
        self._hidden -= tag in ("defs", "clipPath", "mask", "pattern", "symbol", "marker")
        if tag == "title" and self._title is not None:
            label, self._title = "".join(self._title).strip()[:120], None
            self.lines[self._newest :] = [
                _Line(each.anchors, each.handles, label, each.colour) for each in self.lines[self._newest :]
            ]

    def _text(self, text: str) -> None:
        if self._title is not None:
            self._title.append(text)

    def _draw(self, tag: str, attributes: dict[str, str]) -> None:
        self._newest = len(self.lines)
        if tag == "path":
            drawn = subpaths(attributes.get("d", ""))
        elif tag in ("polyline", "polygon"):
            drawn = subpaths(f"M {attributes.get('points', '')} {'z' if tag == 'polygon' else ''}")
        elif tag == "line":
            ends = [attributes.get(key, "0") for key in ("x1", "y1", "x2", "y2")]
            drawn = subpaths("M {} {} L {} {}".format(*ends))
        else:
            return
        stroke = attributes.get("stroke", "")
        colour = stroke if re.fullmatch(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]{3,24}", stroke) and stroke != "none" else ""
        for anchors, handles in drawn:
            self._points += len(anchors)
            if len(self.lines) >= _MOST_PATHS or self._points > _MOST_POINTS:
                raise ForeignFileError(
                    f"this SVG has more than {_MOST_PATHS} paths or {_MOST_POINTS} points; leave some out"
                )
            put = self._maps[-1]
            self.lines.append(
                _Line(put(anchors), None if handles is None else put(handles), attributes.get("id", ""), colour)
            )


def _refuse(*_declaration: object) -> None:
    raise ForeignFileError("this SVG declares entities, which are not read; save it as a plain SVG")


def _placement(reader: _Reader, lines: list[_Line], boundary: Boundary) -> Affine:
    """From user units to control units."""
    box = [float(number) for number in NUMBER.findall(reader.view_box[:200])]
    units = [float(number) for number in NUMBER.findall(reader.units[:200])]
    if len(box) == 4 and min(box[2:]) > 0:
        corner, size = np.array(box[:2]), np.array(box[2:])
    else:
        every = np.concatenate([line.anchors for line in lines])
        corner, size = every.min(axis=0), np.maximum(np.ptp(every, axis=0), 1e-9)
    if len(units) == 4:
        try:
            plane, scale = Boundary(*units), 1 / size
        except ValueError as error:
            raise ForeignFileError(f"the plane that this SVG states cannot be used: {error}") from error
    else:
        plane, scale = boundary, np.full(2, 1 / size.max())
    # A place p is at (p − middle) · scale + ½ of the view, in fractions.
    low, high = plane.from_unit([0.0, 0.0]), plane.from_unit([1.0, 1.0])
    factor = scale * (high - low)
    return Affine(np.diag(factor), (low + high) / 2 - (corner + size / 2) * factor)


def _placed(line: _Line, where: Affine) -> SvgPath:
    anchors = where(line.anchors)
    try:
        if line.handles is None:
            return SvgPath(SpatialTrajectory(anchors), None, line.label, line.colour)
        curve = BezierPath(anchors, where(line.handles))
        return SvgPath(SpatialTrajectory(curve.points()), curve, line.label, line.colour)
    except ValueError as error:
        raise ForeignFileError(f"a path of this SVG cannot be placed: {error}") from error
