"""One of several: a menu, a list, a row of buttons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import traitlets

from terrain_widgets.widgets.controls.item import Field


class Choice(Field):
    """One of several options.

    Args:
        options: Labels that are values too, or pairs of label and value.
        **traits: First values of its traits; without ``value`` the first option is chosen.

    Attributes:
        options: As given. The chosen value stays where it is among new options; else the first is chosen.
        value: The chosen value; ``None`` for none.
    """

    options = traitlets.Any(()).tag(page=True)
    value = traitlets.Any().tag(page=True)

    def __init__(self, options: Iterable[Any] = (), **traits: Any) -> None:
        given = tuple(options)
        traits.setdefault("value", _pairs(given)[0][1] if given else None)
        super().__init__(options=given, **traits)

    @property
    def values(self) -> list[Any]:
        """What may be chosen."""
        return [value for _, value in _pairs(self.options)]

    def said(self, name: str) -> Any:
        """The value of one of its traits: labels for the options, and for the value its number, -1 for none."""
        if name == "options":
            return [label for label, _ in _pairs(self.options)]
        if name == "value":
            return self.values.index(self.value) if self.value in self.values else -1
        return super().said(name)

    def read(self, said: Any) -> Any:
        """The value whose number a page says.

        Raises:
            ValueError: If there is no such number.
        """
        if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said < len(self.values):
            raise ValueError(f"{self!r} has {len(self.values)} options, and none has the number {said!r}")
        return self.values[said]

    @traitlets.validate("options")
    def _as_tuple(self, proposal: Any) -> tuple[Any, ...]:
        return tuple(proposal["value"])

    @traitlets.validate("value")
    def _one_of_them(self, proposal: Any) -> Any:
        value = proposal["value"]
        if value is not None and value not in self.values:
            raise traitlets.TraitError(f"{self!r} offers {', '.join(map(repr, self.values))}, not {value!r}")
        return value

    @traitlets.observe("options")
    def _choose(self, _change: Any) -> None:
        if self.value not in self.values:
            self.value = next(iter(self.values), None)
        else:
            self._note_page("value")  # its number may be another


class Dropdown(Choice):
    """A menu."""

    kind = "dropdown"


class SelectList(Choice):
    """A list, several of whose rows are seen at once.

    Attributes:
        rows: How many.
    """

    kind = "list"
    rows = traitlets.Int(5, min=2).tag(page=True)


class ToggleGroup(Choice):
    """Buttons beside each other, one of which is pressed.

    Attributes:
        tooltips: What each of them does.
    """

    kind = "group"
    tooltips = traitlets.List(traitlets.Unicode()).tag(page=True)


def _pairs(options: tuple[Any, ...]) -> list[tuple[str, Any]]:
    return [(option, option) if isinstance(option, str) else (str(option[0]), option[1]) for option in options]
