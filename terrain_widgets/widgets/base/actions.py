"""What a user can ask for, as one table: keys, buttons and the help text are read from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

_SHOWN = {"Delete": "Delete", "Backspace": "Backspace", "-": "−", "Escape": "Esc"}


@dataclass(frozen=True)
class Action:
    """One thing that can be done.

    Args:
        id: Its name in the table.
        title: What a button says.
        hint: What it does, in a sentence without a full stop.
        run: Does it.
        keys: Chords that ask for it, as the page spells them: ``"r"``, ``"W"`` (Shift and w), ``"Delete"``,
            ``"Ctrl+Shift+z"``; Cmd counts as Ctrl.
        enabled: Whether it can be done now. A key of an action that cannot be done may belong to another one.
        icon: Name of a button's icon, or nothing.
    """

    id: str
    title: str
    hint: str
    run: Callable[[], object]
    keys: tuple[str, ...] = ()
    enabled: Callable[[], bool] = lambda: True
    icon: str = ""

    @property
    def tooltip(self) -> str:
        """The hint with the first key."""
        return f"{self.hint} ({key_words(self.keys[0])})" if self.keys else self.hint


class Actions:
    """A table of actions.

    Args:
        rows: The actions, in the order of the help text.

    Raises:
        ValueError: If two have one id.
    """

    def __init__(self, rows: Iterable[Action]) -> None:
        self._rows: dict[str, Action] = {}
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
