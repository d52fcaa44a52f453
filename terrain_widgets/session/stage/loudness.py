"""How loud the terrain is everywhere, found out before anybody plays there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.core.pictures.heatmap import loudness_map
from terrain_widgets.session.jobs.cpu_budget import leave_a_processor_free

if TYPE_CHECKING:
    from terrain_widgets.session.session import Session

CELLS = 24


class LoudnessAhead:
    """Decodes a coarse grid of places in a thread; a new question ends the one before.

    Args:
        session: Whose terrain, codec and latent limits.
        tell: Called on that thread with the map ``[H, W]`` in dB of full scale, or with the sentence of what failed.
    """

    def __init__(self, session: Session, tell: Callable[[NDArray[np.float32] | str], None]) -> None:
        self._session, self._tell = session, tell
        self._stop = threading.Event()
        self.asked: tuple[Mapping, Boundary] | None = None

    def ask(self, mapping: Mapping, boundary: Boundary) -> None:
        """Find out, unless that was the last question; the answer comes in some seconds."""
        if self.asked is not None and self.asked[0] is mapping and self.asked[1] == boundary:
            return
        self.cancel()
        self.asked, self._stop = (mapping, boundary), threading.Event()
        threading.Thread(
            target=self._run, args=(mapping, boundary, self._stop), name="terrain_widgets loudness", daemon=True
        ).start()

    def cancel(self) -> None:
        """Nobody wants to know any more."""
        self._stop.set()
        self.asked = None

    def _run(self, mapping: Mapping, boundary: Boundary, stop: threading.Event) -> None:
        leave_a_processor_free()
        session = self._session
        latents = session.stage.latents
        limits = None if latents is None else (latents.low, latents.high)
        try:
            found = loudness_map(
                mapping, session.codec.decode, boundary, CELLS, CELLS, limits=limits, should_stop=stop.is_set
            )
        except (ValueError, RuntimeError) as error:
            if not stop.is_set():
                self._tell(f"the loudness could not be found out: {error}")
            return
        if not stop.is_set():
            self._tell(found)
