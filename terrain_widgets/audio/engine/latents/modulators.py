"""What moves latents by itself: one modulator for each, the same for all voices, on the engine's clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.latents.modulator_settings import ModulatorSettings
from terrain_widgets.audio.patch import Changes
from terrain_widgets.core.modulation.basis import basis
from terrain_widgets.core.modulation.hashing import Floats
from terrain_widgets.core.modulation.ladder import STAGES, Ladder
from terrain_widgets.core.modulation.shaping import bounded
from terrain_widgets.core.parameter import Value

FloatArray = NDArray[np.float32]

_AHEAD = 32  # frames that are computed at once: most of what one frame costs is the same for many


class Modulators:
    """What is added to the latents of every frame, whatever the block size.

    A modulator's phase is how far it has come: in cells of its noise, or, where it loops, from 0 to below 1.

    Args:
        settings: How they are set.
        frame_rate: Latent frames per second.
    """

    def __init__(self, settings: ModulatorSettings, frame_rate: float) -> None:
        self._settings, self._frame_rate = settings, frame_rate
        dim = len(settings.basis)
        self._from: Floats = np.zeros(dim)
        self._state: Floats = np.zeros((STAGES, dim))
        self._states: Floats = np.zeros((0, STAGES, dim))
        self._used = 0
        self._moved: FloatArray | None = None
        self._set(settings)

    def _set(self, settings: ModulatorSettings) -> None:
        self._settings = settings
        self._ladder = Ladder(settings.smooth, self._frame_rate)
        length = np.where(settings.looped, settings.seconds, 1.0)
        self._step = np.where(settings.looped, 1.0 / length, settings.rate) / self._frame_rate
        pairs = list(zip(settings.basis, settings.mode, strict=True))
        self._groups = [
            (name, mode, np.flatnonzero([b == name and m == mode for b, m in pairs]))
            for name, mode in dict.fromkeys(pairs)
        ]

    def restart(self) -> None:
        """What is smoothed begins from rest; phases stay."""
        self._settle()
        self._state = np.zeros_like(self._state)

    def configure(self, settings: ModulatorSettings) -> None:
        """Move like this from the next frame on; each goes on from where it is, with another tempo too."""
        self._settle()
        before = self._settings
        length, rate = np.where(before.looped, before.seconds, 1.0), before.rate
        ended = before.looped & ~settings.looped
        begun = ~before.looped & settings.looped
        freed = self._from * length * rate  # where its noise stands
        caught = self._from / np.where(begun, settings.seconds * settings.rate, 1.0)
        self._from = np.where(ended, freed, np.where(begun, caught - np.floor(caught), self._from))
        self._set(settings)
        if not settings.moving:
            self._state = np.zeros_like(self._state)

    def follow(self, settings: ModulatorSettings, changes: Changes) -> None:
        """Take what has changed: a new number of triggers begins all again, a start goes on from there."""
        self.configure(settings)
        if "modulators.triggers" in changes:
            self.trigger()
        start = changes.get("modulators.start")
        if start is not None:
            self.place(start)

    def trigger(self) -> None:
        """All begin again, in step."""
        self._settle()
        self._from = np.zeros_like(self._from)

    def place(self, phases: Value) -> None:
        """Go on from these phases, one for all or one for each."""
        self._settle()
        self._from = np.broadcast_to(np.asarray(phases, dtype=np.float64), self._from.shape).copy()

    @property
    def phases(self) -> Floats:
        """``[D]`` where each is at the next frame."""
        return self._from + self._used * self._step

    def process(self, frames: int) -> FloatArray | None:
        """What the next frames' latents are moved by, ``[T, D]``; ``None`` where nothing moves."""
        parts = []
        while frames:
            if self._used == _AHEAD:
                self._settle()
            if self._moved is None and self._settings.moving:
                self._compute()
            count = min(frames, _AHEAD - self._used)
            if self._moved is not None:
                parts.append(self._moved[self._used : self._used + count])
            self._used += count
            frames -= count
        return np.concatenate(parts) if parts else None

    def _settle(self) -> None:
        """Count from the next frame; what was computed beyond it is dropped."""
        if self._used:
            phases = self.phases
            self._from = np.where(self._settings.looped, phases - np.floor(phases), phases)
            if self._moved is not None:
                self._state = self._states[self._used - 1]
        self._used, self._moved = 0, None

    def _compute(self) -> None:
        s = self._settings
        phases = self._from + np.arange(_AHEAD)[:, None] * self._step
        wrapped = phases - np.floor(phases)
        units = np.where(s.looped, wrapped * s.seconds * s.rate, phases)
        moved = np.zeros_like(phases)
        for name, mode, which in self._groups:
            found = basis(name, s.seed[which], units[:, which], wrapped[:, which], s.steps)
            moved[:, which] = bounded(s.energy[which] * found + s.deviation[which], mode, s.limit[which])
        smooth, self._states = self._ladder.process(np.where(s.on, moved, 0.0), self._state)
        self._moved = smooth.astype(np.float32)
