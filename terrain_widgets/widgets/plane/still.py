"""The drawing as a picture that needs no kernel: for saved notebooks, and beneath what the page draws."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.drawing import Drawing
from terrain_widgets.core.pictures.sound_colours import sound_colour
from terrain_widgets.session.document.state import SessionState
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.palette import BACKGROUND, NOBODYS
from terrain_widgets.widgets.plane.terrain_picture import enlarged, shaded, terrain_grid

_FINER = 2  # drawn so many times larger and then reduced: Pillow's lines have no smooth edges of their own
_MUTED = 90  # of 255
_NAME_SIZE = 12


def colour_of(drawing: Drawing, state: SessionState) -> str:
    """CSS colour of a drawn path: its own, that of its sound, or that of no sound."""
    if drawing.colour or drawing.clip is None:
        return drawing.colour or NOBODYS
    return sound_colour(state.clip(drawing.clip).colour)


def name_of(drawing: Drawing, state: SessionState) -> str:
    """What stands beside a drawn path."""
    return drawing.label or (state.clip(drawing.clip).name if drawing.clip is not None else "no sound")


def still_picture(session: Session, size: int, view: Boundary | None = None, terrain_opacity: float = 0.55) -> bytes:
    """A PNG of ``size`` pixels each way: the terrain if there is one, and every path with its name.

    Args:
        session: What is drawn.
        size: Pixels.
        view: What is looked at; the session's own plane by default.
        terrain_opacity: How much of the terrain shows under the paths.
    """
    view = session.document.boundary if view is None else view
    side = size * _FINER
    picture = Image.new("RGB", (side, side), BACKGROUND)
    grid = terrain_grid(session, view)
    if grid is not None:
        terrain = Image.fromarray(enlarged(shaded(session, grid)[0], side, side), "RGBA").convert("RGB")
        picture = Image.blend(picture, terrain, terrain_opacity)
    pen = ImageDraw.Draw(picture, "RGBA")
    state, font = session.state, ImageFont.load_default(_NAME_SIZE * _FINER)
    for drawing in state.drawings.values():
        if drawing.path.control_dim != 2:
            continue
        points = [(float(x), float(y)) for x, y in view.to_unit(drawing.path.values) * side]
        colour = (*_rgb(colour_of(drawing, state)), _MUTED if drawing.muted else 255)
        if len(points) > 1:
            pen.line(points, fill=(0, 0, 0, 140), width=5 * _FINER, joint="curve")
            pen.line(points, fill=colour, width=3 * _FINER, joint="curve")
        x, y = points[0]
        pen.ellipse((x - 5 * _FINER, y - 5 * _FINER, x + 5 * _FINER, y + 5 * _FINER), fill=colour)
        at = (float(np.clip(x + 8 * _FINER, 0, 0.8 * side)), float(np.clip(y - 20 * _FINER, 0, side)))
        outline = (0, 0, 0, 190)
        pen.text(at, name_of(drawing, state), font=font, fill=(255, 255, 255), stroke_width=_FINER, stroke_fill=outline)
    file = io.BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(file, "PNG", optimize=True)
    return file.getvalue()


def with_still(bundle: Any, picture: bytes | None) -> Any:
    """What a cell shows of a widget, and a PNG for readers that have no kernel.

    Args:
        bundle: What ipywidgets makes of it.
        picture: The PNG; ``None`` where an output beside it has it, and this one shows nothing without a kernel.
    """
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    if isinstance(data, dict):
        data |= {"text/plain": ""} if picture is None else {"image/png": base64.b64encode(picture).decode("ascii")}
    return bundle


def _rgb(css: str) -> tuple[int, ...]:
    try:
        return ImageColor.getrgb(css)[:3]
    except ValueError:  # a colour that browsers know and Pillow does not
        return ImageColor.getrgb(NOBODYS)[:3]
