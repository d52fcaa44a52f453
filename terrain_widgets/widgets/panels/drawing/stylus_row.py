"""How a pointer plays the drawing plane: what its pressure does, and whether it must be pressed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from terrain_widgets.session.notices.silence import Silence
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.buttons import Checkbox
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.plane.gestures import Steering

TASKS = {
    "dataset": ("Dataset", "draw a path for each sound"),
    "play": ("Play", "move over the terrain and hear it"),
    "stylus": ("Stylus", "press to play, with the pen's pressure"),
}


class StylusRow(Row):
    """Steers a session by pointer.

    Args:
        session: What is played.
        explain: Called with why nothing sounds, or with ``None``.
        hovering: Called with whether a pointer that is not pressed plays.
    """

    def __init__(
        self, session: Session, explain: Callable[[Silence | None], None], hovering: Callable[[bool], None]
    ) -> None:
        self._session, self._explain = session, explain
        self._stylus = session.stage.stylus
        self.task = "dataset"
        self._pressure = Dropdown(
            description="Pressure",
            tooltip="What the pressure of a pen does; a mouse has none",
        )
        self._hover = Checkbox(description="hover plays", tooltip="Play without pressing")
        super().__init__([self._pressure, self._hover])
        self._pressure.observe(self._chosen, names="value")
        self._hover.observe(lambda change: hovering(change["new"]), names="value")
        self.show()

    def take(self, task: str) -> None:
        """Another task: each begins with what it is for, and the user may change that."""
        self.task = task
        self._hover.value = task == "play"
        if task == "play":
            self._stylus.choose("nothing")
        elif task == "stylus" and self._stylus.mapping.pressure_to == "nothing":
            self._stylus.choose("gain")
        self.show()

    def show(self) -> None:
        """Offer the dimensions that the present terrain has, and show what is chosen."""
        mapping = self._session.stage.sources.shown
        dimensions = 2 if mapping is None else mapping.control_dim
        names = ["across", "upward", *(f"dimension {k + 1}" for k in range(2, dimensions))]
        options = [("nothing", "nothing"), ("loudness", "gain"), *((name, k) for k, name in enumerate(names))]
        if tuple(self._pressure.options) != tuple(options):
            self._pressure.options = options
        chosen = self._stylus.mapping.pressure_to
        self._pressure.value = chosen if chosen in [value for _, value in options] else "nothing"

    def steer(self, steering: Steering) -> None:
        """A playing pointer is at a place; returns at once."""
        self._explain(
            self._session.stage.hand.steer(steering.place, steering.on, steering.force, played=steering.played)
        )

    def _chosen(self, change: dict[str, Any]) -> None:
        value = change["new"]
        if value != "nothing" or self._stylus.mapping.pressure_to in [chosen for _, chosen in self._pressure.options]:
            self._stylus.choose(value)  # not where the terrain of the moment merely lacks the chosen dimension
