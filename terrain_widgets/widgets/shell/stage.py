"""The stage: the plane at the centre, its modes, and the tools that a mode brings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ipywidgets

from terrain_widgets.widgets.base.bar import FULL_SCREEN, Bar, BarItem, items_of
from terrain_widgets.widgets.base.page_widget import shared_layout
from terrain_widgets.widgets.controls.controls import Controls
from terrain_widgets.widgets.controls.words import Words
from terrain_widgets.widgets.plane.plane import Plane


@dataclass(frozen=True)
class Mode:
    """What the stage is for.

    Args:
        name: For programs.
        title: What its button says.
        hint: What a pointer does then.
        panel: Name of the panel that has the plane in this mode.
    """

    name: str
    title: str
    hint: str
    panel: str


MODES = (
    Mode("draw", "Draw", "Draw a path for each sound", "paths"),
    Mode("points", "Points", "Place labelled points and say what sounds there", "points"),
    Mode("play", "Play", "Move over the terrain and hear it", "play"),
    Mode("look", "Look", "Read the terrain's latents where the pointer is; a press plays the place", "terrain"),
)


class Stage(ipywidgets.VBox):
    """The plane with a bar above it, and a line below it that says what is read, and what went wrong.

    Args:
        plane: What is shown.
        take: Called with the name of a mode that a user has chosen, on the UI thread.
        over: What lies over the plane, such as a first step.
        notice: What went wrong.
    """

    def __init__(self, plane: Plane, take: Callable[[str], object], over: ipywidgets.Widget, notice: Words) -> None:
        self._plane = plane
        self._modes = Bar(take, "modes", "What the stage is for")
        self._tools = Bar(lambda tool: plane.grip.use_tool(tool), "tools", "Tools")
        corner = Bar(self._look, "tools", "View", _dom_classes=("tw-corner",))
        full = BarItem(FULL_SCREEN, "", "The stage alone, on the whole screen, and back (f)", "expand-arrows-alt")
        corner.show([*items_of(plane.view_actions), full])
        bar = ipywidgets.Box([self._modes, self._tools], layout=shared_layout())
        bar.add_class("tw-stage-bar")
        middle = ipywidgets.Box([plane, corner, over], layout=shared_layout())
        middle.add_class("tw-stage-plane")
        line = Controls([plane.reading, notice], _dom_classes=("tw-stage-line",))
        super().__init__([bar, middle, line], layout=shared_layout())
        self.add_class("tw-stage")
        plane.on_dress(self._show_tools)

    def show_mode(self, name: str) -> None:
        """Show which mode it is in."""
        self._modes.show([BarItem(mode.name, mode.title, mode.hint, on=mode.name == name) for mode in MODES])

    def _show_tools(self) -> None:
        said = self._plane.grip.tools()
        self._tools.show(said)

    def _look(self, action: str) -> None:
        self._plane.view_actions[action].run()
