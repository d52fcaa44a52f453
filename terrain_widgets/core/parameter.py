"""One description of every value a user can set: address, range, default, unit and words."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

Scalar = bool | int | float | str
#: What a parameter can be set to: one value, or one for each latent.
Value = Scalar | tuple[Scalar, ...]


class Parameter(Protocol):
    """What all kinds of parameters have in common."""

    @property
    def address(self) -> str:
        """Where it is found, such as ``playheads.*.speed``; ``*`` stands for any one name."""

    @property
    def name(self) -> str:
        """The address's last word: its name in code."""

    @property
    def default(self) -> Scalar:
        """Value where nobody chose one."""

    @property
    def description(self) -> str:
        """One sentence for tooltips and docs."""

    @property
    def transient(self) -> bool:
        """Whether undo leaves it as it is: what starts, stops and moves by itself is nothing to take back."""

    def check(self, value: Any) -> Value:
        """The value, if it is allowed.

        Raises:
            ValueError: Naming what was given and what is expected.
        """


class _OneOrEach(ABC):
    """A kind of parameter of which a value may be asked for, or one for each latent."""

    address: str
    each: bool = False

    @property
    def name(self) -> str:
        """The address's last word."""
        return self.address.rpartition(".")[2]

    def check(self, value: Any) -> Any:
        """The value, if it is allowed (or, with ``each``, a tuple of those).

        Raises:
            ValueError: Naming what was given and what is expected.
        """
        if self.each and (many := _many(value)) is not None:
            return tuple(self._one(v) for v in many)
        return self._one(value)

    @abstractmethod
    def _one(self, value: Any) -> Scalar:
        """A single value, checked."""


@dataclass(frozen=True)
class Number(_OneOrEach):
    """A number within a range.

    Args:
        address: Where it is found; just a name where it is no part of a patch.
        default: Value where nobody chose one.
        low: Smallest allowed value.
        high: Largest allowed value; infinity is allowed where this is infinity.
        unit: Unit in words a user reads, or ``""``.
        description: One sentence for tooltips and docs.
        integer: Whether only whole numbers make sense.
        curve: ``"linear"`` or ``"log"``: how a slider should move through the range.
        each: Whether a sequence of numbers is allowed too, one for each latent.
        transient: Whether undo leaves it as it is.
        target: Whether a mover may move it: an engine's part follows it from frame to frame.
        grain: It moves in steps of this size; 0 is none, for a part that follows every frame.
    """

    address: str
    default: float
    low: float
    high: float
    unit: str = ""
    description: str = ""
    integer: bool = False
    curve: str = "linear"
    each: bool = False
    transient: bool = False
    target: bool = False
    grain: float = 0.0

    def _one(self, value: Any) -> float:
        kind = "a whole number" if self.integer else "a number"
        expected = f"{self.name} must be {kind} from {self.low:g} to {self.high:g}"
        if self.unit:
            expected += f" {self.unit}"
        value = _plain(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{expected}, got {value!r}")
        whole = not self.integer or (math.isfinite(value) and value == int(value))
        if not self.low <= value <= self.high or not whole:  # NaN is in no range
            raise ValueError(f"{expected}, got {value:g}")
        return int(value) if self.integer else float(value)


@dataclass(frozen=True)
class Switch(_OneOrEach):
    """On or off.

    Args:
        address: As ``Number``.
        default: As ``Number``.
        description: As ``Number``.
        each: As ``Number``.
        transient: As ``Number``.
    """

    address: str
    default: bool
    description: str = ""
    each: bool = False
    transient: bool = False

    def _one(self, value: Any) -> bool:
        value = _plain(value)
        if not isinstance(value, bool):
            raise ValueError(f"{self.name} must be True or False, got {value!r}")
        return value


@dataclass(frozen=True)
class Choice(_OneOrEach):
    """One of a few words.

    Args:
        address: As ``Number``.
        default: As ``Number``.
        choices: All that may be chosen.
        description: As ``Number``.
        each: As ``Number``.
        transient: As ``Number``.
    """

    address: str
    default: str
    choices: tuple[str, ...]
    description: str = ""
    each: bool = False
    transient: bool = False

    def _one(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise ValueError(f"{self.name} must be one of {', '.join(self.choices)}, got {value!r}")
        return value


@dataclass(frozen=True)
class Text(_OneOrEach):
    """A short text, such as the id of a sound.

    Args:
        address: As ``Number``.
        default: As ``Number``.
        description: As ``Number``.
        longest: Most characters.
        transient: As ``Number``.
    """

    address: str
    default: str = ""
    description: str = ""
    longest: int = 200
    transient: bool = False

    def _one(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > self.longest:
            raise ValueError(f"{self.name} must be a text of at most {self.longest} characters, got {value!r:.80}")
        return value


class ParameterTree:
    """Parameters by address; where one's address has ``*``, it describes that place under every name.

    Args:
        *parameters: What there is at first.
    """

    def __init__(self, *parameters: Parameter) -> None:
        self._by_address: dict[str, Parameter] = {}
        for parameter in parameters:
            self.add(parameter)

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self._by_address.values())

    def __len__(self) -> int:
        return len(self._by_address)

    def add(self, parameter: Parameter) -> None:
        """Describe one more parameter.

        Raises:
            ValueError: If its address is taken.
        """
        if parameter.address in self._by_address:
            raise ValueError(f"there is a parameter {parameter.address!r} already")
        self._by_address[parameter.address] = parameter

    def remove(self, address: str) -> None:
        """Forget a parameter.

        Raises:
            KeyError: If there is none at that address.
        """
        del self._by_address[self.at(address).address]

    def at(self, address: str) -> Parameter:
        """The parameter that describes an address such as ``playheads.c1.speed``.

        Raises:
            KeyError: If there is none; the message names those that are near.
        """
        if address in self._by_address:
            return self._by_address[address]
        group, _, rest = address.partition(".")
        member, _, name = rest.partition(".")
        found = self._by_address.get(f"{group}.*.{name}") if member and name else None
        if found is None:
            near = [known for known in self._by_address if known.partition(".")[0] == group] or list(self._by_address)
            raise KeyError(f"there is no parameter {address!r}; there are {', '.join(near)}")
        return found

    def number(self, address: str) -> Number:
        """The number that an address means: see ``at``.

        Raises:
            KeyError: If there is no such parameter.
            TypeError: If that is not a number.
        """
        found = self.at(address)
        if not isinstance(found, Number):
            raise TypeError(f"{address} is no number; ask for it with at()")
        return found

    @property
    def groups(self) -> frozenset[str]:
        """Names of the groups that have members, such as ``playheads``."""
        return frozenset(address.partition(".")[0] for address in self._by_address if ".*." in address)


def _plain(value: Any) -> Any:
    """A number of numpy's as Python's own."""
    item = getattr(value, "item", None)
    return value if item is None or getattr(value, "shape", ()) != () else item()


def _many(value: Any) -> tuple[Any, ...] | None:
    """The values of a sequence (a list, a tuple, an array ``[D]``), ``None`` for a single one."""
    if isinstance(value, str) or getattr(value, "shape", None) == ():
        return None
    try:
        return tuple(value)
    except TypeError:
        return None
