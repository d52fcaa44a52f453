"""Text: what is said, what is typed, a colour, a picture."""

from __future__ import annotations

import base64
import re
from typing import Any

import traitlets

from terrain_widgets.widgets.controls.item import Field, Item

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


class Words(Item):
    """A line of plain text that wraps; a screen reader says it when it changes.

    Args:
        value: What it says; shown as text, whatever is in it.
        tone: ``"plain"``, ``"strong"``, ``"quiet"`` for what is said beside something, or ``"error"``.
        **traits: First values of its other traits.
    """

    kind = "words"
    value = traitlets.Unicode("").tag(page=True)
    tone = traitlets.Enum(("plain", "strong", "quiet", "error"), "plain").tag(page=True)

    def __init__(self, value: str = "", tone: str = "plain", **traits: Any) -> None:
        super().__init__(value=value, tone=tone, **traits)


class Heading(Words):
    """What a panel is called; below it the page says when the kernel does not answer."""

    kind = "heading"

    def __init__(self, value: str = "", **traits: Any) -> None:
        super().__init__(value, "strong", **traits)


class TextField(Field):
    """A line to type; Enter, or leaving the field, sets it.

    Attributes:
        placeholder: What stands in it while it is empty.
        longest: Most characters.
    """

    kind = "text"
    value = traitlets.Unicode("").tag(page=True)
    placeholder = traitlets.Unicode("").tag(page=True)
    longest = traitlets.Int(1000, min=1).tag(page=True)

    def read(self, said: Any) -> str:
        """The text that a page says, cut at its longest.

        Raises:
            ValueError: If it says no text.
        """
        if not isinstance(said, str):
            raise ValueError(f"{self!r} is a text, not {said!r}")
        return said[: self.longest]


class Colour(Field):
    """A colour, ``"#rrggbb"``."""

    kind = "colour"
    value = traitlets.Unicode("#888888").tag(page=True)

    def read(self, said: Any) -> str:
        """The colour that a page says.

        Raises:
            ValueError: If it says none.
        """
        if not isinstance(said, str) or not _COLOUR.fullmatch(said):
            raise ValueError(f"{self!r} is a colour such as #1f77b4, not {said!r}")
        return said.lower()


class Picture(Item):
    """A small PNG.

    Args:
        png: The file's bytes.
        alt: What is seen on it, for a screen reader.
        size: Pixels of width and height.
    """

    kind = "picture"
    png = traitlets.Bytes().tag(page=True)
    alt = traitlets.Unicode("").tag(page=True)
    size = traitlets.Int(128, min=1).tag(page=True)

    def __init__(self, png: bytes, alt: str, size: int) -> None:
        super().__init__(png=png, alt=alt, size=size)

    def said(self, name: str) -> Any:
        """The value of one of its traits; of the picture, as base64."""
        return base64.b64encode(self.png).decode() if name == "png" else super().said(name)
