"""Draw a path for each sound."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.paths.hits import nearest_on_line
from terrain_widgets.core.paths.pairing import DrawingProgress, drawing_progress
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.session.document import commands
from terrain_widgets.session.notices.events import Failed
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.bar import BarItem
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.base.rest import Rest
from terrain_widgets.widgets.controls.boxes import Column, Disclosure, Row
from terrain_widgets.widgets.controls.choices import Choice, Dropdown, ToggleGroup
from terrain_widgets.widgets.controls.words import Words
from terrain_widgets.widgets.panels.drawing.drawing_actions import drawing_actions
from terrain_widgets.widgets.panels.drawing.drawing_tools import TOOL_ICONS, TOOLS, DrawingTools
from terrain_widgets.widgets.panels.drawing.edit_page import edit_page
from terrain_widgets.widgets.panels.drawing.pairing_panel import PairingTable
from terrain_widgets.widgets.panels.drawing.stylus_row import TASKS, StylusRow
from terrain_widgets.widgets.plane.dropped import draw_dropped, map_point
from terrain_widgets.widgets.plane.gestures import Stroke, Touch
from terrain_widgets.widgets.plane.grip import Grip
from terrain_widgets.widgets.plane.page_keys import DRAWING, by_keys
from terrain_widgets.widgets.plane.plane import SIZE, Plane
from terrain_widgets.widgets.plane.sheet import Handlers
from terrain_widgets.widgets.plane.still import still_picture, with_still

_LAYOUTS = [("waves", "waves"), ("packed", "packed"), ("alike near (PCA)", "pca"), ("alike near (UMAP)", "umap")]
_REACH = 0.06  # of what is looked at, within which a sound is dropped on a path
_TERRAIN_OPACITY = 0.55
_STILL_SECONDS = 2.0  # a reader of the saved notebook is in no hurry
_STROKES_KEPT = 32  # newest strokes with all that the pen said, tilt too


class DrawingCanvas(Panel):
    """A plane to draw on, whose turn it is, and which sound lies where.

    Press, move, release: the line becomes the path of the selected sound, and the next sound without a path is
    selected. Other tools make lines and curves corner by corner, move, rub out and cut; every tool has a key, and every
    edit can be undone. Instead of drawing, the same plane plays: with any pointer, or with a pen and its pressure.

    Args:
        session: What is drawn for; a new one with the bundled sounds if none is given.
        plane: On what; by default one of its own.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(
        self, session: Session | None = None, plane: Plane | None = None, **options: Unpack[PanelOptions]
    ) -> None:
        super().__init__(session, "canvas", "Draw a path for each sound", **options)
        self._clip = Dropdown(description="Sound", tooltip="The sound that your next line belongs to")
        self._hint = Words()
        self._layout = Dropdown(_LAYOUTS, tooltip="How paths are laid out")
        self.grip = Grip(
            Handlers(
                stroke=lambda stroke: self._guarded(lambda: self._drawn(stroke)),
                touch=lambda touch: self._guarded(lambda: self._tools.touch(touch), touch),
                steer=lambda steering: self.play.steer(steering),
                drop=lambda clip, place: self._guarded(lambda: self._dropped(clip, place)),
            ),
            "draw",
            "Drawing plane: press, move and release to draw a path for the selected sound",
            press=self._key,
            tools=lambda: [
                BarItem(name, "", f"{label}: {hint} ({letter})", TOOL_ICONS[name], on=name == self._tools.tool)
                for name, (label, letter, hint) in TOOLS.items()
            ],
            use_tool=self._take,
            terrain_opacity=_TERRAIN_OPACITY,
        )
        self.plane = Plane(self.session, self.grip) if plane is None else plane
        self._own = [self.plane] if plane is None else []  # else it is shown, and closed, by who gave it
        self._tools = DrawingTools(self.session, self._width)
        self.actions.add(*drawing_actions(self.session, self._tools, self.plane.view_actions))
        self.grip.actions = self.actions
        self.strokes: list[Stroke] = []
        self._tool = ToggleGroup(
            [(label, name) for name, (label, _, _) in TOOLS.items()],
            tooltips=[f"{hint} ({letter})" for _, letter, hint in TOOLS.values()],
            tooltip="Tool",
        )
        self._task = Dropdown(
            [(f"{label}: {hint}", name) for name, (label, hint) in TASKS.items()],
            description="Task",
            tooltip="What a pointer does on the plane",
        )
        self.play = StylusRow(self.session, self.explain, self._hovers)
        self.pairs = PairingTable(self)
        self._more = (
            Disclosure([self.pairs], title="Pairs"),
            edit_page(self.session, self.actions, self.offers),
            Disclosure([Words(by_keys(DRAWING, self.actions), "quiet")], title="Keys", visible=bool(self._own)),
        )
        arrange, *buttons = self.offers(*self._path_actions())
        self._drawing = Column([self._clip, Row([arrange, self._layout]), self._tool])
        # A stage has a bar of its own for these.
        self._task.visible = self._tool.visible = bool(self._own)
        if self._own:
            names = ("undo", "redo", "closer", "farther", "fit")
            undo, redo, *views = self.offers.buttons(*(self.actions[name] for name in names))
            buttons = [undo, redo, *buttons, *views]
        self.lay_out(
            self.heading,
            self._task,
            self._drawing,
            self.play,
            *self._own,
            self._hint,
            Row(buttons),
            *([self._notice] if self._own else []),  # a stage says it below itself
            *self._more,
        )
        self.play.visible = False
        self._still = Rest(self.session, self._keep_still, _STILL_SECONDS)
        self._filling = False
        self._clip.observe(self._chosen, names="value")
        self._shown_by = 0  # the thread that shows a tool or a task: what it sets is no wish of the user's
        self._tool.observe(lambda change: self._wished(lambda: self._take(change["new"])), names="value")
        self._task.observe(lambda change: self._wished(lambda: self.take_task(change["new"])), names="value")
        for trait in ("state", "selected"):
            self.listen(trait, self._refresh, self.session.document)
        self.listen("latents", self._refresh, self.session.sounds)
        for trait in ("shown", "shown_channel"):
            self.listen(trait, self._terrain_changed, self.session.stage.sources)
        self.listen("working", self._terrain_changed, self.session.jobs)
        self._refresh()

    def take_task(self, task: str) -> None:
        """Draw (``"dataset"``), ``"play"`` with any pointer, or play with a pen's pressure (``"stylus"``).

        Raises:
            ValueError: If there is no such task.
        """
        if task not in TASKS:
            raise ValueError(f"the tasks are {', '.join(TASKS)}, not {task!r}")
        if task == self.play.task:
            return
        if self.play.task != "dataset":
            self.session.move(np.zeros(2), False)
        self.play.take(task)
        self._show(self._task, task)
        drawing = task == "dataset"
        self._drawing.visible, self.play.visible = drawing, not drawing
        self.grip.hover = task != "stylus"
        self._show_tool()

    def still_picture(self) -> bytes:
        """The plane as it is looked at, as a PNG: what a saved notebook shows."""
        return still_picture(self.session, SIZE, self.plane.view, _TERRAIN_OPACITY)

    def close(self) -> None:
        """Remove the panel from the page; the session lives on."""
        self._still.close()
        for plane in self._own:
            plane.close()
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Called when a cell shows the panel; the picture is for readers that have no kernel."""
        return with_still(super()._repr_mimebundle_(**kwargs), self.still_picture())

    # --- tools

    def _path_actions(self) -> list[Action]:
        session, document = self.session, self.session.document
        return [
            Action(
                "arrange",
                "Arrange for me",
                "Lay out a path for every sound that has none",
                lambda: session.arrange(self._layout.value),
                icon="magic",
            ),
            Action(
                "erase",
                "Erase",
                "Take the selected sound's path away",
                lambda: document.erase(document.selected),
                enabled=lambda: document.selected in session.state.paths,
                icon="eraser",
            ),
            Action(
                "clear",
                "Clear",
                "Take all paths away",
                document.clear_paths,
                enabled=lambda: len(session.state.paths) > 0,
                icon="trash",
            ),
        ]

    def _take(self, tool: str) -> None:
        if tool != self._tools.tool:
            self._tools.take(tool)
            self._show_tool()

    def _show_tool(self) -> None:
        tool = self._tools.tool
        drawing = self.play.task == "dataset"
        self.grip.tool = {"draw": "draw", "hand": "pan"}.get(tool, "drag") if drawing else "play"
        self.grip.actions = self.actions if drawing else self.plane.view_actions
        self.grip.overlay, self.grip.chosen = self._tools.overlay, frozenset(self._tools.selection.ids)
        self.plane.dress(self.grip)
        self._show(self._tool, tool)
        self._hint.value = self._advice()

    def _wished(self, act: Callable[[], object]) -> None:
        if self._shown_by != threading.get_ident():
            self.do(act)

    def _show(self, control: Choice, value: str) -> None:
        """Without taking it for a wish: two quick clicks would otherwise be shown and obeyed in turn for ever."""
        self._shown_by = threading.get_ident()
        try:
            control.value = value
        finally:
            self._shown_by = 0

    def _guarded(self, act: Callable[[], object], touch: Touch | None = None) -> None:
        """On the UI thread already: do it, and say what went wrong."""
        try:
            act()
        except (ValueError, KeyError, IndexError) as error:
            self.say(Failed.of(error))
        else:
            if touch is None or touch.phase != "up":  # what a press has said stays until the next one
                self.say(None)
        self._show_tool()

    def _key(self, key: str) -> None:
        actions = self.plane.view_actions if self.grip.actions is None else self.grip.actions
        self._guarded(lambda: actions.press(key))

    def _hovers(self, on: bool) -> None:
        self.grip.hover = on
        self.plane.dress(self.grip)

    def press(self, action: Action) -> None:
        """Do one of the actions, as its button and the palette do."""

        def press() -> None:
            action.run()
            self._show_tool()

        self.do(press)

    def _drawn(self, stroke: Stroke) -> None:
        self.strokes = [*self.strokes[-_STROKES_KEPT + 1 :], stroke]
        self._tools.stroke(stroke)

    def _dropped(self, what: str, place: NDArray[np.float64]) -> None:
        flat = {key: d.path for key, d in self.session.state.drawings.items() if d.path.control_dim == 2}
        hit = nearest_on_line(flat.items(), place, _REACH * self._width())
        point = map_point(self.session, what)
        if hit is not None:
            clip = what if point is None else self.session.explore.points.clip_of(point)
            self.session.document.apply(commands.assign, clip, hit.key)
        elif point is None:
            raise ValueError("there is no path where the sound was dropped; drop it on a line")
        else:
            draw_dropped(self.session, what, place)

    def _width(self) -> float:
        return abs(self.plane.view.right - self.plane.view.left)

    def _chosen(self, change: Any) -> None:
        if not self._filling and change["new"]:
            # Behind the strokes that still wait: they belong to the sound that was selected when they were drawn.
            self.do(lambda: self.session.document.select(change["new"]))

    # --- what is shown

    def _terrain_changed(self) -> None:
        self.play.show()
        self._still.changed()

    def _keep_still(self) -> None:
        self.plane.still.value = self.still_picture()
        self.plane.still.layout.visibility = "visible"

    def _refresh(self) -> None:
        state = self.session.state
        self._filling = True  # filling the menu must not choose for the user
        try:
            self._clip.options = [
                (f"{'✓' if clip.id in state.paths else '○'} {clip.name}", clip.id) for clip in state.clips
            ]
            self._clip.value = self.session.document.selected or None
        finally:
            self._filling = False
        self.offers.show()
        self._more[0].title = f"Pairs: {len(state.paths)} of {len(state.clips)}"
        self.plane.sheet.budget = self._budget()
        self._show_tool()
        self._still.changed()

    def _budget(self) -> dict[str, Any]:
        selected = self.session.document.selected
        if not selected:
            return {}
        drawing = self.session.state.drawing_of(selected)
        rule, density = ("stretch", 1.0) if drawing is None else (drawing.rule.value, drawing.density)
        return {"frames": self.session.sounds.frames_needed(selected), "rule": rule, "density": density}

    def _advice(self) -> str:
        state, selected = self.session.state, self.session.document.selected
        if self.play.task != "dataset":
            return ": ".join(TASKS[self.play.task]) + "."
        if not selected:
            return "Add a sound first."
        clip = state.clip(selected)
        frames = self.session.sounds.frames_needed(selected)
        if len(self._tools.begun):
            return f"“{clip.name}”: {progress_words(self._progress())}. Enter ends the line."
        if self._tools.lines.going_on:
            return f"The next line goes on at the {self._tools.lines.going_on} of {self._tools.selection.touched}."
        if selected in state.paths:
            waiting = len(state.clips) - len(state.paths)
            rest = f"{waiting} still without a path." if waiting else "Every sound has a path."
            return f"“{clip.name}” has its path; draw again to replace it. {rest}"
        return f"Draw a line for “{clip.name}”: it will carry {frames} frames ({clip.sound.duration:.1f} s)."

    def _progress(self) -> DrawingProgress:
        budget = self._budget()
        begun = SpatialTrajectory(self._tools.begun)
        return drawing_progress(begun, budget["frames"], budget["rule"], budget["density"])


def progress_words(progress: DrawingProgress) -> str:
    """How far a line has come."""
    if progress.complete:
        return f"{progress.required} frames, complete"
    words = f"{progress.required} frames needed, {progress.drawn} drawn, {progress.to_draw} to draw"
    return words + (f" (about {progress.length_left:.2g} control units)" if progress.length_left > 0 else "")
