"""Python functions that move numbers: called in the kernel, and heard wherever the engine runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from terrain_widgets.audio.engine.movers import moved_value, target_of
from terrain_widgets.core.parameter import Value
from terrain_widgets.session.jobs.ticker import Ticker
from terrain_widgets.session.notices.events import FunctionRuns, FunctionStopped
from terrain_widgets.session.notices.notices import Notices
from terrain_widgets.session.stage.live_patch import LivePatch

RATE = 30.0  # Hz
_LATENTS = "latents."

#: From seconds since it began to what is added: one number, or an array with one for each latent or dimension.
Movement = Callable[[float], Any]


class Functions:
    """Adds what functions give to what is set of their numbers, 30 times a second.

    A function is called on a thread of its own. What it gives is no step of undo and in no file, but takes record it as
    it was heard. One that raises, or gives anything but finite numbers, ends with a notice, and its number is back at
    what is set.

    Args:
        live: The patch in use.
        notices: Where mistakes are told, under ``"modulate"``.
    """

    def __init__(self, live: LivePatch, notices: Notices) -> None:
        self._live, self._notices = live, notices
        self._lock = threading.RLock()
        self._running: dict[str, Movement] = {}
        self._began: dict[str, float] = {}  # of each, by the same addresses
        self._ticker = Ticker(1.0 / RATE, self._tick, "terrain_widgets functions")

    def __repr__(self) -> str:
        told = ", ".join(f"{address}: {_name(function)}" for address, function in self._running.items())
        return f"Functions({told or 'none'}; not saved)" if told else "Functions(none)"

    @property
    def now(self) -> dict[str, Movement]:
        """The functions by the address of what they move."""
        return dict(self._running)

    def run(self, address: str, function: Movement) -> None:
        """Have a function move a number, in place of the one that did; its seconds begin at 0.

        Raises:
            TypeError: If that is no function.
            ValueError: If the number cannot be moved, or the function's first value does not fit; nothing is changed.
        """
        if not callable(function):
            raise TypeError(f"a modulator is a function of seconds, got {type(function).__name__}")
        try:
            target = target_of(address)
        except KeyError:
            target = None
        if target is None:
            raise ValueError(f"{address!r} cannot be moved; session.stage.movers.targets lists what can")
        try:
            self._moved(address, function, 0.0)
        except Exception as error:
            raise ValueError(f"{_name(function)} does not fit: {error}") from error
        with self._lock:
            self._began = {**self._began, address: time.monotonic()}
            self._running = {**self._running, address: function}
        self._notices.say("modulate", FunctionRuns(_name(function), address))
        self._ticker.start()

    def stop(self, address: str | None = None) -> None:
        """End the function of one number, or all of them."""
        with self._lock:
            self._running = {a: f for a, f in self._running.items() if address is not None and a != address}
            left = bool(self._running)
        if not left:
            self._ticker.stop()
            self._live.add_for_now({})

    def restart(self) -> None:
        """Their seconds begin at 0 again."""
        with self._lock:
            self._began = dict.fromkeys(self._running, time.monotonic())

    def close(self) -> None:
        """End for good."""
        self._ticker.close()

    def _tick(self) -> bool:
        now, began = time.monotonic(), self._began
        values: dict[str, Value] = {}
        for address, function in self.now.items():
            seconds = max(0.0, now - began.get(address, now))
            try:
                values[address] = self._moved(address, function, seconds)
            except Exception as error:  # of somebody else's making
                with self._lock:
                    if self._running.get(address) is function:
                        self._running = {a: f for a, f in self._running.items() if a != address}
                self._notices.say("modulate", FunctionStopped(_name(function), seconds, _why(error)))
        # not the last value of one that has ended itself
        self._live.add_for_now({address: value for address, value in values.items() if address in self._running})
        return bool(self._running)

    def _moved(self, address: str, function: Movement, seconds: float) -> Value:
        """What the number is then."""
        dim = self._live.codec.info.latent_dim if address.startswith(_LATENTS) else 0
        found = np.asarray(function(seconds), dtype=np.float64)
        if found.ndim > 1 or found.size == 0 or (found.ndim and dim and found.size != dim):
            expected = f"one number or {dim}" if dim else "one number or a row of them"
            raise ValueError(f"it is to give {expected}, got an array of shape {found.shape}")
        target = target_of(address)
        if found.ndim and not (target and target.each):
            raise ValueError(f"it is to give one number, got an array of shape {found.shape}")
        if not np.isfinite(found).all():
            raise ValueError(f"it is to give finite numbers, got {found[~np.isfinite(found)].flat[0]:g}")
        along = tuple(found.tolist()) if found.ndim else float(found)
        return moved_value(self._live.patch, address, along, dim)


def _name(function: Movement) -> str:
    return str(getattr(function, "__name__", type(function).__name__)).replace("<lambda>", "the function")


def _why(error: Exception) -> str:
    words = str(error).strip().partition("\n")[0]
    return words if isinstance(error, ValueError) and words else f"{type(error).__name__}: {words}".rstrip(": ")
