"""What a user can ask for, as one table: keys, buttons, the palette and the help text are read from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

_SHOWN = {"Delete": "Delete", "Backspace": "Backspace", "-": "−", "Escape": "Esc"}


def _always() -> bool:
    return True


class Face(NamedTuple):
    """How a button looks: its words, the name of its icon, its style, and its hint where that changes too."""

    title: str
    icon: str = ""
    style: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Action:
    """One thing that can be done.

    Args:
        id: Its name in the table.
        title: What a button and the palette call it.
        hint: What it does, in a sentence without a full stop.
        run: Does it, on the UI thread.
        keys: Chords that ask for it, as the page spells them: ``"r"``, ``"W"`` (Shift and w), ``"Delete"``,
            ``"Ctrl+Shift+z"``; Cmd counts as Ctrl.
        enabled: Whether it can be done now. A key of an action that cannot be done may belong to another one.
        icon: Name of a button's icon, or nothing.
        style: A button's: ``"primary"`` for the next step, ``"danger"`` for what runs and should be ended.
        offered: Whether there is a button for it now.
        face: Gives the button's look where that changes, such as “Stop” while it runs.
        page: A selector of what the page presses to do it, for what only a page can do, such as opening a file.
    """

    id: str
    title: str
    hint: str
    run: Callable[[], object]
    keys: tuple[str, ...] = ()
    enabled: Callable[[], bool] = _always
    icon: str = ""
    style: str = ""
    offered: Callable[[], bool] = _always
    face: Callable[[], Face] | None = None
    page: str = ""

    @property
    def shown(self) -> Face:
        """How its button looks now; the hint has the first key."""
        face = Face(self.title, self.icon, self.style) if self.face is None else self.face()
        hint = face.hint or self.hint
        return face._replace(hint=f"{hint} ({key_words(self.keys[0])})" if self.keys else hint)


class Actions:
    """A table of actions.

    Args:
        rows: The actions, in the order of the help text.

    Raises:
        ValueError: If two have one id.
    """

    def __init__(self, rows: Iterable[Action] = ()) -> None:
        self._rows: dict[str, Action] = {}
        self.add(*rows)

    def add(self, *rows: Action) -> None:
        """Put more rows at its end.

        Raises:
            ValueError: If two have one id.
        """
        for row in rows:
            if row.id in self._rows:
                raise ValueError(f"two actions are called {row.id!r}")
            self._rows[row.id] = row

    def __getitem__(self, name: str) -> Action:
        return self._rows[name]

    def __iter__(self) -> Iterator[Action]:
        return iter(self._rows.values())

    def __repr__(self) -> str:
        return f"Actions({', '.join(self._rows)})"

    @property
    def keys(self) -> list[str]:
        """Every chord that stands for something."""
        return list(dict.fromkeys(key for row in self for key in row.keys))

    def press(self, key: str) -> bool:
        """Do what a key stands for now; returns whether it stands for anything."""
        for row in self:
            if key in row.keys and row.enabled():
                row.run()
                return True
        return False

    def help(self) -> list[tuple[str, str]]:
        """The keys of each row that has some, as a person reads them, and what they do."""
        return [(", ".join(map(key_words, row.keys)), row.hint) for row in self if row.keys]


def key_words(key: str) -> str:
    """A chord as a person reads it: ``"W"`` is Shift+W, ``"Ctrl+z"`` is Ctrl+Z."""
    *held, letter = key.split("+") if len(key) > 1 else [key]
    if letter.isalpha() and len(letter) == 1:
        held = [*held, "Shift"] if letter.isupper() else held
        letter = letter.upper() if held else letter
    return "+".join([*held, _SHOWN.get(letter, letter)])
