"""The list of panels: each folder here enters its own, and the studio's docks and the documentation read it."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

import terrain_widgets.widgets.panels as _panels
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.page_widget import shared_layout
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.plane.plane import Plane


@dataclass(frozen=True)
class Entry:
    """A panel that the studio offers.

    Args:
        name: Of the panel, for programs: ``studio.panel("training")``.
        title: What its tab says.
        icon: Of the tab, by Font Awesome's name.
        hint: What it is for, in a sentence without a full stop.
        dock: On which side of the stage.
        order: Tabs stand in this order.
        home: Where its class is, ``"module:Class"``, imported when it is first shown; or what makes it of a session.
        on_stage: Whether it is given the studio's plane, by ``plane=``.
    """

    name: str
    title: str
    icon: str
    hint: str
    dock: Literal["left", "right"]
    order: int
    home: str | Callable[..., Panel]
    on_stage: bool = False

    def make(self, session: Session, plane: Plane | None = None) -> Panel:
        """The panel, of a session.

        Args:
            session: What it shows.
            plane: The stage's, or ``None`` for a panel that stands alone.
        """
        # In a dock a panel is as large as the dock.
        options: dict[str, Any] = {} if plane is None else {"layout": shared_layout()}
        if self.on_stage and plane is not None:
            options["plane"] = plane
        if callable(self.home):
            return self.home(session, **options)
        module, name = self.home.split(":")
        panel: Panel = getattr(import_module(module), name)(session, **options)
        return panel


_entries: dict[str, Entry] = {}


def register(entry: Entry) -> None:
    """Have the studios to come offer this panel; one of the same name is replaced."""
    _entries[entry.name] = entry


def unregister(name: str) -> None:
    """Offer it no more.

    Raises:
        KeyError: If there is no such panel.
    """
    del _entries[name]


def as_markdown() -> str:
    """Every panel with its tab, its class and what it is for, as a page of the documentation."""
    lines = [
        "# Panels",
        "",
        "What the docks of `tw.Studio()` offer, in the order of their tabs. `studio.show(name)` shows one and",
        "`studio.panel(name)` gives it; by its class it stands in a cell of its own, as `tw.LossChart(session)` does.",
    ]
    for side in ("left", "right"):
        lines += ["", f"## On the {side}", "", "| tab | name | class | what it is for |", "|---|---|---|---|"]
        for entry in entries():
            if entry.dock == side:
                home = entry.home.split(":")[1] if isinstance(entry.home, str) else entry.home.__name__
                lines.append(f"| {entry.title} | `{entry.name}` | `{home}` | {entry.hint} |")
    return "\n".join(lines) + "\n"


def entries() -> list[Entry]:
    """Every panel, in the order of tabs: those of the folders beside this file, and what a program has registered."""
    for folder in pkgutil.iter_modules(_panels.__path__):
        if folder.ispkg:
            import_module(f"{_panels.__name__}.{folder.name}")
    return sorted(_entries.values(), key=lambda entry: (entry.dock, entry.order, entry.name))
