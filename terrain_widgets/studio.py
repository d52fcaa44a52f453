"""The whole instrument on one page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

import ipywidgets

from terrain_widgets.session.options import SessionOptions
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.buttons import Toggle, button
from terrain_widgets.widgets.controls.controls import Controls
from terrain_widgets.widgets.controls.words import Words
from terrain_widgets.widgets.files.saved_cell import leave, resume
from terrain_widgets.widgets.files.session_bar import SessionBar
from terrain_widgets.widgets.panels.drawing.drawing_canvas import DrawingCanvas
from terrain_widgets.widgets.panels.encoder.encoder_panel import EncoderPanel
from terrain_widgets.widgets.panels.explore.explore_panel import ExplorePanel
from terrain_widgets.widgets.panels.modulate.modulate_panel import ModulatePanel
from terrain_widgets.widgets.panels.play.play_widget import PlayWidget
from terrain_widgets.widgets.panels.points.points_panel import PointsPanel
from terrain_widgets.widgets.panels.sliders.latent_sliders_panel import LatentSlidersPanel
from terrain_widgets.widgets.panels.terrain.heatmap_explorer import HeatmapExplorer
from terrain_widgets.widgets.panels.terrain.slice_explorer import SliceExplorer
from terrain_widgets.widgets.panels.training.loss_chart import LossChart
from terrain_widgets.widgets.panels.training.sigma_gallery import SigmaGallery
from terrain_widgets.widgets.plane.still import with_still

_WIDTHS = (374, 404, 404, 460, 404)
_MORE: dict[str, tuple[Callable[[Session], Panel], str, str]] = {
    "Points": (PointsPanel, "430px", "Place labelled points and play between them; pads; a tracer of what you play"),
    "Latent sliders": (LatentSlidersPanel, "460px", "One slider for each latent, heard while it moves"),
    "Modulate": (ModulatePanel, "460px", "Latents that move by themselves: noise, cycles and steps, in time"),
    "Explore": (ExplorePanel, "470px", "A map of all sounds to hear; morphs, walks, attributes, presets"),
    "Ruggedness": (SigmaGallery, "auto", "The same pairs trained at several ruggednesses, side by side"),
    "Slices": (SliceExplorer, "auto", "Cuts through the terrain along a line"),
}


class Studio(Panel):
    """The five panels in the order of use, a line that says what to do next, and more panels on request.

    Args:
        session: What is shown; by default a new one with the bundled sounds and codec, or the one that the same cell of
            a saved notebook showed in an earlier kernel.
        **session_options: As ``Session`` takes them, e.g. ``codec="path/to/model"``; only without a session.

    Raises:
        TypeError: If there is no such option, or a session is given too.
    """

    def __init__(self, session: Session | None = None, **session_options: Unpack[SessionOptions]) -> None:
        if session is not None and session_options:
            raise TypeError(
                f"Studio() got a session and {', '.join(session_options)} too; give these to the session: "
                f"Studio(Session({', '.join(f'{name}=…' for name in session_options)}))"
            )
        super().__init__(session if session is not None else _new(session_options), "studio", "")
        self.encoder = EncoderPanel(self.session)
        self.canvas = DrawingCanvas(self.session)
        self.loss = LossChart(self.session)
        self.heatmap = HeatmapExplorer(self.session)
        self.play = PlayWidget(self.session)
        self.panels = (self.encoder, self.canvas, self.loss, self.heatmap, self.play)
        for number, (panel, width) in enumerate(zip(self.panels, _WIDTHS, strict=True), start=1):
            panel.heading.value = f"{number} · {panel.heading.value}"
            _frame(panel, f"{width}px")  # fixed, so that a long sentence wraps and moves nothing
        self.add_class("tw-studio")
        self._next = Words("", "strong")
        self._begin = button(
            "Play it for me",
            "Encode the sounds, lay out a path for each and train: the shortest way to sound",
            "magic",
            "primary",
        )
        self.on_press(self._begin, self._begin_or_stop)
        self.files = SessionBar(self.session, layout={"width": "560px"})  # its sentences move nothing
        self._flow = ipywidgets.HBox(self.panels, layout={"flex_flow": "row wrap", "align_items": "flex-start"})
        self._more = {
            name: Toggle(description=name, tooltip=tooltip, icon="plus") for name, (_, _, tooltip) in _MORE.items()
        }
        self._made: dict[str, Panel] = {}
        self._lead = Controls([Row([self._next, self._begin])])
        self.lay_out(
            ipywidgets.HBox(
                [self._lead, self.files],
                layout={"flex_flow": "row wrap", "justify_content": "space-between"},
            ),
            self._notice,
            self._flow,
            Row([Words("More panels:"), *self._more.values()]),
        )
        for toggle in self._more.values():
            toggle.observe(lambda _change: self.do(self._show_more), names="value")
        self.listen("state", self._advise, self.session.document)
        self.listen("latents", self._advise, self.session.sounds)
        self.listen("shown", self._advise, self.session.stage.sources)
        self.listen("status", self._advise, self.session.jobs)
        self.listen("running", self._advise, self.session.shortcut)
        self._advise()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Called when a cell shows the studio; its drawing is a picture for readers that have no kernel."""
        picture = self.canvas.still_picture()
        leave(self.session, picture)
        return with_still(super()._repr_mimebundle_(**kwargs), picture)

    def close(self) -> None:
        """End panels, sound and session."""
        for panel in (*self.panels, *self._made.values(), self.files):
            panel.close()
        self.session.close()
        super().close()

    def _show_more(self) -> None:
        """The panels that are asked for, after the five; each is made when it is first asked for."""
        wanted = [name for name, toggle in self._more.items() if toggle.value]
        for name in wanted:
            if name not in self._made:
                make, width, _ = _MORE[name]
                self._made[name] = make(self.session)
                _frame(self._made[name], width)
        for name, toggle in self._more.items():
            toggle.icon = "minus" if name in wanted else "plus"
        self._flow.children = (*self.panels, *(self._made[name] for name in wanted))
        for name in wanted:
            self._made[name].refresh_charts()

    def _begin_or_stop(self) -> None:
        shortcut = self.session.shortcut
        if shortcut.running:
            shortcut.stop()
        else:
            shortcut.start()

    def _advise(self) -> None:
        session = self.session
        going = session.shortcut.running
        self._begin.description = "Cancel" if going else "Play it for me"
        self._begin.icon, self._begin.button_style = ("stop", "") if going else ("magic", "primary")
        # The shortest way is for the beginning; once there is a terrain, the panels' own buttons lead on.
        self._begin.visible = going or (session.stage.sources.shown is None and bool(session.state.clips))
        pairs = [clip for clip in session.state.clips if clip.id in session.state.paths and clip.id in session.latents]
        if session.jobs.status.state == "running":
            advice = f"wait a moment, {session.jobs.status.message}…"
        elif not session.sounds.encoded:
            advice = "press “Encode” in panel 1: every sound becomes a row of latents."
        elif not session.state.paths:
            advice = "draw a line in panel 2 for each sound, or press “Arrange for me”."
        elif session.stage.sources.shown is None:
            advice = f"press “Train” in panel 3: {len(pairs)} sounds are ready."
        else:
            advice = "turn sound on in panel 5 and move over the terrain. Draw or train on whenever you like."
        self._next.value = f"Next: {advice}"


def _new(options: SessionOptions) -> Session:
    """A new session, or the one that this cell showed before its kernel ended."""
    session = Session(**options)
    resume(session)
    return session


def _frame(panel: Panel, width: str) -> None:
    panel.layout.width = width
    panel.layout.padding = "8px 12px"
    panel.layout.border = "1px solid rgba(128, 128, 128, 0.35)"
    panel.layout.margin = "4px"
