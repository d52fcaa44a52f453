"""A clip as base: an encoded sound runs through, and the terrain steers its latents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.exploration.endless_walk import EndlessWalk

FloatArray = NDArray[np.float32]

#: What the terrain's latent does to the clip's: nothing, takes its place, is added, or multiplies it.
Mode = Literal["keep", "override", "add", "multiply"]


@dataclass(frozen=True, eq=False)
class BackingClip:
    """A sound's latents, and its own samples as the dry signal.

    The manipulations are those of Vigliensoni & Fiebrink, "Steering latent audio models through interactive machine
    learning" (ICCC 2023): absolute (``"override"``) and relative (``"add"``, ``"multiply"``), per latent dimension.

    Args:
        latents: ``[T, D]``.
        modes: One for all latents, or one for each of the D.
        audio: The clip itself at the codec's rate, ``[A, S]``; cut or filled up with silence to ``T * ratio`` samples.
            Left out, the dry signal is silence.
        running: Whether it plays by itself; else it runs only while the hand is down.
        loop: Begin again at its end, or fall silent there.
        live: Its latents and its own sound come with every block, and ``latents`` and ``audio`` say nothing.
        walk: A walk without end in place of ``latents``; its dry signal is silence.
    """

    latents: FloatArray
    modes: tuple[Mode, ...]
    audio: FloatArray | None = None
    running: bool = True
    loop: bool = True
    live: bool = False
    walk: EndlessWalk | None = None

    def __init__(
        self,
        latents: ArrayLike,
        modes: Mode | Sequence[Mode] = "add",
        audio: ArrayLike | None = None,
        running: bool = True,
        loop: bool = True,
        live: bool = False,
        walk: EndlessWalk | None = None,
    ) -> None:
        table = np.array(latents, dtype=np.float32)
        if table.ndim != 2 or len(table) < 1 or not np.isfinite(table).all():
            raise ValueError(f"a base clip's latents are a finite table [frames, latents], got shape {table.shape}")
        every: tuple[Mode, ...] = (modes,) * table.shape[1] if isinstance(modes, str) else tuple(modes)
        wrong = [m for m in every if m not in get_args(Mode)]
        if wrong or len(every) != table.shape[1]:
            raise ValueError(
                f"modes are one of {', '.join(get_args(Mode))} for each of the {table.shape[1]} latents, got {modes!r}"
            )
        sound = None
        if audio is not None:
            sound = np.array(audio, dtype=np.float32, ndmin=2)
            if sound.ndim != 2 or not np.isfinite(sound).all():
                raise ValueError(f"a base clip's audio is finite [channels, samples], got shape {sound.shape}")
        for name, value in {
            "latents": table, "modes": every, "audio": sound, "running": bool(running), "loop": bool(loop),
            "live": bool(live), "walk": walk,
        }.items():  # fmt: skip
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        if self.live:
            return "BackingClip(live)"
        if self.walk is not None:
            return f"BackingClip({self.walk!r})"
        return f"BackingClip({len(self.latents)} frames, {'/'.join(sorted(set(self.modes)))})"
