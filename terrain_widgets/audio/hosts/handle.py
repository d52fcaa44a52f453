"""What the kernel holds of an engine, wherever that runs: in a process, in a thread, or in the page."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from numpy.typing import ArrayLike

from terrain_widgets.audio.hosts.status import HostStatus
from terrain_widgets.audio.render_loop.tracing import Traced
from terrain_widgets.audio.update import Setup, Update
from terrain_widgets.codecs.base import Codec, CodecInfo
from terrain_widgets.core.glide import Course


@runtime_checkable
class EngineHandle(Protocol):
    """All that a session asks of an engine. Its methods may be called from any thread, and none waits for sound.

    A ``LocalHost`` (process or thread of this machine) can also be read, and plays on the machine's devices; what runs
    in the page sounds there by itself.
    """

    @property
    def kind(self) -> str:
        """Where it runs, in a word or two."""

    @property
    def info(self) -> CodecInfo:
        """What decodes."""

    def start(self) -> None:
        """Start; returns at once. Nothing happens if it runs."""

    def restart(self) -> None:
        """Close what is left and start afresh, set as it was."""

    def close(self) -> None:
        """Stop and free everything; may be called again."""

    def status(self) -> HostStatus:
        """How it is doing, and what sounded last; cheap enough to ask ten times a second."""

    @property
    def setup(self) -> Setup:
        """All that it is set to."""

    def update(self, update: Update) -> None:
        """Set values of the patch and hand over assets, before its next block.

        Raises:
            KeyError: If there is no such parameter; nothing is changed.
            ValueError: If a value or an asset does not fit the codec or the rest of the patch; nothing is changed.
        """

    def use_codec(self, codec: Codec) -> bool:
        """Go on with a codec that was built again of other sounds, without a gap in the sound.

        Args:
            codec: Its latents mean the same as those of the one that decodes.

        Returns:
            Whether it can; else nothing has changed, and an engine has to be started for that codec.
        """

    def move(
        self,
        coordinates: Sequence[float] | ArrayLike,
        gate: bool,
        pressure: float = 1.0,
        *,
        hand: int = 0,
        seconds: float = 0.0,
        course: Course = "eased",
        waits: bool = False,
    ) -> None:
        """Say where a hand is; as often as it moves, from any thread.

        Args:
            coordinates: ``[C]`` in control units, up to 16.
            gate: Whether it sounds.
            pressure: 0..1, linear loudness.
            hand: Which, 0 to 7.
            seconds: Glide there from where it is, if it is down already, in so many seconds of sound.
            course: Of the glide: see ``core.glide``.
            waits: Whether it waits for the next beat or bar, where ``clock.quantise`` is on; another gesture of the
                hand's takes its place.

        Raises:
            ValueError: If there are no or more than 16 coordinates, one of them is not finite, or there is no such
                hand or glide.
        """

    @property
    def gate_open(self) -> bool:
        """Whether a hand is down, or something was started a moment ago."""

    def set_gain(self, linear: float) -> None:
        """Linear gain before the limiter, 0 or more; ramped."""

    def fade(self, level: float) -> None:
        """A factor of the gain, 0 to 1, ramped too: for while one engine follows another."""

    def panic(self) -> None:
        """Silence in the next block, until a hand goes up and down again."""

    def record(self, path: str | os.PathLike[str], max_seconds: float = 3600.0) -> None:
        """Begin to record sound and gestures.

        Raises:
            RuntimeError: If it is not ready.
        """

    def stop_recording(self, timeout: float = 10.0) -> str:
        """End the recording and wait until its files are whole; returns the sound file's path.

        Raises:
            RuntimeError: If nothing was recorded, or it does not answer.
            OSError: If the disk refused something.
        """

    def trace(self, latents: str, limit: int, heard: Callable[[Traced], None]) -> None:
        """Be told, frame by frame, where something sounds and what.

        Args:
            latents: ``"playing"`` for those that sound, ``"sliders"`` for those that the patch's sliders show.
            limit: Frames after which it ends by itself.
            heard: Called on another thread with each part; the last one says so.
        """

    def stop_trace(self) -> None:
        """End it; what is left comes as the last part."""
