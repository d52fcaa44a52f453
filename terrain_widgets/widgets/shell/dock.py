"""A dock: tabs, and under them the panel of one; each is made when it is first shown."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from terrain_widgets.widgets.base.bar import Bar, BarItem
from terrain_widgets.widgets.base.page_widget import shared_layout
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.static import STATIC
from terrain_widgets.widgets.panels.registry import Entry


class Tabs(Bar):
    """The tabs of a dock; their style is that of the whole studio."""

    _css = STATIC / "shell.css"


class Dock(ipywidgets.VBox):
    """One side of the studio.

    Args:
        label: For screen readers.
        side: ``"left"`` or ``"right"``.
        entries: Which panels, in the order of their tabs.
        panel: Gives the panel of a name, made at the first call.
        changed: Called when another panel is seen.

    Attributes:
        shown: Name of the panel that is seen.
    """

    def __init__(
        self,
        label: str,
        side: str,
        entries: list[Entry],
        panel: Callable[[str], Panel],
        changed: Callable[[], object] = lambda: None,
    ) -> None:
        self._entries, self._panel, self._changed = entries, panel, changed
        self.shown = ""
        self._places: dict[str, int] = {}  # of the panels that have been made
        self._tabs = Tabs(self.show, "tabs", label)
        self._page = ipywidgets.VBox(layout=shared_layout())
        self._page.add_class("tw-page")
        super().__init__([self._tabs, self._page], layout=shared_layout())
        self.add_class("tw-dock")
        self.add_class(f"tw-{side}")

    def show(self, name: str) -> None:
        """Show a panel. On the UI thread, or before there is a page.

        Raises:
            KeyError: If this dock has no such panel.
        """
        if name not in [entry.name for entry in self._entries]:
            raise KeyError(f"this dock has {', '.join(entry.name for entry in self._entries)}, not {name!r}")
        panel = self._panel(name)
        if panel not in self._page.children:
            panel.heading.value = ""  # its tab says it
            self._page.children = (*self._page.children, panel)
        self.shown = name
        for child in self._page.children:
            (child.remove_class if child is panel else child.add_class)("tw-away")
        panel.refresh_charts()
        self._places[name] = self._page.children.index(panel)
        self._tabs.show([self._tab(entry) for entry in self._entries])
        self._changed()

    def _tab(self, entry: Entry) -> BarItem:
        on, place = entry.name == self.shown, self._places.get(entry.name)
        return BarItem(entry.name, entry.title, entry.hint, entry.icon, on=on, place=place)

    def has(self, name: str) -> bool:
        """Whether this dock has a panel of that name."""
        return any(entry.name == name for entry in self._entries)
