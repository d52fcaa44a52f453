"""What is set of an engine, and what of it changes by itself from frame to frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.assets import CONTROL
from terrain_widgets.audio.engine import resolution
from terrain_widgets.audio.engine.beat_clock import BeatClock
from terrain_widgets.audio.engine.control_lead import ControlLead
from terrain_widgets.audio.engine.movers import Movers, is_there
from terrain_widgets.audio.engine.patch_glide import PatchGlide
from terrain_widgets.audio.engine.waiting import Waiting
from terrain_widgets.audio.patch import Changes, Patch
from terrain_widgets.audio.update import Update
from terrain_widgets.core.modulation.hashing import Floats
from terrain_widgets.core.parameter import Value


class PatchMotion:
    """A patch on its beats: glides to what is recalled, changes that wait for a beat, movers, and a hand that leads.

    Args:
        frame_rate: Latent frames per second.
        latent_dim: D.

    Attributes:
        patch: What is set, without what movers add and a hand that leads sets.
    """

    def __init__(self, frame_rate: float, latent_dim: int) -> None:
        self._frame_rate = frame_rate
        self.patch = Patch()
        self._beats = BeatClock(frame_rate, self.patch["clock.tempo"])
        self._glide, self._waiting = PatchGlide(), Waiting(self._beats)
        self._movers, self._lead = Movers(frame_rate, latent_dim), ControlLead()
        self._moved: dict[str, Value] = {}

    @property
    def sounding(self) -> Patch:
        """The patch as it sounds: with what movers added last, and the hand set that leads."""
        return self.patch.set(self._moved) if self._moved else self.patch

    @property
    def now(self) -> dict[str, Value]:
        """Where beats, movers and the control map are at the next frame, as values of the patch."""
        return {**self._movers.now, **self._lead.now, "clock.start": self._beats.beats}

    @property
    def frames_to_beat(self) -> int:
        """Frames until the one with which what waits for a beat comes: 0 is the next one, and where nothing waits."""
        every = self._waiting.every
        return self._beats.frames_until(every) if every else 0

    def take(self, update: Update, *, silent: bool) -> dict[str, Value | None]:
        """Take what an update sets; returns what of it changes at once.

        With a new number ``glide.recalls`` numbers glide there in ``glide.seconds``, unless nothing sounds.
        """
        changes = update.changes
        if CONTROL in update.assets:
            self._lead.use(resolution.control_map(update.assets))
        wanted = self.patch.set(changes)
        now = self._waiting.part(changes, wanted, self.patch)
        wanted = self.patch.set(now)
        seconds = wanted["glide.seconds"] if "glide.recalls" in changes and not silent else 0.0
        if seconds > 0.0:
            wanted = self._glide.begin(self.patch, wanted, now, seconds * self._frame_rate)
        else:
            self._glide.leave(now)
        self.patch = wanted
        self._follow(now)
        return now

    def finish(self) -> dict[str, Value | None]:
        """What changes where all that is on its way, or waits, is to be there at once."""
        return self._set({**self._glide.finish(), **self._waiting.take()})

    def restart(self) -> dict[str, Value]:
        """Movers begin from rest, at their phases; returns what is thereby no longer moved."""
        self._movers.restart()
        self._lead.restart()
        moved, self._moved = self._moved, {}
        return {address: self.patch[address] for address in moved}

    def frames_alike(self, most: int, down: bool) -> int:
        """Frames from the next one on in which nothing changes by itself; at least that one.

        Args:
            most: How many are asked for.
            down: Whether the first hand is down in them.
        """
        changing = self._glide.active or self._movers.active or (down and self._lead.active)
        return 1 if changing else int(max(1, min(most, self._waiting.frames_left)))

    def step(self) -> dict[str, Value | None]:
        """What the next frame sets that glides there, or has waited for it."""
        changes: dict[str, Value | None] = dict(self._glide.step()) if self._glide.active else {}
        if self._waiting.frames_left == 0:
            changes |= self._waiting.take()
        return self._set(changes) if changes else {}

    def move(self, heard: Floats, place: NDArray[np.float32], down: bool) -> dict[str, Value]:
        """What movers, and the hand that leads, change with the next frame, and what they have left.

        Args:
            heard: ``[1]`` level of what is heard in it, from 0 to 1.
            place: Where the first hand is in it, ``[C]``.
            down: Whether it is down.
        """
        if not self._moved and not self._movers.active and not self._lead.active:
            return {}
        before = self._moved
        self._moved = {**self._lead.step(place, down), **self._movers.step(self.patch, heard)}
        left = {address: self.patch[address] for address in before if address not in self._moved}
        return left | {address: value for address, value in self._moved.items() if before.get(address) != value}

    def advance(self, frames: int) -> None:
        """So many frames have gone by."""
        self._beats.advance(frames)

    def _set(self, changes: dict[str, Value | None]) -> dict[str, Value | None]:
        self.patch = self.patch.set(changes)
        self._follow(changes)
        return changes

    def _follow(self, changes: Changes) -> None:
        self._moved = {a: value for a, value in self._moved.items() if is_there(self.patch, a)}
        groups = {address.partition(".")[0] for address in changes}
        if "clock" in groups:
            self._beats.configure(self.patch["clock.tempo"])
            if changes.get("clock.start") is not None:
                self._beats.place(self.patch["clock.start"])
        if "control" in groups:
            self._lead.follow(self.patch, changes)
        if groups & {"clock", "movers"} or "modulators.triggers" in changes:
            self._movers.follow(resolution.movers(self.patch), changes)
