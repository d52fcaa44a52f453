"""Play the terrain: move over it and hear it."""

from __future__ import annotations

from typing import Unpack

from terrain_widgets.audio.hosts.latency import latency_parts
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.page_widget import shared_layout
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.base.ui_ticker import UiTicker
from terrain_widgets.widgets.panels.play.transport_bar import TransportBar
from terrain_widgets.widgets.plane.dropped import draw_dropped
from terrain_widgets.widgets.plane.gestures import Steering
from terrain_widgets.widgets.plane.grip import Grip
from terrain_widgets.widgets.plane.plane import Plane
from terrain_widgets.widgets.plane.sheet import Handlers
from terrain_widgets.widgets.sound.outputs import Outputs
from terrain_widgets.widgets.sound.sound_panel import SoundPanel


class PlayWidget(Panel):
    """The trained plane as an instrument, with the sound's switch, outputs, volume, meter and panic, and a transport.

    Args:
        session: What is played; a new one with the bundled sounds if none is given.
        lead_seconds: Sound kept ready in the page; more is safer, less is quicker to answer. Left out, the session's
            ``sound.lead``.
        plane: On what; by default one of its own.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(
        self,
        session: Session | None = None,
        lead_seconds: float | None = None,
        plane: Plane | None = None,
        **options: Unpack[PanelOptions],
    ) -> None:
        super().__init__(session, "play", "Play the terrain", **options)
        self.grip = Grip(
            Handlers(
                steer=self._moved,
                drop=lambda what, place: self.do(lambda: draw_dropped(self.session, what, place)),
            ),
            "play",
            "Terrain: move the pointer over it to play, or use the arrow keys; space is sound on and off",
            tools=lambda: self.transport.on_stage,
            use_tool=lambda name: self.press(self.actions[name]),
        )
        self.plane = Plane(self.session, self.grip) if plane is None else plane
        self._own = [self.plane] if plane is None else []  # else it is shown, and closed, by who gave it
        if lead_seconds is not None:
            self.session.sound.lead = lead_seconds
        self.sink = SoundPanel(lead_seconds=self.session.sound.lead, layout=shared_layout())
        self.transport = TransportBar(self, lambda: self.plane.show_tools(self.grip))
        told = () if plane is not None else (self._notice,)  # else below the stage
        self.lay_out(self.heading, *self._own, self.sink, *told, self.transport)
        self.outputs = Outputs(self.session, self.sink)
        self._ticker = UiTicker(self._beat)
        self.outputs.connect(self.do)
        self.sink.on_sound(lambda on: self._ticker.start() if on else None)
        self.sink.observe(lambda _: self.do(self._page_came), names="page_host")
        for model, name, act in self.outputs.followed:
            self.listen(name, act, model)
        self.listen("shown", self._prepare, self.session.stage.sources)
        self.listen("now", self._ticker.start, self.session.stage.playheads)

    def close(self) -> None:
        """End the page's sound and the panel; the session lives on."""
        self._ticker.close()
        self.sink.close()
        for plane in self._own:
            plane.close()
        super().close()

    def _page_came(self) -> None:
        self.outputs.look()
        self._prepare()

    def _prepare(self) -> None:
        """Have the engine ready while the terrain is still in training, for the first gesture."""
        if self.session.stage.sources.shown is not None and self.outputs.page_is_there:
            self.outputs.prepare()

    def _beat(self) -> bool:
        """Show levels, playheads and the recording; returns whether there is more to come."""
        host = self.session.sound.engine
        if host is None:
            return bool(self.sink.sound_on)
        local = self.session.sound.local
        status, device = host.status(), None if local is None else local.device_status()
        parts = () if local is None else latency_parts(local)
        if (revived := self.session.stage.hand.look_after()) is not None:
            self.explain(revived)
        if local is not None:  # a page that makes the sound measures it itself
            self.sink.levels = {
                "peak_db": round(status.peak_db, 1),
                "rms_db": round(status.rms_db, 1),
                "limiter_db": round(status.limiter_db, 1),
                "load": round(status.load, 3),
                "xruns": 0 if device is None else device.xruns,
                "nan_count": status.nan_count,
                "frames": status.frames,  # levels that stand still are not sent, and the panel takes that for silence
                "latency": [[name, round(1000 * seconds)] for name, seconds in parts],
            }
        self.outputs.tell()
        self.transport.tick(status.recorded_seconds)
        return bool(self.sink.sound_on or not status.silent)

    def _moved(self, steering: Steering) -> None:
        self.explain(self.session.stage.hand.steer(steering.place, steering.on, steering.force, played=steering.played))
