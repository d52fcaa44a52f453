"""What every control has in common. An item is no widget: ``Controls`` has one connection to the page for them all."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, ClassVar, Protocol

import traitlets

from terrain_widgets.core.options import refuse_unknown

_numbers = itertools.count(1)


class Owner(Protocol):
    """Who draws an item."""

    def note(self, item: Item, name: str) -> None:
        """One of the traits that the page is told has changed."""

    def send_to(self, item: Item, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Send a message to the item in the page."""


class Item(traitlets.HasTraits):
    """Something that a page shows.

    What the page is told of it are the traits with the tag ``page``.

    Args:
        **traits: First values of its traits.

    Attributes:
        id: Its name in messages, different from that of every other item of this kernel.
        kind: What the page draws.
        visible: Whether it is shown; it takes no place where it is not.
        wide: Whether it takes what is left of its row.

    Raises:
        TypeError: If there is no such trait.
    """

    kind: ClassVar[str]
    visible = traitlets.Bool(True).tag(page=True)
    wide = traitlets.Bool(False).tag(page=True)

    def __init__(self, **traits: Any) -> None:
        refuse_unknown(type(self).__name__, traits, sorted(self.trait_names()))
        self.id = f"i{next(_numbers)}"
        self._owner: Owner | None = None
        super().__init__(**traits)
        self._told = tuple(self.trait_names(page=True))
        self.observe(self._page_trait_changed, names=self._told)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id})"

    def state(self) -> dict[str, Any]:
        """All that the page is told of it, as JSON."""
        return {"id": self.id, "kind": self.kind, **{name: self.said(name) for name in self._told}}

    def said(self, name: str) -> Any:
        """The value of one of its traits, as the page is told it."""
        return getattr(self, name)

    def walk(self) -> Iterator[Item]:
        """Itself, and all that stands in it."""
        yield self

    def belong(self, owner: Owner | None) -> None:
        """Be drawn by this one from now on, or by nobody."""
        self._owner = owner

    def _page_trait_changed(self, change: Any) -> None:
        self._note_page(change["name"])

    def _note_page(self, name: str) -> None:
        if self._owner is not None:
            self._owner.note(self, name)


class Control(Item):
    """Something that a user can press or set.

    Attributes:
        description: Its label, plain text.
        tooltip: What it does, in a sentence; its name for a screen reader where it has no label.
        disabled: Whether it can be seen and not used. What a page says of it meanwhile is not listened to.
    """

    description = traitlets.Unicode("").tag(page=True)
    tooltip = traitlets.Unicode("").tag(page=True)
    disabled = traitlets.Bool(False).tag(page=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.description or self.tooltip!r})"


class Field(Control):
    """A control with a value that a user sets.

    Attributes:
        value: What is set; the page is told it, and sends it.
    """

    value: Any

    def read(self, said: Any) -> Any:
        """The value that a page means, within the control's own limits.

        Raises:
            ValueError: If it means none.
        """
        raise NotImplementedError
