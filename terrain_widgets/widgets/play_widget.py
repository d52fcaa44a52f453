"""Play the terrain: move over it and hear it."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.session.session import Session
from terrain_widgets.widgets._panel import Panel
from terrain_widgets.widgets._ui_thread import ui
from terrain_widgets.widgets.browser_sink import BrowserSink
from terrain_widgets.widgets.plane import Plane

_LOOK_SECONDS = 0.5


class PlayWidget(Panel):
    """The trained plane as an instrument, with the sound's switch, volume, meter and panic button.

    Args:
        session: What is played; a new one with the bundled sounds if none is given.
        lead_seconds: Sound kept ready in the page; more is safer, less is quicker to answer.
    """

    def __init__(self, session: Session | None = None, lead_seconds: float = 0.3, **kwargs: Any) -> None:
        super().__init__(session, "play", "Play the terrain", **kwargs)
        self.plane = Plane(
            self.session,
            "play",
            "Terrain: move the pointer over it to play, or use the arrow keys; space is sound on and off",
            on_move=self._moved,
        )
        self._looked = 0.0
        self.sink = BrowserSink(lead_seconds=lead_seconds)
        self.children = [self.heading, self.plane, self.sink, self._notice]
        self.sink.on_sound(self._switched)
        self.sink.on_panic(self.session.panic)
        self.listen("state", self.plane.show_paths)
        for trait in ("mapping", "shown_channel", "working"):
            self.listen(trait, self.plane.show_terrain)
        self.listen("mapping", self._prepare)
        self._prepare()

    def close(self) -> None:
        """End the page's sound and the panel; the session lives on."""
        self.sink.close()
        super().close()

    def _switched(self, on: bool) -> None:
        if on:
            self.do(lambda: self.sink.attach(self.session.host))
        else:  # a page that was closed under the pointer has not said that the pointer left
            self.session.move((0.0, 0.0), on=False)

    def _prepare(self) -> None:
        """Start the engine while the terrain is still in training, so that it is ready for the first gesture."""
        if self.session.mapping is not None:
            self.sink.attach(self.session.host)

    def _moved(self, coordinates: NDArray[np.float64], _pressure: float, on: bool) -> None:
        if self.session.mapping is None:
            self._explain("there is no terrain to play yet: encode, draw and train first" if on else "")
            return
        if self.session.audio_running:
            # At full pressure: a mouse always says 0.5, and live has to be as loud as render() of the same places.
            self.session.move(coordinates, on)
            self._look_after_the_engine()
        self._explain("press “Turn sound on” to hear the terrain" if on and not self.sink.sound_on else "")

    def _look_after_the_engine(self) -> None:
        now = time.monotonic()
        if now - self._looked >= _LOOK_SECONDS:
            self._looked = now
            ui.submit(self._revive, key=(id(self), "revive"))

    def _revive(self) -> None:
        if self.session.revive_audio():
            self.session.say("play", "the sound's process had ended; it is starting again, move on in a moment")

    def _explain(self, sentence: str) -> None:
        """Say why nothing sounds, or take it back."""
        self.session.say("play", sentence, "info")
