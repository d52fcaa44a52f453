"""The whole instrument on one page: a stage, and docks around it."""

from __future__ import annotations

import logging
from typing import Any, Unpack, cast

import ipywidgets
import traitlets

from terrain_widgets.session.notices.events import Notice
from terrain_widgets.session.options import SessionOptions
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.bar import Bar, items_of
from terrain_widgets.widgets.base.page_widget import shared_layout
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.charts.bokeh_scripts import bring_bokeh
from terrain_widgets.widgets.controls.controls import Controls
from terrain_widgets.widgets.controls.words import Heading, Words
from terrain_widgets.widgets.files.saved_cell import Saved, leave, resume
from terrain_widgets.widgets.files.session_bar import SessionBar
from terrain_widgets.widgets.panels.drawing.drawing_canvas import DrawingCanvas
from terrain_widgets.widgets.panels.encoder.encoder_panel import EncoderPanel
from terrain_widgets.widgets.panels.play.play_widget import PlayWidget
from terrain_widgets.widgets.panels.registry import entries
from terrain_widgets.widgets.plane.grip import OnStage
from terrain_widgets.widgets.plane.plane import SIZE, Plane
from terrain_widgets.widgets.plane.still import still_picture, with_still
from terrain_widgets.widgets.shell.advice import next_step, steps_done
from terrain_widgets.widgets.shell.dock import Dock
from terrain_widgets.widgets.shell.help import Help, Section
from terrain_widgets.widgets.shell.help_text import help_sections
from terrain_widgets.widgets.shell.palette import Palette, Panels
from terrain_widgets.widgets.shell.stage import MODES, Stage
from terrain_widgets.widgets.shell.studio_actions import FIRST_STEPS, studio_actions

log = logging.getLogger(__name__)


class Studio(Panel):
    """One plane at the centre, the panels in docks around it, and a line that says what to do next.

    Args:
        session: What is shown; by default a new one with the bundled sounds and codec, or the one that the same cell of
            a saved notebook showed in an earlier kernel.
        saved: What a saved notebook keeps of it for when no kernel is there: ``"picture"``, or ``"piece"``, which can
            be played there too and takes a megabyte or more of the file.
        **session_options: As ``Session`` takes them, e.g. ``codec="path/to/model"``; only without a session.

    Attributes:
        mode: What the stage is for: ``"draw"``, ``"points"``, ``"play"`` or ``"look"``; belongs to the view, not to
            the session and its undo.
        plane: The stage's.
        left: The dock of sounds and files.
        right: The dock of everything else.

    Raises:
        TypeError: If there is no such option, or a session is given too.
    """

    mode = traitlets.Enum([mode.name for mode in MODES], "draw")

    def __init__(
        self, session: Session | None = None, *, saved: Saved = "picture", **session_options: Unpack[SessionOptions]
    ) -> None:
        self._saved = saved
        if session is not None and session_options:
            raise TypeError(
                f"Studio() got a session and {', '.join(session_options)} too; give these to the session: "
                f"Studio(Session({', '.join(f'{name}=…' for name in session_options)}))"
            )
        self._entries = {entry.name: entry for entry in entries()}
        self._made: dict[str, Panel] = {}
        self._broken: set[str] = set()
        self._read: dict[str, Notice] = {}  # by topic, what a panel has said that was seen
        self._docks: tuple[Dock, ...] = ()
        super().__init__(session if session is not None else _new(session_options), "studio", "")
        self.add_class("tw-studio")
        bring_bokeh()  # for charts that are made when their tab is first shown
        self.plane = Plane(self.session)
        self._plays_next = False  # at the end of the shortcut, unless a mode is chosen before
        self.left, self.right = self._docks = tuple(
            Dock(
                label, side, [one for one in self._entries.values() if one.dock == side], self.panel, self._show_notice
            )
            for side, label in (("left", "Sounds, takes and files"), ("right", "Panels"))
        )
        # The classes of anywidget's widgets are theirs from the start: their views follow no change of them.
        self.actions.add(
            *studio_actions(self.session, self._entries.values(), self.plane.view_actions, self.take_mode, self.show)
        )
        self._begin = Bar(self._pressed, "tools", "First steps", _dom_classes=("tw-first",))
        self.stage = Stage(self.plane, self._take_mode, self._begin, self._notice)
        self.help = Help(self._keys, first=self._untouched)
        self.palette = Palette(self._panels, self._make_another, self._reveal)
        self._history = Bar(self._pressed, "tools", "History")
        self._next, self._job = Words("", "strong"), Words("", "quiet")
        body = ipywidgets.Box([self.left, self.stage, self.right], layout=shared_layout())
        body.add_class("tw-body")
        self.lay_out(self._top(), body, self._foot())
        self._follow_session()
        self.left.show("sounds")
        self.take_mode("draw" if self.session.stage.sources.shown is None else "play")
        self._advise()
        self.palette.begin()

    def _top(self) -> ipywidgets.Box:
        self._lead = Controls([self._next, Heading()], _dom_classes=("tw-next",))
        self._quick = self.files.shortcuts(self.offers)
        parts = [self._lead, self._history, self.palette, self.help, self._quick, self.play.sink]
        top = ipywidgets.Box(parts, layout=shared_layout())
        top.add_class("tw-top")
        return top

    def _foot(self) -> ipywidgets.Box:
        foot = ipywidgets.Box([self.play.sink, Controls([self._job])], layout=shared_layout())
        foot.add_class("tw-foot")
        return foot

    def _follow_session(self) -> None:
        session = self.session
        self.listen("state", self._advise, session.document)
        self.listen("latents", self._advise, session.sounds)
        self.listen("shown", self._advise, session.stage.sources)
        self.listen("status", self._advise, session.jobs)
        self.listen("running", self._shortcut_changed, session.shortcut)
        self.listen("patch", self._show_history, session.document)
        self.play.sink.observe(lambda _: self.do(self._advise), names="sound_on")

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Called when a cell shows the studio; its drawing is a picture for readers that have no kernel."""
        picture = leave(self.session, lambda session: still_picture(session, SIZE), self._saved)
        return with_still(super()._repr_mimebundle_(**kwargs), picture)

    # --- its panels

    def panel(self, name: str) -> Panel:
        """The panel of that name, made now if nobody has seen it yet.

        Raises:
            KeyError: If there is no such panel.
        """
        if name not in self._made:
            if name not in self._entries:
                raise KeyError(f"the panels are {', '.join(self._entries)}, not {name!r}")
            self._made[name] = self._entries[name].make(self.session, self.plane)
        return self._made[name]

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Those that were made so far."""
        return tuple(self._made.values())

    @property
    def encoder(self) -> EncoderPanel:
        """The panel of the sounds."""
        return cast(EncoderPanel, self.panel("sounds"))

    @property
    def canvas(self) -> DrawingCanvas:
        """The panel of the paths."""
        return cast(DrawingCanvas, self.panel("paths"))

    @property
    def play(self) -> PlayWidget:
        """The panel of what plays."""
        return cast(PlayWidget, self.panel("play"))

    @property
    def files(self) -> SessionBar:
        """The panel of files."""
        return cast(SessionBar, self.panel("files"))

    @property
    def loss(self) -> Panel:
        """The panel of the training."""
        return self.panel("training")

    @property
    def heatmap(self) -> Panel:
        """The panel of the terrain's picture."""
        return self.panel("terrain")

    def show(self, name: str) -> None:
        """Show a panel in its dock.

        Raises:
            KeyError: If there is no such panel.
        """
        (self.left if self.left.has(name) else self.right).show(name)

    def take_mode(self, name: str) -> None:
        """Have the stage be for something else, and show the panel that goes with it.

        Args:
            name: ``"draw"``, ``"points"``, ``"play"`` or ``"look"``.

        Raises:
            ValueError: If there is no such mode.
        """
        mode = next((mode for mode in MODES if mode.name == name), None)
        if mode is None:
            raise ValueError(f"the modes are {', '.join(mode.name for mode in MODES)}, not {name!r}")
        self.mode, self._plays_next = name, False
        self.show(mode.panel)
        self.stage.show_mode(name)
        self.plane.take(cast(OnStage, self.panel(mode.panel)).grip)

    def close(self) -> None:
        """End panels, sound and session."""
        for panel in self._made.values():
            panel.close()
        self.plane.close()
        self.session.close()
        super().close()

    def says(self, topic: str, notice: Notice) -> bool:
        """Whether a notice is said under the stage: no panel that is seen has said it."""
        seen = [self._made[dock.shown] for dock in self._docks if dock.shown in self._made]
        if any(panel.says(topic, notice) for panel in seen if panel not in self._on_stage()):
            self._read[topic] = notice
        return self._read.get(topic) is not notice

    def _on_stage(self) -> list[Panel]:
        """Panels that have the stage's plane say under it what they have to say."""
        return [self._made[name] for name, entry in self._entries.items() if entry.on_stage and name in self._made]

    def _keys(self) -> list[Section]:
        points = cast(OnStage, self.panel("points")).grip.actions
        return help_sections(self.plane.view_actions, self.canvas.actions, points or self.plane.view_actions)

    def _panels(self) -> Panels:
        made = {name: (entry.title, self._made[name]) for name, entry in self._entries.items() if name in self._made}
        return {"studio": ("Studio", self), **made}

    def _make_another(self) -> bool:
        """Make a panel that nobody has seen yet, for its actions; returns whether there was one."""
        name = next((name for name in self._entries if name not in self._made and name not in self._broken), "")
        if not name:
            return False
        try:
            self.panel(name)
        except Exception:  # somebody's own, perhaps; it says so where it is shown
            self._broken.add(name)
            log.exception("the panel %s could not be made", name)
        return True

    def _reveal(self, name: str) -> None:
        if name in self._made:
            self.show(name)

    @property
    def _untouched(self) -> bool:
        return self.session.stage.sources.shown is None and not self.session.latents

    # --- what is pressed

    def _take_mode(self, name: str) -> None:
        self.do(lambda: self.take_mode(name))

    def _pressed(self, name: str) -> None:
        self.press(self.actions[name])

    # --- what is shown

    def _shortcut_changed(self) -> None:
        if self.session.shortcut.running:
            self._plays_next = True
        elif self._plays_next and self.session.stage.sources.shown is not None:
            self.take_mode("play")
        self._advise()

    def _show_history(self) -> None:
        self._history.show(items_of(self.actions[name] for name in ("undo", "redo")))

    def _advise(self) -> None:
        session = self.session
        self._begin.show(items_of(self.actions[name] for name in FIRST_STEPS))
        self._next.value = f"Next: {next_step(session, self.play.sink.sound_on)}"
        self.help.first, self.help.done = self._untouched, steps_done(session)
        status = session.jobs.status
        self._job.value = status.message if status.state == "running" else "kernel ready"
        self._show_history()


def _new(options: SessionOptions) -> Session:
    """A new session, or the one that this cell showed before its kernel ended."""
    session = Session(**options)
    resume(session)
    return session
