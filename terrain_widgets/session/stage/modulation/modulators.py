"""Modulators: latents that move by themselves."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.engine.latents.modulators import Modulators as Bank
from terrain_widgets.audio.engine.resolution import modulator_settings
from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.core.modulation.seed_map import SeedMap
from terrain_widgets.core.modulation.tap import TapTempo
from terrain_widgets.core.parameter import Value
from terrain_widgets.io.seed_maps import seed_map
from terrain_widgets.session.stage.live_patch import LivePatch
from terrain_widgets.session.stage.modulation.functions import Functions, Movement

_PREFIX = "modulators."
_WORDS = tuple(
    p.name for p in PARAMETERS if p.address.startswith(_PREFIX) and p.name not in ("triggers", "start", "steps")
)
_CURVE_RATE = 30.0  # Hz
_MOVED = "latents.offset"  # by functions


Each = float | Sequence[float]


class ModulatorValues(TypedDict, total=False):
    """Values of modulators: one for all latents, or a sequence of one for each; ``None`` is the default."""

    amount: float | None
    on: bool | Sequence[bool] | None
    basis: str | Sequence[str] | None
    seed: int | Sequence[int] | None
    jump: Each | None
    energy: Each | None
    deviation: Each | None
    mode: str | Sequence[str] | None
    limit: Each | None
    smooth: Each | None
    loop_in: str | Sequence[str] | None
    loop: Each | None
    chaos: Each | None
    steps: Each | None


class Modulators:
    """One modulator for each latent. What it gives is added to what the mapping gives, and kept within the limits.

    ``set(energy=2)`` has all latents move; ``set(latent=3, basis="sine", loop_in="bars", loop=2)`` sets one of them.

    Args:
        live: The patch in use.
        functions: Python functions that move numbers.
    """

    def __init__(self, live: LivePatch, functions: Functions) -> None:
        self._live, self._functions, self._taps = live, functions, TapTempo()

    def __repr__(self) -> str:
        told = [f"{word}={value!r}" for word, value in self.values.items()]
        if _MOVED in self._functions.now:
            told.append("with a function, not saved")
        return f"Modulators({', '.join(told)})"

    def __getitem__(self, word: str) -> Any:
        """A value by its word, such as ``energy``: one for all latents, or a tuple of one for each."""
        return self._live.patch[_PREFIX + word]

    @property
    def values(self) -> dict[str, Any]:
        """What is not as it was at first, by word."""
        patch = self._live.patch
        return {address.removeprefix(_PREFIX): patch[address] for address in patch if address.startswith(_PREFIX)}

    @property
    def tempo(self) -> float:
        """Beats per minute."""
        return float(self._live.patch["clock.tempo"])

    @tempo.setter
    def tempo(self, tempo: float) -> None:
        self._live.set({"clock.tempo": tempo}, "tempo")

    def tap(self, seconds: float | None = None) -> None:
        """A tap on the beat; from the second one on it sets the tempo, and all taps in a row are one step of undo.

        Args:
            seconds: When, on any clock; left out, now.
        """
        tempo = self._taps.tap(time.monotonic() if seconds is None else seconds)
        if tempo is not None:
            self._live.set({"clock.tempo": round(tempo, 1)}, "tap")

    def set(self, *, latent: int | None = None, **values: Unpack[ModulatorValues]) -> None:
        """Set how latents move, as one step of undo.

        Args:
            latent: Which one, from 0; left out, all of them.
            **values: By word: ``on``, ``basis``, ``seed``, ``jump``, ``energy``, ``deviation``, ``mode``, ``limit``,
                ``smooth``, ``loop_in``, ``loop``, ``chaos``, ``steps``; one value, or D of them without ``latent``.
                ``amount`` is one factor for all that they add, 0 to 2. ``None`` sets back to the default.

        Raises:
            IndexError: If there is no such latent; nothing is changed.
            KeyError: If there is no such word; nothing is changed.
            ValueError: If a value is out of its range; nothing is changed.
        """
        given: dict[str, Any] = dict(values)
        changes: dict[str, Value | None] = {_PREFIX + word: value for word, value in given.items()}
        if latent is not None:
            dim = self._info.latent_dim
            if not 0 <= latent < dim:
                raise IndexError(f"there are latents 0 to {dim - 1}, not {latent}")
            changes = {_PREFIX + word: self._with(word, latent, value) for word, value in given.items()}
        self._live.set(changes, f"modulators {latent} {' '.join(given)}")

    def call(self, function: Movement | None) -> None:
        """Have a Python function move the latents too, or (``None``) no more.

        ``call(lambda seconds: np.sin(seconds + np.arange(8)))`` adds one number to each of eight latents. The function
        is called 30 times a second in this kernel, wherever the sound is made. No file and no step of undo keeps it.

        Args:
            function: From seconds since it began, or since ``trigger()``, to what is added: a number, or D of them.

        Raises:
            TypeError: If that is no function.
            ValueError: If its first value does not fit; nothing is changed.
        """
        if function is None:
            self._functions.stop(_MOVED)
        else:
            self._functions.run(_MOVED, function)

    def trigger(self) -> None:
        """All begin again, in step."""
        self._functions.restart()
        self._live.set({f"{_PREFIX}triggers": self._live.patch[f"{_PREFIX}triggers"] + 1})

    def reset(self) -> None:
        """All as at first: nothing moves by itself."""
        self._live.set({_PREFIX + word: None for word in (*_WORDS, "steps")})

    def shuffle(self, seed: int | None = None) -> None:
        """Other movements of the same kind: new seeds.

        Args:
            seed: The same number gives the same; left out, chance does.
        """
        drawn = np.random.default_rng(seed).integers(2**32, size=self._info.latent_dim)
        self.set(seed=tuple(int(number) for number in drawn))

    def seed_map(self, layout: str = "umap") -> SeedMap:
        """The map of seeds of the first latent's noise, on which alike movements lie beside each other.

        Args:
            layout: ``"umap"`` or ``"pca"``; both are part of the package, and nothing is computed.

        Raises:
            ValueError: If the basis is no noise, or there is no such layout.
        """
        name = self["basis"]
        return seed_map(name[0] if isinstance(name, tuple) else name, layout)

    def pick_seeds(self, place: ArrayLike, *, link: bool = False, layout: str = "umap") -> None:
        """Take the seeds that are nearest to a place on the seed map; picks in a row are one step of undo.

        Args:
            place: x and y from -1 to 1, y up.
            link: All latents get the nearest one; else each gets another of the D nearest.
            layout: As ``seed_map``.

        Raises:
            ValueError: If the basis is no noise, or that is no place; nothing is changed.
        """
        dim = self._info.latent_dim
        found = self.seed_map(layout).nearest(place, 1 if link else dim)
        self._live.set({f"{_PREFIX}seed": found * dim if link else found}, "pick seeds")

    def curves(self, seconds: float = 4.0) -> NDArray[np.float32]:
        """How the latents would move from a trigger on, ``[T, D]`` at 30 Hz: for a picture.

        Args:
            seconds: How long.
        """
        info = self._info
        bank = Bank(modulator_settings(self._live.patch, info.latent_dim), _CURVE_RATE)
        moved = bank.process(max(1, round(seconds * _CURVE_RATE)))
        still = np.zeros((max(1, round(seconds * _CURVE_RATE)), info.latent_dim), dtype=np.float32)
        return still if moved is None else moved

    @property
    def _info(self) -> CodecInfo:
        return self._live.codec.info

    def _with(self, word: str, latent: int, value: Any) -> Value:
        """The word's values with one of them replaced."""
        parameter = PARAMETERS.at(_PREFIX + word)
        given, dim = self[word], self._info.latent_dim
        if isinstance(given, tuple):
            many = list(given)
        elif word == "seed":
            many = [given + k for k in range(dim)]
        else:
            many = [given] * dim
        many[latent] = parameter.default if value is None else value
        return tuple(many)
