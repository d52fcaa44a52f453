"""A row of buttons as one widget: tabs of a dock, modes of the stage, tools of a mode."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import traitlets

from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import STATIC
from terrain_widgets.widgets.base.ui_thread import ui

FULL_SCREEN = "fullscreen"  #: An item with this id is the page's own: it shows the stage alone, and back.


@dataclass(frozen=True)
class BarItem:
    """One button.

    Args:
        id: What is told when it is pressed.
        title: Its words; where there is an icon and no title, the icon stands alone and the hint is its name.
        hint: What it does, in a sentence.
        icon: By Font Awesome's name, or none.
        on: Whether it is pressed in, or ``None`` where it cannot be.
        enabled: Whether it can be pressed.
        style: ``"primary"`` for the next step, ``"danger"`` for what runs and should be ended.
        place: Of a tab whose panel has been made: which of the dock's panels that is, so that the page turns to it
            without waiting for the kernel.
    """

    id: str
    title: str
    hint: str
    icon: str = ""
    on: bool | None = None
    enabled: bool = True
    style: str = ""
    place: int | None = None

    def said(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def items_of(actions: Iterable[Action]) -> list[BarItem]:
    """A button for each action that is offered now."""
    offered = [action for action in actions if action.offered()]
    return [
        BarItem(row.id, row.shown.title, row.shown.hint, row.shown.icon, enabled=row.enabled(), style=row.shown.style)
        for row in offered
    ]


class Bar(PageWidget):
    """Buttons beside one another.

    Args:
        press: Called with the id of a pressed item, on the UI thread.
        kind: ``"tabs"`` and ``"modes"`` have one item that is on, and arrow keys choose; of ``"tools"`` each is a
            button by itself.
        label: What the row is, for screen readers.

    Attributes:
        items: What is shown.
    """

    part = True
    _esm = STATIC / "bar.js"
    _css = STATIC / "bar.css"
    items = traitlets.List(traitlets.Dict()).tag(sync=True)
    kind = traitlets.Enum(("tabs", "modes", "tools"), "tools").tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)

    def __init__(self, press: Callable[[str], object], kind: str, label: str, **traits: Any) -> None:
        super().__init__(kind=kind, label=label, **traits)
        self._press = press
        self.on_msg(self._receive)

    def show(self, items: list[BarItem]) -> None:
        """Show these items."""
        self.items = [item.said() for item in items]

    def _receive(self, _widget: Any, content: Any, _buffers: list[Any]) -> None:
        if not isinstance(content, dict) or content.get("type") != "press":
            return
        pressed = next((item for item in self.items if item["id"] == content.get("id") and item["enabled"]), None)
        if pressed is not None:

            def act() -> None:
                self._press(pressed["id"])

            ui.submit(act)
