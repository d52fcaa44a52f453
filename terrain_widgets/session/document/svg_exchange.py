"""A session's drawing as SVG, and the paths of an SVG in a session."""

from __future__ import annotations

from terrain_widgets.interop.svg.paths import SvgPath, read_svg, write_svg
from terrain_widgets.session.document import commands
from terrain_widgets.session.document.document import Document
from terrain_widgets.session.document.state import SessionState


def drawing_as_svg(document: Document) -> str:
    """Every path of the plane, with its name and its colour; curves keep their handles."""
    state = document.state
    paths = [
        SvgPath(d.path, d.bezier, d.label or (state.clip(d.clip).name if d.clip is not None else ""), d.colour)
        for d in state.drawings.values()
        if d.path.control_dim == 2 and len(d.path) > 1
    ]
    return write_svg(paths, document.boundary)


def add_svg(document: Document, data: bytes) -> int:
    """Add the paths of an SVG, as one step of undo: to the sounds without a path, in their order, and then to none.

    Returns:
        How many paths were added.

    Raises:
        ForeignFileError: If it cannot be read, or holds no path.
        ModuleNotFoundError: If the extra ``svg`` is not installed.
    """
    paths = read_svg(data, document.boundary)
    document.apply(_with_paths, paths)
    return len(paths)


def _with_paths(state: SessionState, paths: tuple[SvgPath, ...]) -> SessionState:
    for each in paths:
        free = next((clip.id for clip in state.clips if clip.id not in state.paths), None)
        state = commands.add_drawing(state, each.path, free, bezier=each.bezier, label=each.label, colour=each.colour)
    return state
