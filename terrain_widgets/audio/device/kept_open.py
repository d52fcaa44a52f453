"""Keeps a sound device open, whether it plays or is listened to: opened again and again after a loss."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from terrain_widgets.audio.device.device import DeviceError, DeviceState, NoPortAudio

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 5.0
_STALLED_SECONDS = 3.0  # without a callback: longer than any stall of a machine that we saw, shorter than patience


class Blocks(Protocol):
    """PortAudio's callback, as it is watched.

    Attributes:
        blocks: How often it was called.
        fault: Why it failed, or ``""``.
    """

    blocks: int
    fault: str


class KeptOpen:
    """A thread of its own uses the device, and after a loss tries every 0.5 to 5 s to use it again.

    So a device that takes long to open stops neither the renderer nor its commands.

    Args:
        thread: Name of the thread.
        use: Opens the device, watches it by ``watch`` and frees it; called in that thread, with what PortAudio is to
            call when the stream ends.

    Attributes:
        state: How it is.
        message: One sentence for the user, or ``""``.
    """

    def __init__(self, thread: str, use: Callable[[threading.Event, Callable[[], None]], None]) -> None:
        self.state: DeviceState = "opening"
        self.message = ""
        self._use = use
        self._wake, self._closing = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name=thread, daemon=True)

    def start(self) -> None:
        """Begin; whoever uses the device is ready by now."""
        self._thread.start()

    def plays(self) -> None:
        """The device was opened and runs."""
        self.message, self.state = "", "playing"

    def close(self) -> None:
        """Free the device; waits until its use has ended."""
        self._closing = True
        self._wake.set()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=10.0)  # longer only if a driver hangs, and then nothing helps

    def watch(self, callback: Blocks, gone: threading.Event, stopped: str, stalled: str, failed: str = "") -> None:
        """Return when this is closed.

        Args:
            callback: What PortAudio calls.
            gone: As ``use`` got it.
            stopped: What to say when the stream has ended by itself.
            stalled: What to say when the callback is called no more.
            failed: What to say when the callback has failed, with ``{}`` for why.

        Raises:
            DeviceError: If the device is lost.
        """
        blocks, moved = -1, time.monotonic()
        while not self._closing:
            if gone.is_set():
                raise DeviceError(stopped)
            if callback.fault:
                raise DeviceError(failed.format(callback.fault))
            if callback.blocks != blocks:
                blocks, moved = callback.blocks, time.monotonic()
            elif time.monotonic() - moved > _STALLED_SECONDS:
                raise DeviceError(stalled)
            self._wake.wait(0.25)
            self._wake.clear()

    def _run(self) -> None:
        wait = _FIRST_WAIT
        while not self._closing:
            began = time.monotonic()
            try:
                self._use_once()
            except NoPortAudio as error:
                self.message, self.state = str(error), "closed"
                return
            except Exception as error:
                self.message = str(error) if isinstance(error, DeviceError) else f"{type(error).__name__}: {error}"
                self.state = "lost"
            if time.monotonic() - began > _LONGEST_WAIT:
                wait = _FIRST_WAIT
            self._wake.clear()
            if not self._closing:
                self._wake.wait(wait)
            wait = min(_LONGEST_WAIT, 2 * wait)
        self.message, self.state = "", "closed"

    def _use_once(self) -> None:
        gone = threading.Event()

        def finished() -> None:  # PortAudio calls it however a stream ends, and says nothing else of a loss
            gone.set()
            self._wake.set()

        self._use(gone, finished)
