"""How loud the terrain is everywhere, found out before anybody plays there."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.core.pictures.heatmap import loudness_map
from terrain_widgets.process.last_threads import daemon
from terrain_widgets.session.jobs.cpu_budget import leave_a_processor_free
from terrain_widgets.session.notices.events import LoudnessUnknown

CELLS = 24


class LoudnessAhead:
    """Decodes a coarse grid of places in a thread; a new question ends the one before.

    Args:
        codec: Gives what decodes.
        shaping: Gives the limits of the latents.
        tell: Called on that thread with the map ``[H, W]`` in dB of full scale, or with what failed.
    """

    def __init__(
        self,
        codec: Callable[[], Codec],
        shaping: Callable[[], LatentSettings],
        tell: Callable[[NDArray[np.float32] | LoudnessUnknown], None],
    ) -> None:
        self._codec, self._shaping, self._tell = codec, shaping, tell
        self._stop = threading.Event()
        self.asked: tuple[Mapping, Boundary] | None = None

    def ask(self, mapping: Mapping, boundary: Boundary) -> None:
        """Find out, unless that was the last question; the answer comes in some seconds."""
        if self.asked is not None and self.asked[0] is mapping and self.asked[1] == boundary:
            return
        self.cancel()
        self.asked, self._stop = (mapping, boundary), threading.Event()
        stop = self._stop
        daemon(self._run, mapping, boundary, stop, name="terrain_widgets loudness", stop=stop.set).start()

    def cancel(self) -> None:
        """Nobody wants to know any more."""
        self._stop.set()
        self.asked = None

    def _run(self, mapping: Mapping, boundary: Boundary, stop: threading.Event) -> None:
        leave_a_processor_free()
        latents = self._shaping()
        try:
            found = loudness_map(
                mapping,
                self._codec().decode,
                boundary,
                CELLS,
                CELLS,
                limits=(latents.low, latents.high),
                should_stop=stop.is_set,
            )
        except (ValueError, RuntimeError) as error:
            if not stop.is_set():
                self._tell(LoudnessUnknown(str(error)))
            return
        if not stop.is_set():
            self._tell(found)
