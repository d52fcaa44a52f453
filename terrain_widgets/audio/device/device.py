"""Words about sound devices that the kernel and the audio process exchange; nothing here touches a device."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

DeviceState = Literal["opening", "playing", "lost", "closed"]


class DeviceError(RuntimeError):
    """A sound device cannot be used; the message says why, and what to do."""


class NoPortAudio(DeviceError):
    """There is no PortAudio here, or no more of it as the program ends, so that trying again is of no use."""


@dataclass(frozen=True)
class SoundDevice:
    """A sound device of the kernel's machine.

    Args:
        name: As its driver names it.
        host_api: ``"ALSA"``, ``"Core Audio"``, ``"Windows WASAPI"`` …; several may offer the same device.
        channels: Most channels that it plays, or hears.
        sample_rate: Hz that it prefers.
        is_default: Whether it is what ``device=None`` means.
    """

    name: str
    host_api: str
    channels: int
    sample_rate: int
    is_default: bool = False

    @property
    def label(self) -> str:
        """Name and host API: unique where the name alone may not be, and good for ``DeviceSettings.device``."""
        return f"{self.name}, {self.host_api}"


class OutputDevice(SoundDevice):
    """One that can play."""


class InputDevice(SoundDevice):
    """One that can be listened to."""


@dataclass(frozen=True)
class DeviceSettings:
    """Which device plays, and how soon. ``dataclasses.asdict`` of it is JSON.

    What a hand does is heard after ``buffer_seconds`` and the latency together; both guard against stalls, the buffer
    against those of the renderer, the latency also against those of the operating system.

    Args:
        device: A device's ``name`` or ``label``, ``None`` for the system's default.
        latency_seconds: What PortAudio is asked for: 0.001 to 2 s, or the device's own ``"low"`` or ``"high"``.
        buffer_seconds: Sound kept ready in front of PortAudio, in addition: 0.001 to 2 s.
        block: Samples per callback, up to 8192; 0 lets PortAudio choose, which is best.
        rate: Hz to open the device at, 8000 to 384000; ``None`` is the codec's rate where the device takes that itself,
            else the device's own, and 48000 where a sound server would convert.

    Raises:
        ValueError: If one of them is out of range.
    """

    device: str | None = None
    latency_seconds: float | Literal["low", "high"] = 0.1
    buffer_seconds: float = 0.1
    block: int = 0
    rate: int | None = None

    def __post_init__(self) -> None:
        _check(self.device, self.latency_seconds)
        if not _within(self.buffer_seconds, 0.001, 2.0):
            raise ValueError(f"buffer_seconds is 0.001 to 2 s, got {self.buffer_seconds!r}")
        if not (_whole(self.block) and 0 <= self.block <= 8192):
            raise ValueError(f"block is 0 (PortAudio chooses) to 8192 samples, got {self.block!r}")
        if not (self.rate is None or (_whole(self.rate) and 8000 <= self.rate <= 384000)):
            raise ValueError(f"rate is 8000 to 384000 Hz, or None to find the best, got {self.rate!r}")


@dataclass(frozen=True)
class InputSettings:
    """Which device is listened to, and how soon. ``dataclasses.asdict`` of it is JSON.

    Args:
        device: A device's ``name`` or ``label``, ``None`` for the system's default.
        latency_seconds: What PortAudio is asked for: 0.001 to 2 s, or the device's own ``"low"`` or ``"high"``.
        margin_seconds: Sound kept ready besides, against stalls of the machine: 0.001 to 2 s.

    Raises:
        ValueError: If one of them is out of range.
    """

    device: str | None = None
    latency_seconds: float | Literal["low", "high"] = 0.02
    margin_seconds: float = 0.02

    def __post_init__(self) -> None:
        _check(self.device, self.latency_seconds)
        if not _within(self.margin_seconds, 0.001, 2.0):
            raise ValueError(f"margin_seconds is 0.001 to 2 s, got {self.margin_seconds!r}")


@dataclass(frozen=True)
class InputStatus:
    """How it is with what is listened to.

    Args:
        state: ``"opening"``, ``"playing"``, ``"lost"`` (it is tried again and again) or ``"closed"``.
        message: One sentence for the user, or ``""``.
        device: Name of the device or of the file.
        level_db: Level of what was heard last, dB below full scale.
        latency_seconds: From the microphone to the encoder's first sample, 0 while it does not run.
        gaps: Times that sound was missing.
    """

    state: DeviceState = "closed"
    message: str = ""
    device: str = ""
    level_db: float = -120.0
    latency_seconds: float = 0.0
    gaps: int = 0


@dataclass(frozen=True)
class DeviceStatus:
    """How the sound device is doing.

    Args:
        state: ``"opening"``, ``"playing"``, ``"lost"`` (it is tried again and again) or ``"closed"``.
        message: One sentence for the user, or ``""``.
        device: Name of the device that plays or was tried last, ``""`` before the first.
        rate: Hz that it runs at, 0 while it does not.
        xruns: Times that the sound ran out while it was to be heard.
        starved_samples: Samples of silence that this made, at the device's rate.
        latency_seconds: What PortAudio says that the device takes, 0 while it does not run.
        ring_seconds: Sound that waits in front of the device while it plays, smoothed over half a second.
        samples: Samples played, at the device's rate.
    """

    state: DeviceState = "closed"
    message: str = ""
    device: str = ""
    rate: int = 0
    xruns: int = 0
    starved_samples: int = 0
    latency_seconds: float = 0.0
    ring_seconds: float = 0.0
    samples: int = 0


def _check(device: object, latency_seconds: object) -> None:
    if not (device is None or (isinstance(device, str) and device.strip())):
        raise ValueError(f"device is a device's name, or None for the default, got {device!r}")
    if not (latency_seconds in ("low", "high") or _within(latency_seconds, 0.001, 2.0)):
        raise ValueError(f"latency_seconds is 0.001 to 2 s, or 'low' or 'high', got {latency_seconds!r}")


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _within(value: Any, low: float, high: float) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and math.isfinite(value) and low <= value <= high
