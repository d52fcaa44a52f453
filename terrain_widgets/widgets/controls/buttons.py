"""Buttons: what is pressed, what stays pressed, what is ticked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from terrain_widgets.widgets.controls.item import Control, Field

_STYLES = ("", "primary", "success", "danger")


class Button(Control):
    """A button.

    Attributes:
        icon: Name of a picture before its label.
        button_style: ``""``, ``"primary"`` for the next step, ``"success"`` for what is in use, ``"danger"`` for what
            runs and should be ended.
        hovered: Whether the page tells when the pointer comes over it, and leaves it.
    """

    kind = "button"
    icon = traitlets.Unicode("").tag(page=True)
    button_style = traitlets.Enum(_STYLES, "").tag(page=True)
    hovered = traitlets.Bool(False).tag(page=True)

    def __init__(self, **traits: Any) -> None:
        self._pressed: list[Callable[[Button], object]] = []
        self._hover: Callable[[bool], object] = lambda _over: None
        super().__init__(**traits)

    def on_click(self, act: Callable[[Button], object]) -> None:
        """Call this with the button when it is pressed, on whatever thread the kernel uses for messages."""
        self._pressed.append(act)

    def on_hover(self, act: Callable[[bool], object]) -> None:
        """Call this with whether the pointer is over it, when that changes, on the kernel's thread for messages."""
        self._hover, self.hovered = act, True

    def hover(self, over: bool = True) -> None:
        """The pointer has come over it, or has left it."""
        self._hover(over)

    def click(self) -> None:
        """Press it."""
        for act in tuple(self._pressed):
            act(self)


class Switch(Field):
    """On or off."""

    value = traitlets.Bool(False).tag(page=True)

    def read(self, said: Any) -> bool:
        """On or off, as a page says it.

        Raises:
            ValueError: If it says neither.
        """
        if not isinstance(said, bool):
            raise ValueError(f"{self!r} is on or off, not {said!r}")
        return said


class Toggle(Switch):
    """A button that stays pressed.

    Attributes:
        icon: As a button's.
        button_style: As a button's.
    """

    kind = "toggle"
    icon = traitlets.Unicode("").tag(page=True)
    button_style = traitlets.Enum(_STYLES, "").tag(page=True)


class Checkbox(Switch):
    """A box to tick, with its label behind it."""

    kind = "checkbox"
