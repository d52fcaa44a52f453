"""A walk without end: what an engine needs to make it by itself, wherever it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.exploration.walk import (
    MOMENTUM,
    PULL,
    STEP,
    TEMPERATURE,
    Fence,
    walk,
    within_range,
    within_reach,
)

FloatArray = NDArray[np.float32]

_NUMBERS = ("seed", "every", "step", "temperature", "momentum", "pull", "radius")
_ARRAYS = ("start", "target", "low", "high", "near")


@dataclass(frozen=True, eq=False)
class EndlessWalk:
    """How it goes; equal ones are equal walks. Between two places it goes straight.

    Args:
        start: Where it begins, ``[D]``.
        seed: Of the random directions; counts modulo 2³².
        every: Latent frames from one place to the next, 1 or more.
        step: As ``STEP``.
        temperature: As ``TEMPERATURE``.
        momentum: As ``MOMENTUM``.
        pull: As ``PULL``.
        target: ``[D]``, or ``None``.
        low: Smallest latents ``[D]`` that it may have, with ``high``; or ``None``.
        high: Largest latents.
        near: Latents ``[N, D]`` that it stays near to; or ``None``.
        radius: How near.

    Attributes:
        fence: What brings it back where it may be, or ``None``.

    Raises:
        ValueError: If a number is out of range, or an array is not finite or of another shape.
    """

    start: FloatArray
    seed: int
    every: float
    step: float = STEP.default
    temperature: float = TEMPERATURE.default
    momentum: float = MOMENTUM.default
    pull: float = PULL.default
    target: FloatArray | None = None
    low: FloatArray | None = None
    high: FloatArray | None = None
    near: FloatArray | None = None
    radius: float = 0.0
    fence: Fence | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        dim = np.shape(self.start)[-1] if np.ndim(self.start) == 1 else 0
        for name in _ARRAYS:
            given = getattr(self, name)
            if given is None and name != "start":
                continue
            array = np.array(given, dtype=np.float32)
            if not dim or array.shape[-1:] != (dim,) or array.ndim != 1 + (name == "near") or not array.size:
                raise ValueError(f"a walk's {name} must have the {dim} latents of its start, got {array.shape}")
            if not np.isfinite(array).all():
                raise ValueError(f"a walk's {name} must be finite")
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        for number, value in (
            (STEP, self.step), (TEMPERATURE, self.temperature), (MOMENTUM, self.momentum), (PULL, self.pull)
        ):  # fmt: skip
            number.check(value)
        if not (np.isfinite(self.every) and self.every >= 1 and np.isfinite(self.radius) and self.radius >= 0):
            raise ValueError(
                f"a walk's places are 1 frame apart or more, and its radius is not below 0; got {self.every!r} and "
                f"{self.radius!r}"
            )
        if (self.low is None) != (self.high is None):
            raise ValueError("a walk's range has both ends or none")
        # here and not when it begins, which is between two blocks of sound: scipy and its tree take their time
        object.__setattr__(self, "fence", self._made_fence())

    def __repr__(self) -> str:
        return f"EndlessWalk({len(self.start)} latents, seed {self.seed})"

    def _made_fence(self) -> Fence | None:
        if self.low is not None and self.high is not None:
            return within_range(self.low, self.high)
        return None if self.near is None else within_reach(self.near, self.radius)

    def places(self) -> Iterator[FloatArray]:
        """Its places ``[D]``, one after the other, without end."""
        return walk(
            self.start, self.seed, step=self.step, momentum=self.momentum, pull=self.pull,
            temperature=self.temperature, target=self.target, within=self.fence,
        )  # fmt: skip

    def to_state(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """As plain data: what JSON can say of it, and the rest by name."""
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        config = {name: getattr(self, name) for name in _NUMBERS} | {"seed": self.seed & 0xFFFFFFFF}
        return config, {name: array for name, array in arrays.items() if array is not None}

    @classmethod
    def from_state(cls, config: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> EndlessWalk:
        """From plain data.

        Raises:
            KeyError: If something is missing.
            ValueError: If something is not what it should be.
        """
        values: dict[str, Any] = {n: int(config[n]) if n == "seed" else float(config[n]) for n in _NUMBERS}
        values |= {n: arrays[n] for n in _ARRAYS if n in arrays or n == "start"}
        return cls(**values)


class Walker:
    """Walks: gives the latents of any frames, those that follow each other the cheapest.

    Args:
        of: The walk.
    """

    def __init__(self, of: EndlessWalk) -> None:
        self._of = of
        self._begin()

    def _begin(self) -> None:
        self._places = self._of.places()
        self._number = 0
        self._here, self._next = next(self._places), next(self._places)

    def frames(self, first: int, count: int) -> FloatArray:
        """Latents of some frames from the first on, ``[count, D]``."""
        out = np.empty((count, len(self._here)), np.float32)
        for row, frame in enumerate(range(first, first + count)):
            place = frame / self._of.every
            number = int(np.floor(place))
            if number < self._number:
                self._begin()
            while self._number < number:
                self._here, self._next = self._next, next(self._places)
                self._number += 1
            out[row] = self._here + (place - number) * (self._next.astype(np.float64) - self._here)
        return out
