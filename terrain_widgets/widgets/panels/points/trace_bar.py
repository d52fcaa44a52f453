"""Trace what is played: places and latents as trajectories, to be learnt or saved."""

from __future__ import annotations

import tempfile
from pathlib import Path

from terrain_widgets.session.notices.events import NothingTraced
from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.words import Words


class TraceBar(Part):
    """Trace, poke, make a pair of the newest trace, and save all of them.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        session = self.session
        self._latents = Dropdown(
            [("latents that play", "playing"), ("latents of the sliders", "sliders")],
            tooltip="Which latents are traced beside the hand's places",
        )
        trace, poke, add, drop = self.offers(*self._actions())
        save = self.offers.file(
            "save-traces",
            "Save traces",
            "All traces as JSON for nn.terrain: coordinates and latents",
            self._any,
            give=self._file,
        )
        self._status = Words()
        self.children = (
            Row([trace, poke, self._latents]),
            Row([add, drop, save]),
            self._status,
        )
        for trait in ("traces", "tracing", "frames"):
            self.listen(trait, self._refresh, session.stage.tracer)
        self._refresh()

    def _any(self) -> bool:
        return len(self.session.stage.tracer.traces) > 0

    def _actions(self) -> list[Action]:
        tracer = self.session.stage.tracer
        return [
            Action(
                "trace",
                "Trace",
                "Trace places and latents, frame by frame, while something sounds",
                self._trace_or_stop,
                face=lambda: Face("Stop", "stop") if tracer.tracing else Face("Trace", "circle"),
            ),
            Action(
                "poke",
                "Poke",
                "Trace one single pair: where the hand is, or was last, and its latents",
                tracer.poke,
                icon="map-pin",
            ),
            Action(
                "add-trace",
                "Add to dataset",
                "Make the newest trace a sound with a path, to be trained on",
                lambda: tracer.add(tracer.traces[-1].name),
                enabled=self._any,
                icon="plus",
            ),
            Action(
                "delete-trace",
                "Delete trace",
                "Take the newest trace away",
                lambda: tracer.remove(tracer.traces[-1].name),
                enabled=self._any,
                icon="minus",
            ),
        ]

    def _trace_or_stop(self) -> None:
        tracer = self.session.stage.tracer
        if not tracer.tracing:
            tracer.start(self._latents.value)
        elif tracer.stop() is None:
            self.say(NothingTraced())

    def _file(self) -> tuple[str, bytes]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "traces.json"
            self.session.stage.tracer.save(path)
            return path.name, path.read_bytes()

    def _refresh(self) -> None:
        tracer = self.session.stage.tracer
        self._latents.disabled = tracer.tracing
        self.offers.show()
        if tracer.tracing:
            self._status.value = f"Tracing: {tracer.frames} frames."
        elif tracer.traces:
            newest = tracer.traces[-1]
            count = f"{len(tracer.traces)} traces; the newest" if len(tracer.traces) > 1 else "One trace"
            dims = f"{newest.spatial.control_dim} → {newest.latent.latent_dim} dimensions"
            self._status.value = f"{count} has {len(newest)} frame{'s' if len(newest) > 1 else ''}, {dims}."
        else:
            self._status.value = ""
