"""What was changed while a performance ran, as JSON lines: ``{"1.25": {"modulators.energy": 2.0}}``.

Each line has one time in seconds, and values by address; ``null`` sets one back, or takes a playhead away.
"""

from __future__ import annotations

import json
import math
import os
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.audio.patch import Changes, from_jsonable, jsonable
from terrain_widgets.audio.takes.take import Take
from terrain_widgets.audio.update import Update
from terrain_widgets.core.parameter import Value
from terrain_widgets.io.atomic import replacing
from terrain_widgets.io.reading import content_of_file, reading

MOST_LINES = 100_000
_LARGEST = 1 << 26  # bytes
_LONGEST = 24 * 3600.0  # seconds


class AutomationError(ValueError):
    """Something is no automation; the message says why."""


@dataclass(frozen=True, eq=False)
class Automation:
    """Changes of values in time.

    Args:
        changes: Seconds since the start, and what changes then, in order; several may have one time.

    Raises:
        ValueError: If a time is not a number or is before the one in front of it, there is no such parameter, a value
            is out of its range, or there are more than 100,000 lines.
    """

    changes: tuple[tuple[float, Changes], ...] = ()

    def __post_init__(self) -> None:
        if len(self.changes) > MOST_LINES:
            raise ValueError(f"an automation has at most {MOST_LINES} lines, got {len(self.changes)}")
        before = 0.0
        for seconds, changes in self.changes:
            if not (math.isfinite(seconds) and before <= seconds <= _LONGEST):
                raise ValueError(f"times go up from 0 to {_LONGEST:g} seconds, got {seconds!r} after {before!r}")
            before = seconds
            for address, value in changes.items():
                _check(address, value)

    def __repr__(self) -> str:
        addresses = {address for _, changes in self.changes for address in changes}
        end = self.changes[-1][0] if self.changes else 0.0
        return f"Automation({len(self.changes)} lines of {len(addresses)} values, {end:.1f} s)"

    # --- of and for takes

    @classmethod
    def of(cls, take: Take) -> Automation:
        """What a take kept: first how all stood, then each change."""
        seconds = take.ratio / take.sample_rate
        later = [(frame * seconds, update.changes) for frame, update in take.updates if update.changes]
        return cls(((0.0, take.settings.changes), *later))

    def on(self, take: Take) -> Take:
        """A take with these changes in place of its own; its gestures, paths and sounds stay.

        With ``Automation.of(take)`` it plays the same samples.
        """
        rate = take.sample_rate / take.ratio
        own: dict[int, list[Update]] = defaultdict(list)
        for frame, update in take.updates:
            own[frame].append(update)
        given: dict[int, list[Changes]] = defaultdict(list)
        lines = list(self.changes)
        first = lines.pop(0)[1] if lines and lines[0][0] == 0.0 else {}
        for seconds, changes in lines:
            given[round(seconds * rate)].append(changes)
        updates = [
            (frame, update)
            for frame in sorted({*own, *given})
            if frame < len(take)
            for update in _joined(own[frame], given[frame])
        ]
        return replace(take, settings=Update(first, take.settings.assets), updates=tuple(updates))

    def frames(self, frame_rate: float) -> list[tuple[int, Update]]:
        """As updates by latent frame."""
        return [(round(seconds * frame_rate), Update(changes)) for seconds, changes in self.changes]

    # --- files

    def to_lines(self) -> str:
        """As JSON lines."""
        lines = (
            json.dumps({repr(float(seconds)): {address: jsonable(value) for address, value in changes.items()}})
            for seconds, changes in self.changes
        )
        return "".join(f"{line}\n" for line in lines)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON lines."""
        with replacing(path) as temporary:
            temporary.write_text(self.to_lines(), encoding="utf-8")

    @classmethod
    def from_lines(cls, text: str) -> Automation:
        """What ``to_lines`` wrote, or somebody else did by its rules.

        Raises:
            AutomationError: If a line is not JSON, a name is unknown, or a value is out of its range.
        """
        with reading(AutomationError, "this is no automation, or it is damaged"):
            changes: list[tuple[float, Changes]] = []
            for number, line in enumerate(text.splitlines(), 1):
                if line.strip():
                    changes += _read(number, line)
            return cls(tuple(changes))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Automation:
        """Read a file of JSON lines.

        Raises:
            AutomationError: As ``from_lines``, and if there is no such file.
        """
        name = Path(path).name
        with reading(AutomationError, f"{name} is no automation, or it is damaged"):
            return cls.from_lines(content_of_file(Path(path), _LARGEST).decode("utf-8"))


def _read(number: int, line: str) -> list[tuple[float, Changes]]:
    content: Any = json.loads(line)
    if not isinstance(content, dict) or not all(isinstance(values, dict) for values in content.values()):
        raise ValueError(f"line {number} is no mapping of seconds to values by address: {line:.60}")
    return [
        (float(seconds), {str(address): from_jsonable(value) for address, value in values.items()})
        for seconds, values in content.items()
    ]


def _check(address: str, value: Value | None) -> None:
    group, _, name = address.partition(".")
    if value is None and group in PARAMETERS.groups and name and "." not in name:
        return  # a whole member goes
    try:
        parameter = PARAMETERS.at(address)
    except KeyError as error:
        raise ValueError(error.args[0]) from None
    if value is not None:
        parameter.check(value)


def _joined(own: list[Update], given: list[Changes]) -> list[Update]:
    """A frame's updates with other changes: one for one where there are as many, else all at once."""
    if sum(bool(update.changes) for update in own) == len(given):
        left = iter(given)
        return [Update(next(left), update.assets) if update.changes else update for update in own]
    every = Update()
    for update in own:
        every = every.then(Update({}, update.assets))
    for changes in given:
        every = every.then(Update(changes))
    return [every]
