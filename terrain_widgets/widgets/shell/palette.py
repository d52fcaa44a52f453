"""The command palette: every action of the studio by its name, from the panels' tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from terrain_widgets.widgets.base.actions import Action, key_words
from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.static import STATIC
from terrain_widgets.widgets.base.ui_thread import ui

#: By their names, what stands before their actions, and who does them.
Panels = dict[str, tuple[str, Panel]]


class Palette(PageWidget):
    """A button, and a dialog that lists what can be done: type to find it, Enter does it.

    The dialog opens in the page at once, with the actions of last time, or those of the panels that a new studio shows,
    and asks for those of now. Those of panels that nobody has opened yet follow, as each is made.

    Args:
        panels: Gives the panels that there are; called on the UI thread. What is said alike in two of them, such as
            undo, is one action, and is listed once.
        another: Makes one more panel; returns whether there was one to make.
        reveal: Shows the panel of this name.

    Attributes:
        rows: The actions as the page shows them.
        complete: Whether every panel's are among them.
    """

    part = True
    _esm = STATIC / "palette.js"
    _css = STATIC / "palette.css"
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    complete = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self, panels: Callable[[], Panels], another: Callable[[], bool], reveal: Callable[[str], object], **traits: Any
    ) -> None:
        super().__init__(_dom_classes=("tw-find",), **traits)
        self._panels, self._another, self._reveal = panels, another, reveal
        self.on_msg(self._receive)

    def begin(self) -> None:
        """List the actions of the panels that there are already, for the first time that the dialog opens."""
        self._list()

    def show(self) -> None:
        """Open the dialog in every page that shows it."""
        ui.submit(self._look_up, key=(id(self), "rows"))
        self.send({"type": "open"})

    def _look_up(self) -> None:
        self._list()
        self._complete()

    def _complete(self) -> None:
        """Make the other panels one by one, so that what a user does in between need not wait for all of them."""
        if self._another():
            ui.submit(self._complete, key=(id(self), "complete"))
        else:
            self._list()
            self.complete = True

    def _list(self) -> None:
        seen: set[tuple[str, str]] = set()
        rows = []
        for name, (title, panel) in self._panels().items():
            offered = [each for each in panel.actions if (each.id, each.hint) not in seen and each.offered()]
            rows += [_row(f"{name}/{action.id}", title, action) for action in offered]
            seen |= {(action.id, action.hint) for action in panel.actions}
        self.rows = rows

    def _run(self, name: str) -> None:
        where, _, what = name.partition("/")
        _title, panel = self._panels().get(where, ("", None))
        action = next((each for each in panel.actions if each.id == what), None) if panel is not None else None
        if panel is None or action is None or not action.offered():
            return  # it has gone since the page was told of it
        self._reveal(where)
        if not action.page and action.enabled():
            panel.press(action)
            ui.submit(self._list, key=(id(self), "listed"))  # behind it: somebody may look already at what comes next

    def _receive(self, _widget: Any, content: Any, _buffers: list[Any]) -> None:
        kind = content.get("type") if isinstance(content, dict) else None
        if kind == "rows":
            ui.submit(self._look_up, key=(id(self), "rows"))
        elif kind == "run" and isinstance(content.get("id"), str):
            ui.submit(lambda: self._run(content["id"]))


def _row(name: str, group: str, action: Action) -> dict[str, Any]:
    return {
        "id": name,
        "group": group,
        "title": action.shown.title or action.title,
        "hint": action.shown.hint,
        "keys": [key_words(key) for key in action.keys],
        "enabled": action.enabled(),
        "page": action.page,
    }
