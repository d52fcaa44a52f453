"""Hosts: where an engine runs, and the handle that the kernel holds of it."""

from __future__ import annotations

import math
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.control import ControlBlock, Gesture, Telemetry
from terrain_widgets.audio.ring import Ring
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.mapping import Mapping

FloatArray = NDArray[np.float32]

_RING_SECONDS = 0.04


@dataclass(frozen=True)
class HostStatus:
    """How an engine is doing; cheap enough to ask ten times a second.

    Args:
        kind: ``"process"``, or ``"thread: "`` and why.
        alive: Whether it runs or is starting.
        ready: Whether it has loaded the codec and renders.
        message: One sentence for the user, or ``""``.
        peak_db: As ``Level``.
        rms_db: As ``Level``.
        limiter_db: As ``Level``.
        nan_count: As ``Level``.
        load: Render time over sound time; above 1 the sound breaks up.
        frames: Latent frames rendered.
        silent: Whether what it renders is silence, the gate being closed.
    """

    kind: str
    alive: bool
    ready: bool
    message: str
    peak_db: float = -120.0
    rms_db: float = -120.0
    limiter_db: float = 0.0
    nan_count: int = 0
    load: float = 0.0
    frames: int = 0
    silent: bool = True


class Host(ABC):
    """What all hosts share: the gesture table, the ring, and their words. Use ``start_host`` to get one.

    Args:
        codec: What decodes.
        mapping: What is played at first, or ``None``.
        ring_frames: Latent frames kept ready; left out, 2 or as many as make 40 ms: a thread of a busy kernel gets
            its turn only every 5 to 20 ms, and must then find enough.
        seed: As for ``Engine``.
    """

    kind = "none"

    def __init__(
        self, codec: Codec, mapping: Mapping | None = None, *, ring_frames: int | None = None, seed: int = 0
    ) -> None:
        self.info = codec.info
        if ring_frames is None:
            ring_frames = max(2, math.ceil(_RING_SECONDS * codec.info.frame_rate))
        if ring_frames < 1:
            raise ValueError(f"ring_frames is 1 or more, got {ring_frames}")
        self.ring_frames, self._seed = int(ring_frames), int(seed)
        self._codec, self._mapping = codec, mapping
        self._range: tuple[Any, Any] | None = None
        self._lock = threading.Lock()
        self._gesture = Gesture()
        self._ring: Ring | None = None
        self._control: ControlBlock | None = None

    # -- what a subclass gives

    @abstractmethod
    def start(self) -> None:
        """Start; returns at once. Nothing happens if it runs."""

    @abstractmethod
    def close(self) -> None:
        """Stop and free everything; may be called again."""

    @abstractmethod
    def _send(self, name: str, payload: Any) -> None:
        """Tell the engine something that is no gesture."""

    @abstractmethod
    def _state(self) -> tuple[bool, bool, str]:
        """(alive, ready, message)."""

    # -- the handle

    def restart(self) -> None:
        """Close what is left and start afresh with the same codec, mapping and range."""
        self.close()
        self.start()

    def __enter__(self) -> Host:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        alive, ready, message = self._state()
        state = "ready" if ready else "starting" if alive else "closed"
        return f"<{type(self).__name__} {self.info.name!r} {state}{': ' + message if message else ''}>"

    @property
    def sample_rate(self) -> int:
        """Hz."""
        return self.info.sample_rate

    @property
    def channels(self) -> int:
        """A."""
        return self.info.channels

    @property
    def ratio(self) -> int:
        """Audio samples per latent frame."""
        return self.info.ratio

    @property
    def ring_seconds(self) -> float:
        """Sound kept ready in the ring."""
        return self.ring_frames * self.ratio / self.sample_rate

    @property
    def gate_open(self) -> bool:
        """Whether the newest gesture holds the gate open."""
        return self._gesture.gate

    def move(self, coordinates: Sequence[float] | ArrayLike, gate: bool, pressure: float = 1.0) -> None:
        """Say where the hand is; as often as it moves, from any thread; never waits for the engine.

        Args:
            coordinates: ``[C]`` in control units, up to 16.
            gate: Whether it sounds.
            pressure: 0..1, linear loudness.

        Raises:
            ValueError: If there are no or more than 16 coordinates, or one of them is not finite.
        """
        place = tuple(float(v) for v in np.asarray(coordinates, dtype=np.float64).ravel())
        if not all(np.isfinite(place)):
            raise ValueError(f"coordinates must be finite, got {place}")
        with self._lock:
            onsets = self._gesture.onsets + (1 if gate and not self._gesture.gate else 0)
            self._publish(
                replace(self._gesture, coordinates=place, gate=bool(gate), pressure=float(pressure), onsets=onsets)
            )

    def set_gain(self, linear: float) -> None:
        """Linear gain before the limiter, 0 or more; ramped."""
        if not (np.isfinite(linear) and linear >= 0.0):
            raise ValueError(f"gain is a finite number of 0 or more, got {linear!r}")
        with self._lock:
            self._publish(replace(self._gesture, gain=float(linear)))

    def panic(self) -> None:
        """Silence in the next block, until the gate goes off and on again."""
        with self._lock:
            self._publish(replace(self._gesture, panics=self._gesture.panics + 1))

    def set_mapping(self, mapping: Mapping | None) -> None:
        """Swap the mapping between two blocks.

        Raises:
            ValueError: If the mapping has another number of latents than the codec.
        """
        if mapping is not None and mapping.latent_dim != self.info.latent_dim:
            raise ValueError(
                f"this mapping gives {mapping.latent_dim} latents, but the codec {self.info.name!r} takes "
                f"{self.info.latent_dim}; train a terrain on sounds encoded with this codec"
            )
        self._mapping = mapping
        self._send("mapping", mapping)

    def set_latent_range(self, low: ArrayLike, high: ArrayLike) -> None:
        """Clamp latents to ``low``..``high``, one number or ``[D]`` each.

        Raises:
            ValueError: If shapes disagree or ``low`` is above ``high``.
        """
        try:
            lows, highs = (np.broadcast_to(np.asarray(v, np.float32), (self.info.latent_dim,)) for v in (low, high))
        except ValueError:
            raise ValueError(
                f"a latent range needs one number or {self.info.latent_dim} for each end, got shapes "
                f"{np.shape(low)} and {np.shape(high)}"
            ) from None
        if not (np.isfinite(lows).all() and np.isfinite(highs).all() and (lows <= highs).all()):
            raise ValueError("a latent range needs finite numbers with low not above high in every dimension")
        self._range = (lows.copy(), highs.copy())
        self._send("range", self._range)

    def read(self, max_samples: int) -> FloatArray:
        """Take up to ``max_samples`` of what is ready: ``[A, n]``; never waits. One thread only."""
        ring = self._ring
        return np.zeros((self.channels, 0), dtype=np.float32) if ring is None else ring.read(max_samples)

    @property
    def available(self) -> int:
        """Samples ready to be read."""
        ring = self._ring
        return 0 if ring is None else ring.available

    def status(self) -> HostStatus:
        """How it is doing."""
        alive, ready, message = self._state()
        control = self._control
        t = Telemetry() if control is None else control.telemetry()
        return HostStatus(
            self.kind, alive, ready, message,
            t.peak_db, t.rms_db, t.limiter_db, t.nan_count, t.load, t.frames, t.silent,
        )  # fmt: skip

    # -- for subclasses

    def _open_memory(self, *, private: bool) -> tuple[Ring, ControlBlock]:
        capacity = max((self.ring_frames + 2) * self.ratio, self.sample_rate // 10)
        ring = Ring.create(self.channels, capacity, private=private)
        control = ControlBlock.create(private=private)
        with self._lock:
            control.put_gesture(self._gesture)
            self._ring, self._control = ring, control
        return ring, control

    def _publish(self, gesture: Gesture) -> None:
        if self._control is not None:
            self._control.put_gesture(gesture)
        elif not 1 <= len(gesture.coordinates) <= 16:
            raise ValueError(f"a gesture has 1 to 16 coordinates, got {len(gesture.coordinates)}")
        self._gesture = gesture


def start_host(
    codec: Codec,
    mapping: Mapping | None = None,
    *,
    prefer: Literal["process", "thread"] = "process",
    ring_frames: int | None = None,
    seed: int = 0,
) -> Host:
    """Start an engine where it disturbs and is disturbed least; returns at once, ``status().ready`` says when it plays.

    Args:
        codec: What decodes. Only a codec with a ``recipe`` can be loaded by another process.
        mapping: What is played at first.
        prefer: ``"process"``, or ``"thread"`` to stay in this process.
        ring_frames: As for ``Host``.
        seed: As for ``Engine``.

    Raises:
        ValueError: If ``prefer`` is neither.
    """
    from terrain_widgets.audio.process_host import ProcessHost
    from terrain_widgets.audio.thread_host import ThreadHost

    if prefer not in ("process", "thread"):
        raise ValueError(f"prefer is 'process' or 'thread', got {prefer!r}")
    why = "asked for"
    if prefer == "process":
        if codec.recipe is None:
            why = "this codec lives only in this process"
        else:
            process = ProcessHost(codec, mapping, ring_frames=ring_frames, seed=seed)
            try:
                process.start()
                return process
            except OSError as error:
                process.close()
                why = f"no process could be started ({error})"
    thread = ThreadHost(codec, mapping, why=why, ring_frames=ring_frames, seed=seed)
    thread.start()
    return thread
