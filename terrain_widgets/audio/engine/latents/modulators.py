"""What moves latents by itself: one modulator for each, the same for all voices, on the engine's clock."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.latents.modulator_settings import ModulatorSettings
from terrain_widgets.audio.patch import Changes
from terrain_widgets.core.modulation.basis import basis
from terrain_widgets.core.modulation.envelope import ENVELOPE
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
        self._ahead: Floats | None = None  # without what is heard, and not smoothed
        self._moved: FloatArray | None = None
        self._set(settings)

    def _set(self, settings: ModulatorSettings) -> None:
        self._settings = settings
        self._ladder = Ladder(settings.smooth, self._frame_rate)
        length = np.where(settings.looped, settings.seconds, 1.0)
        self._step = np.where(settings.looped, 1.0 / length, settings.rate) / self._frame_rate
        kinds = list(zip(settings.basis, settings.mode, settings.steps, strict=True))
        groups = [(kind, np.flatnonzero([other == kind for other in kinds])) for kind in dict.fromkeys(kinds)]
        self._groups = [group for group in groups if group[0][0] != ENVELOPE]
        self._hearing = [group for group in groups if group[0][0] == ENVELOPE]

    def become(self, settings: ModulatorSettings, kept: Sequence[int | None]) -> None:
        """Be others: each of them goes on from one of those before, with other settings, or begins.

        Args:
            settings: How the new ones are set.
            kept: Which of those before each of them was, or nothing.
        """
        self._settle()
        before = [settings.one(new) if k is None else self._settings.one(k) for new, k in enumerate(kept)]
        self._from = np.array([0.0 if k is None else self._from[k] for k in kept])
        rest = np.zeros(STAGES)
        self._state = np.stack([rest if k is None else self._state[:, k] for k in kept], axis=1)
        self._set(ModulatorSettings.joined(before))
        self.configure(settings)

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

    def rest(self, which: NDArray[np.bool_]) -> None:
        """What is smoothed of these ``[D]`` begins from rest."""
        self._settle()
        self._state = np.where(which, 0.0, self._state)

    def process(self, frames: int, heard: Floats | None = None) -> FloatArray | None:
        """What the next frames' latents are moved by, ``[T, D]``; ``None`` where nothing moves.

        Args:
            frames: T.
            heard: ``[T]`` levels of what is heard, from 0 to 1; left out, nothing is.
        """
        if not self._settings.moving:
            self._stand(frames)
            return None
        parts: list[FloatArray] = []
        left = frames
        while left:
            if self._used == _AHEAD:
                self._settle()
            if self._ahead is None:
                self._compute()
            count = min(left, _AHEAD - self._used)
            if self._moved is None:
                parts.append(self._with_heard(count, None if heard is None else heard[frames - left :]))
            else:
                parts.append(self._moved[self._used : self._used + count])
            self._used += count
            left -= count
        return parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else None

    def _stand(self, frames: int) -> None:
        """These frames go by, in which nothing moves."""
        while frames:
            if self._used == _AHEAD:
                self._settle()
            count = min(frames, _AHEAD - self._used)
            self._used += count
            frames -= count

    def _settle(self) -> None:
        """Count from the next frame; what was computed beyond it is dropped."""
        if self._used:
            phases = self.phases
            self._from = np.where(self._settings.looped, phases - np.floor(phases), phases)
            if self._moved is not None:
                self._state = self._states[self._used - 1]
        self._used, self._ahead, self._moved = 0, None, None

    def _compute(self) -> None:
        s = self._settings
        phases = self._from + np.arange(_AHEAD)[:, None] * self._step
        wrapped = phases - np.floor(phases)
        units = np.where(s.looped, wrapped * s.seconds * s.rate, phases)
        moved = np.zeros_like(phases)
        for (name, mode, steps), which in self._groups:
            found = basis(name, s.seed[which], units[:, which], wrapped[:, which], steps)
            moved[:, which] = bounded(s.energy[which] * found + s.deviation[which], mode, s.limit[which])
        self._ahead = np.where(s.on, moved, 0.0)
        if not self._hearing:
            smooth, self._states = self._ladder.process(self._ahead, self._state)
            self._moved = smooth.astype(np.float32)

    def _with_heard(self, frames: int, heard: Floats | None) -> FloatArray:
        """The next frames, which nobody can compute before they are heard."""
        s = self._settings
        assert self._ahead is not None  # it was computed
        moved = self._ahead[self._used : self._used + frames].copy()
        levels = np.zeros(frames) if heard is None else heard[:frames]
        for (_, mode, _), which in self._hearing:
            found = bounded(s.energy[which] * levels[:, None] + s.deviation[which], mode, s.limit[which])
            moved[:, which] = np.where(s.on[which], found, 0.0)
        smooth, states = self._ladder.process(moved, self._state)
        self._state = states[-1]
        return smooth.astype(np.float32)
