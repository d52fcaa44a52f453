"""Items that hold others: rows, columns, groups with a title, and what can be opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import ipywidgets
import traitlets

from terrain_widgets.widgets.controls.item import Item


class Box(Item):
    """Holds others.

    Args:
        children: What it holds, in order.
        **traits: First values of its traits.
    """

    children = traitlets.Tuple().tag(page=True)

    def __init__(self, children: Iterable[Item] = (), **traits: Any) -> None:
        super().__init__(children=tuple(children), **traits)

    def said(self, name: str) -> Any:
        """The value of one of its traits, as the page is told it: of what it holds, the whole state."""
        return [child.state() for child in self.children] if name == "children" else super().said(name)

    def walk(self) -> Iterator[Item]:
        """Itself, and all that stands in it."""
        yield self
        for child in self.children:
            yield from child.walk()


class Row(Box):
    """Beside each other; what does not fit goes to the next line."""

    kind = "row"


class Column(Box):
    """Below each other."""

    kind = "column"


class Card(Box):
    """Below each other, in a frame, as narrow as what it holds."""

    kind = "card"


class Disclosure(Box):
    """A title that opens and closes what stands below it.

    Attributes:
        title: Plain text.
        open: Whether it begins open; afterwards that is each page's own.
    """

    kind = "disclosure"
    title = traitlets.Unicode("").tag(page=True)
    open = traitlets.Bool(False).tag(page=True)


class Slot(Item):
    """A place for a widget that draws itself, and needs no layout of the front end's own: one of ``PageWidget``.

    Args:
        widget: Stands there.
        **traits: First values of its traits.
    """

    kind = "slot"
    widget = traitlets.Instance(ipywidgets.DOMWidget).tag(page=True)

    def __init__(self, widget: ipywidgets.DOMWidget, **traits: Any) -> None:
        super().__init__(widget=widget, **traits)

    def said(self, name: str) -> Any:
        """The value of one of its traits; of the widget, its model's id."""
        return self.widget.model_id if name == "widget" else super().said(name)
