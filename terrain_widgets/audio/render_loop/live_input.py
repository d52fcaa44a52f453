"""What an engine on the kernel's machine listens to, block by block: a sound device, or a sound that goes round."""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.device.device import InputSettings, InputStatus
from terrain_widgets.audio.device.device_input import DeviceInput
from terrain_widgets.audio.engine.sources.live_feed import LiveBlock
from terrain_widgets.codecs.base import BendableEncoderStream, Codec, StreamingCodec

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LiveSource:
    """What is to be listened to: a device, or a sound.

    Args:
        device: Which device, and how soon.
        sound: ``[S]`` at the codec's rate, played round and round, in place of a device.
        name: Of the sound.
    """

    device: InputSettings | None = None
    sound: FloatArray | None = None
    name: str = ""


class _Samples(Protocol):
    """Gives what is heard, as one channel at the codec's rate."""

    def take(self, count: int) -> FloatArray:
        """The next samples ``[count]``."""

    def status(self) -> InputStatus:
        """How it is doing."""

    def close(self) -> None:
        """Free what it holds."""


class _Round:
    """A sound that begins again at its end."""

    def __init__(self, sound: FloatArray, name: str) -> None:
        if sound.ndim != 1 or not len(sound):
            raise ValueError(f"a sound that goes round is at least one sample [S], got shape {sound.shape}")
        self._sound, self._name, self._at = sound, name, 0

    def take(self, count: int) -> FloatArray:
        places = (self._at + np.arange(count)) % len(self._sound)
        self._at = (self._at + count) % len(self._sound)
        return self._sound[places]

    def status(self) -> InputStatus:
        return InputStatus("playing", device=self._name)

    def close(self) -> None:
        """It holds nothing."""


class LiveInput:
    """Encodes what is heard.

    Args:
        codec: Has an encoder for live sound.
        source: What is heard.
        open_device: Opens a device; tests have doubles.

    Raises:
        ValueError: If the codec has no such encoder.
    """

    def __init__(
        self, codec: Codec, source: LiveSource, open_device: Callable[[int, InputSettings], _Samples] = DeviceInput
    ) -> None:
        info = codec.info
        if not info.capabilities.streaming_encoder:
            raise ValueError(f"the codec {info.name!r} cannot encode live sound; choose another, such as pebble")
        self._encoder = cast(StreamingCodec, codec).encoder_stream()
        self._ratio, self._rate, self._channels = info.ratio, info.sample_rate, info.channels
        # the encoder is late, and what it was given waits for it
        self._late: FloatArray = np.zeros(self._encoder.delay_frames * info.ratio, dtype=np.float32)
        self._bends = info.capabilities.bends_encoder
        self._bent: Mapping[str, FloatArray] = {}
        self._level_db = -120.0
        self._samples: _Samples = (
            open_device(info.sample_rate, source.device or InputSettings())
            if source.sound is None
            else _Round(np.asarray(source.sound, dtype=np.float32), source.name)
        )

    def bend(self, layers: Mapping[str, FloatArray]) -> None:
        """Hear the next block with some of the codec's layers bent, as ``Decoder.bent`` has them."""
        if layers is not self._bent and self._bends:
            cast(BendableEncoderStream, self._encoder).bend(layers)
        self._bent = layers

    def block(self, frames: int) -> LiveBlock:
        """What is heard in so many frames."""
        heard = np.clip(np.nan_to_num(self._samples.take(frames * self._ratio)), -4.0, 4.0).astype(np.float32)
        power = float(np.mean(np.square(heard, dtype=np.float64)))
        self._level_db = 10.0 * math.log10(power + 1e-12)
        known = np.concatenate([self._late, heard])
        self._late = known[len(heard) :]
        given = np.broadcast_to(heard, (self._channels, len(heard)))
        return LiveBlock(self._encoder.encode(np.ascontiguousarray(given)), known[None, : len(heard)])

    def status(self) -> InputStatus:
        """How it is doing; the latency ends where the engine takes over."""
        status = self._samples.status()
        frames = (
            (1 + self._encoder.delay_frames) * self._ratio / self._rate
        )  # a frame is collected before it is encoded
        return replace(status, level_db=self._level_db, latency_seconds=status.latency_seconds + frames)

    def close(self) -> None:
        """Listen no more."""
        self._samples.close()


class LiveEar:
    """Changes what is heard, beside the sound: a device that is slow to open or to close holds nothing up.

    Its methods are called by the sound's thread and return at once, but for ``close``. One is closed before the next
    is opened: many devices can only be opened once.

    Args:
        codec: Has an encoder for live sound.
        open_device: As ``LiveInput`` takes it.

    Attributes:
        input: What is heard, or nothing.
    """

    def __init__(self, codec: Codec, open_device: Callable[[int, InputSettings], _Samples] = DeviceInput) -> None:
        self._codec, self._open = codec, open_device
        self.input: LiveInput | None = None
        self._wish = 0  # number of the newest
        self._wishes: queue.SimpleQueue[tuple[int, LiveInput | None, LiveSource | None] | None] = queue.SimpleQueue()
        self._made: queue.SimpleQueue[tuple[int, LiveInput | Exception]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def use(self, source: LiveSource | None) -> None:
        """Hear nothing from now on, and this as soon as it is there."""
        before, self.input = self.input, None
        self._wish += 1
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="terrain-audio-ear", daemon=True)
            self._thread.start()
        self._wishes.put((self._wish, before, source))

    def block(self, frames: int, bent: Mapping[str, FloatArray]) -> LiveBlock | None:
        """What is heard in so many frames, layers bent as ``Decoder.bent`` has them; nothing without an input."""
        if self.input is None:
            return None
        self.input.bend(bent)
        return self.input.block(frames)

    def take(self) -> Exception | None:
        """Go on with what has been made; returns why it could not be."""
        while not self._made.empty():
            wish, made = self._made.get()
            if isinstance(made, LiveInput):
                if wish == self._wish:
                    self.input = made
                else:
                    self._wishes.put((wish, made, None))  # only to be closed
            elif wish == self._wish:
                return made
        return None

    def close(self) -> None:
        """Hear nothing more; returns when the device is free, or after ten seconds."""
        if self._thread is None:
            return
        self.use(None)
        self._wishes.put(None)
        self._thread.join(timeout=10.0)

    def _run(self) -> None:
        while (wish := self._wishes.get()) is not None:
            number, before, source = wish
            if before is not None:
                before.close()
            if source is None or number != self._wish:
                continue
            try:
                self._made.put((number, LiveInput(self._codec, source, self._open)))
            except Exception as error:  # the sound says so, and goes on
                self._made.put((number, error))
        while not self._made.empty():
            _, made = self._made.get()
            if isinstance(made, LiveInput):
                made.close()
