"""Draw a path for each sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from terrain_widgets.session.session import Session
from terrain_widgets.widgets._drawing_tools import KEYS, TOOLS, DrawingTools
from terrain_widgets.widgets._panel import Panel, button
from terrain_widgets.widgets.plane import SIZE, Plane
from terrain_widgets.widgets.text_line import TextLine

_BY_KEYS = ". With the pen: arrow keys move a cursor (with Shift finely), Enter puts the pen down and lifts it."


class DrawingCanvas(Panel):
    """A plane to draw on, and whose turn it is.

    Press, move, release: the line becomes the path of the selected sound, and the next sound without a path is
    selected. Other tools make lines corner by corner, move, and rub out; every tool has a key, and every edit can be
    undone.

    Args:
        session: What is drawn for; a new one with the bundled sounds if none is given.
    """

    def __init__(self, session: Session | None = None, **kwargs: Any) -> None:
        super().__init__(session, "canvas", "Draw a path for each sound", **kwargs)
        self._clip = ipywidgets.Dropdown(
            options=[],
            description="Sound",
            tooltip="The sound that your next line belongs to",
            layout={"width": "auto"},
        )
        self._hint = TextLine(layout={"width": f"{SIZE}px"})
        self._arrange = button("Arrange for me", "Lay out a path for every sound that has none", "magic")
        self._erase = button("Erase", "Take the selected sound's path away", "eraser")
        self._clear = button("Clear", "Take all paths away", "trash")
        self._undo = button("", "Undo the last edit", "undo", width="40px")
        self._redo = button("", "Redo what was undone", "repeat", width="40px")
        self.plane = Plane(
            self.session,
            "draw",
            "Drawing plane: press, move and release to draw a path for the selected sound",
            on_stroke=lambda _stroke, points: self._drawn(points),
            on_drag=lambda gesture, phase, place: self._guarded(lambda: self._tools.drag(gesture, phase, place)),
            on_key=lambda name, ctrl, shift: self._guarded(lambda: self._tools.key(name, ctrl, shift)),
            terrain_opacity=0.55,
        )
        self._tools = DrawingTools(self.session, self._drawn)
        self._tool = ipywidgets.ToggleButtons(
            options=[(label, name) for name, (label, _, _) in TOOLS.items()],
            tooltips=[f"{hint} ({letter})" for _, letter, hint in TOOLS.values()],
            style={"button_width": "84px"},
        )
        self._keys = ipywidgets.Accordion(
            [TextLine("; ".join(f"{key}: {what}" for key, what in KEYS.items()) + _BY_KEYS)],
            titles=["Keys"],
            selected_index=None,
        )
        self.children = [
            self.heading,
            ipywidgets.HBox([self._clip, self._arrange]),
            self._tool,
            self.plane,
            self._hint,
            ipywidgets.HBox([self._undo, self._redo, self._erase, self._clear]),
            self._keys,
            self._notice,
        ]
        self._filling = False
        self._clip.observe(self._chosen, names="value")
        self._tool.observe(lambda change: self.do(lambda: self._take(change["new"])), names="value")
        self.on_press(self._arrange, self.session.arrange)
        self.on_press(self._erase, lambda: self.session.erase(self.session.selected))
        self.on_press(self._clear, self.session.clear_paths)
        self.on_press(self._undo, self.session.undo)
        self.on_press(self._redo, self.session.redo)
        for trait in ("state", "selected", "latents"):
            self.listen(trait, self._refresh)
        for trait in ("mapping", "shown_channel", "working"):
            self.listen(trait, self.plane.show_terrain)
        self._refresh()

    def _take(self, tool: str) -> None:
        if tool != self._tools.tool:
            self._tools.take(tool)
            self._show_tool()

    def _show_tool(self) -> None:
        tool = self._tools.tool
        self.plane.pen.mode = "draw" if tool == "draw" else "edit"
        self._tool.value = tool
        self.plane.corners = self._tools.corners
        self.plane.show_paths()

    def _guarded(self, act: Callable[[], object]) -> None:
        """On the UI thread already: do it, and say what went wrong."""
        try:
            act()
        except (ValueError, KeyError) as error:
            self.session.say("canvas", str(error.args[0]) if isinstance(error, KeyError) else str(error))
        else:
            self.session.say("canvas", "")
        self._show_tool()

    def _drawn(self, points: NDArray[np.float64]) -> None:
        clip_id = self.session.selected
        if not clip_id:
            self.session.say("canvas", "there is no sound to draw for yet; add one first")
            return
        try:
            self.session.draw(clip_id, points)
        except ValueError as error:
            self.session.say("canvas", str(error))
            return
        self.session.say("canvas", "")
        self.session.select_next()

    def _chosen(self, change: Any) -> None:
        if not self._filling and change["new"]:
            # Behind the strokes that still wait: they belong to the sound that was selected when they were drawn.
            self.do(lambda: self.session.select(change["new"]))

    def _refresh(self) -> None:
        state = self.session.state
        self._filling = True  # filling the menu must not choose for the user
        try:
            self._clip.options = [
                (f"{'✓' if clip.id in state.paths else '○'} {clip.name}", clip.id) for clip in state.clips
            ]
            self._clip.value = self.session.selected or None
        finally:
            self._filling = False
        self._hint.value = self._advice()
        self._undo.disabled, self._redo.disabled = not self.session.can_undo, not self.session.can_redo
        self._erase.disabled = self.session.selected not in state.paths
        self._clear.disabled = not state.paths
        self.plane.show_paths()

    def _advice(self) -> str:
        state, selected = self.session.state, self.session.selected
        if not selected:
            return "Add a sound first."
        clip = state.clip(selected)
        frames = self.session.frames_needed(selected)
        if selected in state.paths:
            waiting = len(state.clips) - len(state.paths)
            rest = f"{waiting} still without a path." if waiting else "Every sound has a path."
            return f"“{clip.name}” has its path; draw again to replace it. {rest}"
        return f"Draw a line for “{clip.name}”: it will carry {frames} frames ({clip.sound.duration:.1f} s)."
