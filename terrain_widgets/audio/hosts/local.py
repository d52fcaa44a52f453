"""Hosts: where an engine runs, and the handle that the kernel holds of it."""

from __future__ import annotations

import math
import os
import queue
import threading
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.assets import MAPPING, Asset, MappingAsset, merged
from terrain_widgets.audio.device.device import DeviceSettings, DeviceStatus
from terrain_widgets.audio.engine.compatibility import check_update, exchangeable
from terrain_widgets.audio.hosts.ear import Ear
from terrain_widgets.audio.hosts.gestures import Gestures
from terrain_widgets.audio.hosts.status import HostStatus
from terrain_widgets.audio.memory.control import ControlBlock, Gesture, Telemetry
from terrain_widgets.audio.memory.ring import Ring
from terrain_widgets.audio.page_stream.remote import RemoteStatus
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.render_loop.live_input import LiveSource
from terrain_widgets.audio.render_loop.tracing import Traced
from terrain_widgets.audio.update import Setup, Update
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.glide import Course
from terrain_widgets.core.mapping import Mapping

FloatArray = NDArray[np.float32]

_RING_ROOM_SECONDS = 0.5
_START_SECONDS = 1.0  # a sink that rests is woken for so long by a playhead that is started


class LocalHost(ABC):
    """What all hosts share: the gesture table, the ring, and their words. Use ``start_host`` to get one.

    Args:
        codec: What decodes.
        mapping: What is played at first, or ``None``.
        ring_frames: Latent frames kept ready at least, also less than one: when so few are left, the next is rendered.
            Left out, as many as make ``ready_seconds``, or a quarter.
        seed: As for ``Engine``.
    """

    kind = "none"
    # Sound kept ready on this side of the sink's own lead, which guards against more kinds of stalls.
    ready_seconds = 0.006
    #: Name of the engine's own line to the page, the same after a restart; ``""`` where it has none.
    page_line = ""

    def __init__(
        self, codec: Codec, mapping: Mapping | None = None, *, ring_frames: float | None = None, seed: int = 0
    ) -> None:
        self.info = codec.info
        if ring_frames is None:
            ring_frames = max(0.25, self.ready_seconds * codec.info.frame_rate)
        if not ring_frames > 0:
            raise ValueError(f"ring_frames is above 0, got {ring_frames}")
        self.ring_frames, self._seed = float(ring_frames), int(seed)
        self._codec = codec
        # All that is set: what an engine that is started again has to be told.
        self._patch = Patch()
        self._assets: MappingType[str, Asset] = {} if mapping is None else {MAPPING: MappingAsset(mapping)}
        self._device: DeviceSettings | None = None
        self._device_status: DeviceStatus | None = None
        self._page_status: RemoteStatus | None = None
        self.ear = Ear()
        self._recorded: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self._traced: Callable[[Traced], None] | None = None
        self._started_until = 0.0
        self._lock = threading.Lock()
        # Weakly, so that an engine that is closed leaves its codec's memory at once and not to a later collection.
        publish = weakref.WeakMethod(self._publish)

        def publish_if_here(gesture: Gesture) -> None:
            if (there := publish()) is not None:
                there(gesture)

        self._gestures = Gestures(publish_if_here)
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
    def _send(self, name: str, content: Any) -> None:
        """Tell the loop something that is no gesture: what ``loop.obey`` and ``child._Line`` know."""

    @abstractmethod
    def _state(self) -> tuple[bool, bool, str]:
        """(alive, ready, message)."""

    # -- the handle

    def restart(self) -> None:
        """Close what is left and start afresh with the same codec, mapping and range."""
        self.close()
        self.start()

    def __enter__(self) -> LocalHost:
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
        """Sound kept ready in the ring; longer for a codec that has to render several frames at once."""
        control = self._control
        frames = 0 if control is None else control.telemetry().ring_frames
        return max(self.ring_frames, frames) * self.ratio / self.sample_rate

    @property
    def gate_open(self) -> bool:
        """Whether a hand is down, or something was started a moment ago; after that ``status().silent`` tells."""
        return self._gestures.now.down or time.monotonic() < self._started_until

    @property
    def panics(self) -> int:
        """How often panic was called."""
        return self._gestures.now.panics

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
        """See ``EngineHandle.move``; never waits for the engine."""
        self._gestures.move(coordinates, gate, pressure, hand, seconds, course, waits)

    def set_gain(self, linear: float) -> None:
        """See ``EngineHandle.set_gain``."""
        self._gestures.set_gain(linear)

    def fade(self, level: float) -> None:
        """A factor of the gain: see ``EngineHandle.fade``."""
        self._gestures.set_fade(level)

    def panic(self) -> None:
        """Silence in the next block, until a hand goes up and down again."""
        self._gestures.panic()

    @property
    def patch(self) -> Patch:
        """All values that are set."""
        return self._patch

    @property
    def setup(self) -> Setup:
        """All that is set and was handed over."""
        return Setup(self._patch, self._assets)

    def update(self, update: Update) -> None:
        """Set values of the patch and hand over assets, before the engine's next block; from any thread.

        Raises:
            KeyError: If there is no such parameter; nothing is changed.
            ValueError: If a value or an asset does not fit the codec or the rest of the patch; nothing is changed.
        """
        with self._lock:
            patch, assets = self._patch.set(update.changes), merged(self._assets, update.assets)
            check_update(patch, assets, self.info, update.groups)
            self._patch, self._assets = patch, assets
            self._send("update", update)
        if any(
            value is True and address.endswith((".playing", ".running")) for address, value in update.changes.items()
        ):
            self._started()

    def use_codec(self, codec: Codec) -> bool:
        """Go on with a codec that was built again: see ``EngineHandle.use_codec``."""
        if not exchangeable(self.info, codec.info) or (self._codec.recipe is not None and codec.recipe is None):
            return False
        codec.stream(1)  # what is made once for all streams is made here and not in the sound's thread
        self._codec, self.info = codec, codec.info
        self._send("codec", codec)
        return True

    def set_mapping(self, mapping: Mapping | None) -> None:
        """Swap the mapping between two blocks; its latents are kept within the patch's own limits.

        Raises:
            ValueError: If the mapping has another number of latents than the codec.
        """
        self.update(Update(assets={MAPPING: MappingAsset(mapping)}))

    def _everything(self) -> Update:
        """What sets a fresh engine to all that is set."""
        return self.setup.since(Setup())

    def _started(self) -> None:
        self._started_until = time.monotonic() + _START_SECONDS
        self._send("wake", None)

    def use_page_line(self, lead_seconds: float | None) -> None:
        """Have an engine with a ``page_line`` send its sound by it, so many seconds ahead; ``None``: not."""

    def page_status(self) -> RemoteStatus | None:
        """What the engine last said of its line to the page; ``None`` if it never did."""
        return self._page_status

    def use_device(self, settings: DeviceSettings | None) -> None:
        """Play on a sound device of the engine's machine from now on; ``None``: into the ring, to be read."""
        self._device = settings
        if settings is None:
            self._device_status = None
        self._send("device", settings)

    def listen(self, source: LiveSource | None) -> None:
        """Hear a sound device of the engine's machine, or a sound, from now on; ``None``: nothing."""
        self.ear.use(source)
        self._send("listen", source)

    @property
    def on_device(self) -> bool:
        """Whether a device of the engine's machine plays, or is to."""
        return self._device is not None

    def device_status(self) -> DeviceStatus | None:
        """What the device last said, ``None`` while there is none."""
        return self._device_status

    def record(self, path: str | os.PathLike[str], max_seconds: float = 3600.0) -> None:
        """Begin to record sound and gestures; see ``audio.recorder``. Ends a recording that runs.

        Raises:
            RuntimeError: If the engine is not ready.
        """
        if not self.status().ready:
            raise RuntimeError("the sound engine is not ready yet: nothing can be recorded")
        while not self._recorded.empty():
            self._recorded.get()
        self._send("record", (os.path.abspath(path), float(max_seconds)))

    def stop_recording(self, timeout: float = 10.0) -> str:
        """See ``EngineHandle.stop_recording``."""
        self._send("stop_recording", None)
        try:
            path, problem = self._recorded.get(timeout=timeout)
        except queue.Empty:
            raise RuntimeError("the sound engine did not say that its recording is whole; was there one?") from None
        if problem:
            raise OSError(problem)
        return path

    def trace(self, latents: str, limit: int, heard: Callable[[Traced], None]) -> None:
        """Be told what sounds where, from the engine's next block on: see ``EngineHandle.trace``."""
        self._traced = heard
        self._send("trace", (latents, limit))

    def stop_trace(self) -> None:
        """End it; what is left comes as the last part."""
        self._send("stop_trace", None)

    def _heard(self, what: str, content: Any) -> None:
        """What the loop tells; from any thread."""
        if what == "device":
            self._device_status = content if self._device is not None else None
        elif what == "input":
            self.ear.hear(content)
        elif what == "page":
            self._page_status = content
        elif what == "recorded":
            self._recorded.put(content)
        elif what == "traced" and self._traced is not None:
            self._traced(content)

    def read(self, max_samples: int) -> FloatArray:
        """Take up to ``max_samples`` of what is ready: ``[A, n]``; never waits. One thread only."""
        ring = self._ring
        if ring is None or self._device is not None:
            return np.zeros((self.channels, 0), dtype=np.float32)
        return ring.read(max_samples)

    @property
    def available(self) -> int:
        """Samples ready to be read."""
        ring = self._ring
        return 0 if ring is None else ring.available

    def state(self) -> tuple[bool, bool]:
        """(ready, silent), as in ``status``."""
        _, ready, _ = self._state()
        control = self._control
        return ready, control is None or control.telemetry().silent

    def status(self) -> HostStatus:
        """How it is doing."""
        alive, ready, message = self._state()
        control = self._control
        telemetry = Telemetry() if control is None else control.telemetry()
        return HostStatus(kind=self.kind, alive=alive, ready=ready, message=message, **vars(telemetry))

    # -- for subclasses

    def _open_memory(self, *, private: bool) -> tuple[Ring, ControlBlock]:
        capacity = max(math.ceil(self.ring_frames + 2) * self.ratio, int(_RING_ROOM_SECONDS * self.sample_rate))
        ring = Ring.create(self.channels, capacity, private=private)
        control = ControlBlock.create(self.info.latent_dim, private=private)
        with self._lock:
            self._ring, self._control = ring, control
        self._gestures.publish()
        return ring, control

    def _publish(self, gesture: Gesture) -> None:
        if self._control is not None:
            self._control.put_gesture(gesture)
