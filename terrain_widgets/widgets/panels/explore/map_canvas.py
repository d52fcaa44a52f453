"""The map of sounds in the page: one canvas for ten thousand points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.exploration.sound_map import SoundMap
from terrain_widgets.core.pictures.sound_colours import sound_colour
from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.palette import viridis
from terrain_widgets.widgets.base.static import STATIC

_SHADES = 16  # of a measure, from low to high
_UNKNOWN = "#8a8f99"  # a point that a measure says nothing of
_HUES = 10


class MapCanvas(PageWidget):
    """Draws a map, hears the pointer over it, and tells which point is meant and which is to be heard whole.

    Callbacks run on whatever thread the kernel uses for messages, so they must only enqueue or set a value.

    Args:
        on_hand: Called with a place in control units, whether it shall sound, and whether an engine in the page has
            played it.
        on_mean: Called with the number of the point that the pointer is at.
        on_audition: Called with the number of the point that is clicked.
        on_take: Called with a point that a key takes out of the map, and whether to the drawing.

    Attributes:
        places: float32 ``[N, 2]`` in control units.
        shades: uint8 ``[N]``, which colour of the palette each point has.
        group: int32 ``[N]``, which of the names each point has.
        names: Names of the sounds.
        palette: CSS colours.
        boundary: What is seen: left, top, right, bottom in control units.
        hear: Whether hovering sounds.
        found: Places ``[K][2]`` that are marked, the best first.
        heat: uint8 ``[64, 64]``, how near each place is to what was looked for, row 0 at the top; or empty.
        key: By which an engine in the page is found.
    """

    _esm = STATIC / "sound_map.js"
    _css = STATIC / "sound_map.css"
    places = traitlets.Bytes(b"").tag(sync=True)
    shades = traitlets.Bytes(b"").tag(sync=True)
    group = traitlets.Bytes(b"").tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    palette = traitlets.List(traitlets.Unicode()).tag(sync=True)
    boundary = traitlets.List(traitlets.Float(), default_value=[-1.0, 1.0, 1.0, -1.0]).tag(sync=True)
    hear = traitlets.Bool(True).tag(sync=True)
    found = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    heat = traitlets.Bytes(b"").tag(sync=True)
    key = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        on_hand: Callable[[tuple[float, float], bool, bool], None],
        on_mean: Callable[[int], None],
        on_audition: Callable[[int], None],
        on_take: Callable[[int, bool], None],
        **traits: Any,
    ) -> None:
        super().__init__(**traits)
        self._on_hand, self._on_mean, self._on_audition, self._on_take = on_hand, on_mean, on_audition, on_take
        self._count = 0
        self.on_msg(self._receive)

    def show(self, sound_map: SoundMap | None, boundary: Boundary, colours: str) -> None:
        """Show a map, or nothing, coloured by ``"sound"`` or one of its measures; on the UI thread."""
        if sound_map is None:
            self._count = 0
            self.set_trait("places", b"")
            return
        self._count = len(sound_map)
        palette, shades = _shaded(sound_map, colours)
        with self.hold_sync():
            self.names = list(sound_map.names)
            self.group = sound_map.group.astype("<i4").tobytes()
            self.palette, self.shades = palette, shades.tobytes()
            self.boundary = list(boundary.as_tuple())
            self.places = sound_map.on(boundary).astype("<f4").tobytes()

    def mark(self, places: Sequence[NDArray[np.float32]], nearness: NDArray[np.float32] | None) -> None:
        """Show where a search was successful, or nothing; on the UI thread.

        Args:
            places: ``[2]`` each in control units, the best first.
            nearness: Of the whole plane, ``[64, 64]``, 0…1; or ``None``.
        """
        with self.hold_sync():
            self.found = [place.tolist() for place in places]
            self.heat = b"" if nearness is None else (nearness * 255).astype(np.uint8).tobytes()

    def _receive(self, _widget: Any, content: Any, _buffers: list[Any]) -> None:
        kind = content.get("type") if isinstance(content, dict) else None
        if kind == "hand":
            place = (content.get("x"), content.get("y"))
            if all(isinstance(v, int | float) and not isinstance(v, bool) and np.isfinite(v) for v in place):
                self._on_hand((float(place[0]), float(place[1])), bool(content.get("on")), bool(content.get("played")))
        elif kind in ("mean", "audition", "take"):
            point = content.get("point")
            if not isinstance(point, int) or isinstance(point, bool) or not 0 <= point < self._count:
                return
            if kind == "take":
                self._on_take(point, bool(content.get("drawing")))
            else:
                (self._on_mean if kind == "mean" else self._on_audition)(point)


def _shaded(sound_map: SoundMap, colours: str) -> tuple[list[str], np.ndarray[Any, np.dtype[np.uint8]]]:
    """A palette, and which of its colours each point has."""
    values = sound_map.measured.get(colours)
    if values is None:
        hues = [sound_colour(n) for n in range(_HUES)]
        return hues, (sound_map.group % _HUES).astype(np.uint8)
    known = np.isfinite(values)
    steps = viridis()[np.linspace(40, 255, _SHADES).astype(int)]  # its darkest cannot be seen on black
    palette = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in steps.tolist()]
    shades = np.full(len(values), _SHADES, np.uint8)
    if known.any():
        low, high = np.quantile(values[known], [0.02, 0.98])  # a few outliers must not take all the colours
        share = (values[known] - low) / max(float(high - low), 1e-9)
        shades[known] = np.clip(share * _SHADES, 0, _SHADES - 1).astype(np.uint8)
    return [*palette, _UNKNOWN], shades
