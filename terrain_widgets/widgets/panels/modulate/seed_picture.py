"""The map of seeds as a picture: a click, a drag or the arrow keys choose a place on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import traitlets

from terrain_widgets.core.modulation.seed_map import SeedMap
from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import STATIC


class SeedPicture(PageWidget):
    """A dot for each seed, larger the more it moves; rings around those that are in use.

    Args:
        on_pick: Called with a place ``[2]`` from -1 to 1, y up, on whatever thread the kernel uses for messages.

    Attributes:
        places: Where the dots are, int16 rows of x and y, of which 32767 is an edge; empty for no map.
        heat: How much each moves, bytes.
        chosen: Numbers of the dots that are in use.
        at: The place that was chosen last.
        words: What it shows, in a sentence.
    """

    part = True
    _esm = STATIC / "seed_map.js"
    _css = STATIC / "seed_map.css"
    places = traitlets.Bytes().tag(sync=True)
    heat = traitlets.Bytes().tag(sync=True)
    chosen = traitlets.List(traitlets.Int()).tag(sync=True)
    at = traitlets.List(traitlets.Float(), [0.0, 0.0]).tag(sync=True)
    words = traitlets.Unicode("").tag(sync=True)

    def __init__(self, on_pick: Callable[[tuple[float, float]], None], **traits: Any) -> None:
        super().__init__(**traits)
        self._on_pick = on_pick
        self.on_msg(self._receive)

    def show(self, seeds: SeedMap | None, used: Sequence[int], words: str) -> None:
        """Show a map, or none, with the seeds that are in use."""
        with self.hold_sync():
            self.words = words
            if seeds is None:
                self.places, self.heat, self.chosen = b"", b"", []
            else:
                self.places = np.round(seeds.places * 32767).astype("<i2").tobytes()
                self.heat = np.round(seeds.heat * 255).astype(np.uint8).tobytes()
                self.chosen = [k for k, seed in enumerate(seeds.seeds.tolist()) if seed in set(used)]

    def _receive(self, _widget: Any, content: Any, _buffers: list[Any]) -> None:
        if not isinstance(content, dict) or content.get("type") != "pick":
            return
        place = (float(content["x"]), float(content["y"]))
        if np.isfinite(place).all():
            self._on_pick(place)
