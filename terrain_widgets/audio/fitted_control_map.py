"""A control map that was fitted: what it sets at any place, and how it travels to an engine."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.core import mapping
from terrain_widgets.core.parameter import Number, Value

#: First word of all that a control map sets.
PREFIX = "modulators."


@dataclass(frozen=True, eq=False)
class FittedControlMap:
    """A control map that can be asked for any place; it does not change.

    Args:
        latent_dim: D, how many modulators it sets.
        places: Its points, ``[P, 2]`` in control units.
        numbers: Words of what has values between the points.
        choices: What is as at the nearest point: the values at the points, by word.
        fitted: From places to shares of the numbers' ranges, ``[N, numbers · D]``; ``None`` if there are no numbers.
        kept: Those shares at the points themselves, ``[P, numbers · D]``; nothing where nobody asks for the error.

    Raises:
        ValueError: If its parts do not fit each other.
    """

    latent_dim: int
    places: NDArray[np.float32]
    numbers: tuple[str, ...]
    choices: Mapping[str, tuple[Value, ...]]
    fitted: mapping.Mapping | None
    kept: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))

    def __post_init__(self) -> None:
        places = np.array(self.places, dtype=np.float32)
        if places.ndim != 2 or places.shape[1] != 2 or not len(places) or not np.isfinite(places).all():
            raise ValueError(f"a control map's places are a finite table [points, 2], got shape {places.shape}")
        object.__setattr__(self, "places", places)
        object.__setattr__(self, "choices", MappingProxyType(dict(self.choices)))
        for word, values in self.choices.items():
            for value in values:
                PARAMETERS.at(PREFIX + word).check(value)
                if isinstance(value, tuple) and len(value) != self.latent_dim:
                    raise ValueError(f"modulators.{word} needs {self.latent_dim} values, got {len(value)}")
            if len(values) != len(places):
                raise ValueError(f"a control map of {len(places)} places has {len(values)} values of {word}")
        wanted = (2, len(self.numbers) * self.latent_dim)
        if self.fitted is not None and (self.fitted.control_dim, self.fitted.latent_dim) != wanted:
            raise ValueError(f"a control map's mapping goes from 2 to {wanted[1]} dimensions, got {self.fitted!r:.80}")
        for word in self.numbers:
            if not isinstance(PARAMETERS.at(PREFIX + word), Number):
                raise ValueError(f"there is nothing between values of modulators.{word}")

    def __repr__(self) -> str:
        return f"FittedControlMap({len(self.places)} points, {', '.join([*self.numbers, *self.choices])})"

    def at(self, place: ArrayLike) -> dict[str, Value]:
        """Values at a place, by address: numbers one for each latent, within their ranges.

        Args:
            place: x and y in control units.

        Raises:
            ValueError: If that is no pair of finite numbers.
        """
        where = np.asarray(place, dtype=np.float32).reshape(-1)[:2]
        if where.shape != (2,) or not np.isfinite(where).all():
            raise ValueError(f"a place is two finite numbers, got {place!r:.80}")
        values: dict[str, Value] = {}
        if self.fitted is not None:
            for word, row in zip(self.numbers, self._shares(where[None])[0], strict=True):
                parameter = number_of(word)
                values[PREFIX + word] = tuple(_value(parameter, share) for share in row.tolist())
        if self.choices:
            nearest = int(((self.places.astype(np.float64) - where) ** 2).sum(axis=1).argmin())
            values |= {PREFIX + word: many[nearest] for word, many in self.choices.items()}
        return values

    @property
    def error(self) -> float:
        """Mean distance of what it gives at its points from what was kept there, in shares of the numbers' ranges."""
        if self.fitted is None:
            return 0.0
        return float(np.abs(self._shares(self.places).reshape(self.kept.shape) - self.kept).mean())

    def _shares(self, places: NDArray[np.float32]) -> NDArray[np.float64]:
        assert self.fitted is not None  # who asks has looked
        shares = np.clip(np.nan_to_num(np.asarray(self.fitted(places), dtype=np.float64)), 0.0, 1.0)
        return shares.reshape(len(places), len(self.numbers), self.latent_dim)

    # --- as an asset of an engine

    def pack(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """As plain data; numbers come with their ranges, so that a page needs no table of them."""
        numbers = [
            {"word": word, "low": number.low, "high": number.high, "log": number.curve == "log"}
            for word, number in ((word, number_of(word)) for word in self.numbers)
        ]
        choices = {
            word: [list(v) if isinstance(v, tuple) else v for v in values] for word, values in self.choices.items()
        }
        config: dict[str, Any] = {"latent_dim": self.latent_dim, "numbers": numbers, "choices": choices}
        arrays: dict[str, NDArray[Any]] = {"places": self.places}
        if self.fitted is not None:
            state = self.fitted.to_state()
            config |= {"kind": state.kind, "config": state.config}
            arrays |= {f"of/{name}": array for name, array in state.arrays.items()}
        return config, arrays

    @classmethod
    def unpack(cls, config: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> FittedControlMap:
        """What ``pack`` packed.

        Raises:
            KeyError: If something is missing, or there is no such parameter.
            ValueError: If something is not what it should be.
        """
        fitted = None
        if "kind" in config:
            own = {name.removeprefix("of/"): array for name, array in arrays.items() if name.startswith("of/")}
            fitted = mapping.mapping_from_state(mapping.MappingState(config["kind"], config["config"], own))
        choices = {
            word: tuple(tuple(v) if isinstance(v, list) else v for v in values)
            for word, values in config["choices"].items()
        }
        numbers = tuple(str(number["word"]) for number in config["numbers"])
        return cls(int(config["latent_dim"]), arrays["places"], numbers, choices, fitted)


def number_of(word: str) -> Number:
    """The parameter of a modulators' number."""
    return PARAMETERS.number(PREFIX + word)


def share_of(parameter: Number, value: float) -> float:
    """Where a value lies in its parameter's range, from 0 to 1, by the parameter's curve."""
    if parameter.curve == "log":
        return math.log(value / parameter.low) / math.log(parameter.high / parameter.low)
    return (value - parameter.low) / (parameter.high - parameter.low)


def _value(parameter: Number, share: float) -> float:
    if parameter.curve == "log":
        value = parameter.low * (parameter.high / parameter.low) ** share
    else:
        value = parameter.low + share * (parameter.high - parameter.low)
    return float(min(max(value, parameter.low), parameter.high))
