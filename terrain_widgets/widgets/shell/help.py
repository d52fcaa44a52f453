"""Help: the keys, and a tour of three steps that can be left at any moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import STATIC
from terrain_widgets.widgets.base.ui_thread import ui

#: Title, and rows of keys and what they do.
Section = tuple[str, list[tuple[str, str]]]
#: The tour: what a step is about, by its selector in the page, and a sentence.
TOUR = (
    (".tw-left", "Here are the sounds: take these, or add your own. “Encode” turns each into a row of latents."),
    (".tw-stage", "This is the stage: draw a line for each sound. Where its line lies, you will hear it."),
    (".tw-right", "Here you train. Then turn the sound on and move over the stage: between the lines is new sound."),
)


class Help(PageWidget):
    """A line with the tour's step while the tour goes on, and a dialog with all keys; both come by “?”.

    The dialog opens in the page at once, with the keys of last time, and asks for those of now. Esc closes it; Esc in
    the studio is also silence, and stays so.

    Args:
        sections: Gives the keys; called on the UI thread when somebody wants to know.

    Attributes:
        sections: The keys as the page shows them.
        steps: The tour's steps.
        first: Whether the tour begins by itself in a browser that has never seen it.
        done: How many of the steps are behind the user, by whatever way; the tour goes on to the one after them.
    """

    part = True
    _esm = STATIC / "help.js"
    _css = STATIC / "help.css"
    sections = traitlets.List(traitlets.List()).tag(sync=True)
    steps = traitlets.List(traitlets.List()).tag(sync=True)
    first = traitlets.Bool(False).tag(sync=True)
    done = traitlets.Int(0).tag(sync=True)

    def __init__(self, sections: Callable[[], list[Section]], **traits: Any) -> None:
        super().__init__(steps=[list(step) for step in TOUR], _dom_classes=("tw-help",), **traits)
        self._ask = sections
        self.on_msg(self._receive)

    def show(self) -> None:
        """Open the dialog in every page that shows it."""
        ui.submit(self._look_up, key=(id(self), "keys"))
        self.send({"type": "open"})

    def _look_up(self) -> None:
        self.sections = [[title, [list(row) for row in rows]] for title, rows in self._ask()]

    def _receive(self, _widget: Any, content: Any, _buffers: list[Any]) -> None:
        if isinstance(content, dict) and content.get("type") == "keys":
            ui.submit(self._look_up, key=(id(self), "keys"))
