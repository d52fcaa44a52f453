"""The one widget that draws many controls."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import traitlets

from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import STATIC
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.controls.boxes import Column, Slot
from terrain_widgets.widgets.controls.buttons import Button
from terrain_widgets.widgets.controls.file_button import FileButton
from terrain_widgets.widgets.controls.item import Control, Field, Item


class Controls(PageWidget):
    """Draws items, tells the page what changes of them, and them what a user does.

    A button of ipywidgets' is three models, a slider four; this is one, whatever stands in it. Changes made on the UI
    thread go to the page together, after what made them. A message of a page presses a button or sets a value within
    the item's own limits; it can do nothing else, and nothing to an item that is hidden or disabled.

    Args:
        children: What is drawn, below each other.
        **traits: First values of the widget's traits.

    Attributes:
        items: All that is drawn, as JSON; ``kind`` says how.
    """

    _esm = STATIC / "controls.js"
    _css = STATIC / "controls.css"
    part = True
    items = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(self, children: Iterable[Item], **traits: Any) -> None:
        self._root = Column(children)
        self._lock = threading.Lock()
        self._by_id: dict[str, Item] = {}
        self._changed: dict[tuple[str, str], None] = {}
        self._answered: list[list[Any]] = []
        self._restructured = False
        self._gather()
        super().__init__(**traits)
        self.on_msg(self._receive)

    @property
    def controls(self) -> tuple[Item, ...]:
        """What is drawn, below each other."""
        return tuple(self._root.children)

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """The widget's state; a page that asks gets the controls of now."""
        state: dict[str, Any] = super().get_state(key, drop_defaults)
        if key is None or key == "items" or (not isinstance(key, str) and "items" in key):
            state["items"] = self._root.said("children")
        return state

    def close(self) -> None:
        """Leave the page, with the widgets that stand in slots; the items tell nobody any more."""
        for item in self._root.walk():
            item.belong(None)
            if isinstance(item, Slot):
                item.widget.close()
            elif isinstance(item, FileButton):
                item.transfers.close()
        super().close()

    # --- to the page

    def _gather(self) -> None:
        found = {item.id: item for item in self._root.walk()}
        for item in found.values():
            item.belong(self)
        gone, self._by_id = self._by_id, found
        for item in gone.values():
            if item.id not in found:
                item.belong(None)

    def note(self, item: Item, name: str) -> None:
        """One of the traits that the page is told has changed."""
        with self._lock:
            if name == "children":
                self._restructured = True
                self._gather()
            else:
                self._changed[item.id, name] = None
        ui.submit(self._send_changes, key=(id(self), "changes"))

    def _send_changes(self) -> None:
        with self._lock:
            changed, self._changed = self._changed, {}
            answered, self._answered = self._answered, []
            restructured, self._restructured = self._restructured, False
            known = [(self._by_id[key], name) for key, name in changed if key in self._by_id]
        if restructured:
            self.send({"type": "items", "items": self._root.said("children")})
        changes = [] if restructured else [[item.id, name, item.said(name)] for item, name in known]
        if changes or answered:
            self.send({"type": "change", "changes": changes, "answered": answered})

    def send_to(self, item: Item, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Send a message to an item in the page."""
        self.send({"type": "file", "id": item.id, "file": content}, buffers)

    # --- from the page

    def _receive(self, _widget: Any, content: Any, buffers: list[Any]) -> None:
        if not isinstance(content, dict):
            return
        item = self._by_id.get(content["id"]) if isinstance(content.get("id"), str) else None
        if not isinstance(item, Control):
            return
        heard = item.visible and not item.disabled
        if content.get("type") == "value" and isinstance(item, Field):
            if heard:
                self._take(item, content.get("value"))
            # Whatever has become of it: the page shows its own value until it is answered.
            with self._lock:
                self._answered.append([str(content.get("page"))[:40], item.id, content.get("edit")])
            self.note(item, "value")
        elif content.get("type") == "click" and isinstance(item, Button) and heard:
            item.click()
        elif content.get("type") == "hover" and isinstance(item, Button):
            over = content.get("over") is True
            if heard or not over:
                item.hover(over)
        elif content.get("type") == "file" and isinstance(item, FileButton):
            item.transfers.receive(content.get("file"), buffers)

    @staticmethod
    def _take(item: Field, said: Any) -> None:
        try:
            value = item.read(said)
        except ValueError:
            return  # a page may say anything
        item.set_trait("value", value)
