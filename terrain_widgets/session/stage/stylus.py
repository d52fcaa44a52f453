"""What a pen's pressure does while it plays: part of the patch."""

from __future__ import annotations

from typing import Literal

import traitlets

from terrain_widgets.core.stylus import StylusMapping
from terrain_widgets.session.document.document import Document
from terrain_widgets.session.stage.patch_view import PatchView


class Stylus(PatchView):
    """How pressure is heard.

    Args:
        document: Whose patch says so.
    """

    pressure = traitlets.Unicode("nothing", help="nothing, gain, or the number of a control dimension, from 0.")

    def __init__(self, document: Document) -> None:
        super().__init__(document, pressure="stylus.pressure")

    def __repr__(self) -> str:
        return f"Stylus({self.mapping!r})"

    @property
    def mapping(self) -> StylusMapping:
        """From a place and a pressure to coordinates and a gain."""
        patch, to = self._document.patch, self.pressure
        if to.isdecimal():
            return StylusMapping(int(to), patch["stylus.low"], patch["stylus.high"])
        return StylusMapping("gain" if to == "gain" else "nothing")

    def choose(self, pressure_to: Literal["nothing", "gain"] | int) -> None:
        """Let pressure be loudness, a place along one control dimension, or nothing, as one step of undo.

        Args:
            pressure_to: As ``StylusMapping`` takes it. The first two dimensions go from edge to edge of the plane,
                others from -1 to 1.

        Raises:
            ValueError: If it is something else.
        """
        StylusMapping(pressure_to)
        plane = self._document.boundary
        ends = {0: (plane.left, plane.right), 1: (plane.bottom, plane.top)}
        low, high = ends.get(pressure_to, (-1.0, 1.0)) if isinstance(pressure_to, int) else (-1.0, 1.0)
        values: dict[str, str | float] = {"stylus.pressure": str(pressure_to), "stylus.low": low, "stylus.high": high}
        if any(self._document.patch[address] != value for address, value in values.items()):
            self._document.set(values)
