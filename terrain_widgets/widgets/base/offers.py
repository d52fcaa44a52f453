"""Buttons for rows of a panel's table of actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict, Unpack

from terrain_widgets.widgets.base.actions import Action, Actions, Face
from terrain_widgets.widgets.controls.buttons import Button
from terrain_widgets.widgets.controls.file_button import FileButton
from terrain_widgets.widgets.controls.file_transfers import Give, Take
from terrain_widgets.widgets.controls.made_files import Make


class Files(TypedDict, total=False):
    """What a button for files may be told, as ``FileButton`` takes it."""

    take: Take
    give: Give
    make: Make
    accept: str
    multiple: bool
    decoded: list[str]
    largest: int


class Offers:
    """Makes the buttons of a panel, or of a part of it, and shows what can be done now.

    Args:
        table: The panel's; what is offered is entered there.
        press: Does an action whose button was pressed.
    """

    def __init__(self, table: Actions, press: Callable[[Action], object]) -> None:
        self._table, self._press = table, press
        self._made: list[tuple[Action, Button | FileButton]] = []

    def __getitem__(self, name: str) -> Button | FileButton:
        """The button of the action of this id."""
        return next(made for row, made in self._made if row.id == name)

    def __call__(self, *rows: Action) -> list[Button]:
        """Enter actions in the table; returns a button for each."""
        self._table.add(*rows)
        return self.buttons(*rows)

    def buttons(self, *rows: Action) -> list[Button]:
        """A button for each of these, which are in a table already, or in none."""
        made = [self._button(row) for row in rows]
        self._made += zip(rows, made, strict=True)
        return made

    def file(
        self,
        name: str,
        title: str,
        hint: str,
        enabled: Callable[[], bool] = lambda: True,
        face: Callable[[], Face] | None = None,
        **how: Unpack[Files],
    ) -> FileButton:
        """Enter an action that opens or saves a file; returns its button.

        Args:
            name: The action's id.
            title: What the button and the palette call it.
            hint: What it does.
            enabled: Whether it can be done now.
            face: Gives the button's look where that changes.
            **how: As ``FileButton`` takes it: ``take``, ``give`` or ``make``, and what may be chosen.
        """
        made = FileButton(description=title, tooltip=hint, **how)
        row = Action(name, title, hint, lambda: None, enabled=enabled, face=face, page=made.selector)
        self._table.add(row)
        self._made.append((row, made))
        return made

    def show(self) -> None:
        """Show what each action is now, and whether it can be done. On the UI thread."""
        for row, made in self._made:
            face = row.shown
            made.description, made.tooltip = face.title, face.hint
            made.disabled, made.visible = not row.enabled(), row.offered()
            if isinstance(made, Button):
                made.icon, made.button_style = face.icon, face.style

    def _button(self, row: Action) -> Button:
        face = row.shown
        made = Button(description=row.title, tooltip=face.hint, icon=row.icon, button_style=row.style)
        made.on_click(lambda _button: self._press(row))
        return made
