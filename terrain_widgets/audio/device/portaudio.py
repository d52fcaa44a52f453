"""Sound devices of the kernel's machine, through PortAudio: listing, opening, and the kernel's handle of one.

The only file that touches ``sounddevice``, and not before somebody asks for a device: importing it starts PortAudio.
"""

from __future__ import annotations

import atexit
import contextlib
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from terrain_widgets.audio.device.device import (
    DeviceError,
    DeviceSettings,
    InputDevice,
    InputSettings,
    NoPortAudio,
    OutputDevice,
    SoundDevice,
)

_lock = threading.RLock()  # PortAudio's own functions are not to be called from two threads at once
_open_streams: list[Any] = []
_first = True
_ours = True
_ended = False
_stuck: list[threading.Thread] = []  # that wait for a device which does not answer: PortAudio goes on beneath them

# An ALSA device that takes a rate which no hardware has is a sound server's door, or a plug of ALSA's. PulseAudio
# making 48 kHz from our 44.1 breaks up at latencies of 80 to 250 ms (up to 160 underruns a second); from 48 kHz, to
# either rate, there was none. Our own resampler in front of it is also the better one: 134 dB against 76.
_ODD_RATE, _SERVER_RATE = 45678, 48000

# To stop a stream, PortAudio waits for its thread, and that waits for the device: on a busy machine ALSA's plug for
# PulseAudio sometimes never answers again after an underrun. The process must go on, and end, all the same.
_LONGEST_CLOSE = 2.0


def output_devices() -> tuple[OutputDevice, ...]:
    """The devices of this machine that can play; none is opened.

    Newly plugged ones appear unless this process plays, used ``sounddevice`` before this package did, or waits for a
    device that does not answer: looking again would end that sound, or take the library from under a thread in it.

    Raises:
        DeviceError: If PortAudio is missing or cannot start.
    """
    with _lock:
        return tuple(OutputDevice(**vars(device)) for _, device in _devices(_portaudio(), "output"))


def input_devices() -> tuple[InputDevice, ...]:
    """The devices of this machine that can be listened to; none is opened. As ``output_devices``.

    Raises:
        DeviceError: If PortAudio is missing or cannot start.
    """
    with _lock:
        return tuple(InputDevice(**vars(device)) for _, device in _devices(_portaudio(), "input"))


@dataclass(frozen=True)
class Plan:
    """How a device will be opened.

    Args:
        index: PortAudio's number of the device.
        name: The device's name.
        channels: To open it with.
        rate: Hz to open it at.
    """

    index: int
    name: str
    channels: int
    rate: int


def open_output(
    settings: DeviceSettings,
    channels: int,
    sample_rate: int,
    build: Callable[[Plan], Callable[..., None]],
    finished: Callable[[], None],
) -> Any:
    """Open a device, without starting it yet.

    Args:
        settings: Which one, and how.
        channels: Of the sound; one channel is opened as two where the device has two.
        sample_rate: Hz of the sound; the device runs at another rate if it refuses this one.
        build: Makes the callback for what was chosen.
        finished: Called by a thread of PortAudio when the stream ends, however it does.

    Returns:
        ``sounddevice.OutputStream``, for ``close_stream``.

    Raises:
        DeviceError: If there is no such device, or it cannot be opened.
    """
    return _opened(
        "OutputStream",
        lambda sounddevice: _choose(sounddevice, settings, channels, sample_rate),
        build,
        "end other programs that use it, or choose another device",
        latency=settings.latency_seconds,
        blocksize=settings.block,
        finished_callback=finished,
        clip_off=True,  # what is played has passed the limiter, and dither is for integers
        dither_off=True,
    )


def open_input(
    settings: InputSettings,
    sample_rate: int,
    build: Callable[[Plan], Callable[..., None]],
    finished: Callable[[], None],
) -> Any:
    """Open a device to listen to it, without starting it yet: its first channel, or two.

    Args:
        settings: Which one, and how.
        sample_rate: Hz of the sound; the device runs at another rate if it refuses this one.
        build: Makes the callback for what was chosen.
        finished: As for ``open_output``.

    Returns:
        ``sounddevice.InputStream``, for ``close_stream``.

    Raises:
        DeviceError: If there is no such device, or it cannot be opened.
    """

    def choose(sounddevice: Any) -> Plan:
        index, device = _found(sounddevice, settings.device, "input")
        count = min(device.channels, 2)
        takes = _takes(sounddevice, "input", index, count, sample_rate)
        return Plan(index, device.name, count, sample_rate if takes else device.sample_rate)

    return _opened(
        "InputStream",
        choose,
        build,
        "end other programs that use it, allow this one the microphone, or choose another device",
        latency=settings.latency_seconds,
        finished_callback=finished,
    )


def _opened(
    kind: str, choose: Callable[[Any], Plan], build: Callable[[Plan], Callable[..., None]], advice: str, **how: Any
) -> Any:
    """A stream of ``sounddevice``'s class of that name, which ``close_stream`` knows."""
    with _lock:
        sounddevice = _portaudio()
        plan = choose(sounddevice)
        try:
            stream = getattr(sounddevice, kind)(
                device=plan.index,
                samplerate=plan.rate,
                channels=plan.channels,
                dtype="float32",
                callback=build(plan),
                **how,
            )
        except sounddevice.PortAudioError as error:
            raise DeviceError(
                f"the sound device {plan.name!r} could not be opened at {plan.rate} Hz with {plan.channels} channels "
                f"({error}); {advice}"
            ) from error
        _open_streams.append(stream)
        return stream


def close_stream(stream: Any) -> bool:
    """Stop a stream at once, dropping what it has not played, and free the device; a lost one too.

    Returns:
        Whether the device was freed; one that does not answer within two seconds is left behind with its thread.
    """

    def close() -> None:
        with contextlib.suppress(Exception):  # the device may be gone, and is to be forgotten in any case
            stream.abort()
        with contextlib.suppress(Exception):
            stream.close()

    with _lock:
        if stream in _open_streams:
            _open_streams.remove(stream)
        closing = threading.Thread(target=close, name="terrain-device-close", daemon=True)
        closing.start()
        closing.join(_LONGEST_CLOSE)
        if closing.is_alive():
            _stuck.append(closing)
        return not closing.is_alive()


def _end(sounddevice: Any) -> None:
    """What ``sounddevice`` does when Python ends, but not waiting for ever for a device that does not answer."""
    global _ended
    with _lock:
        _ended = True
        let_go = [close_stream(stream) for stream in list(_open_streams)]
    if not all(let_go) or any(closing.is_alive() for closing in _stuck):
        atexit.unregister(sounddevice._exit_handler)


def _portaudio() -> Any:
    """The library, with the devices that are there now."""
    global _first, _ours
    if _first:
        _ours = "sounddevice" not in sys.modules
    try:
        import sounddevice
    except OSError as error:  # not an ImportError: the Linux wheel is there and its library is not
        raise NoPortAudio(
            "playing on this machine's sound device needs the PortAudio library, which is missing here; "
            "install it with: sudo apt-get install libportaudio2"
        ) from error
    except ImportError as error:
        raise NoPortAudio(
            "playing on this machine's sound device needs a package; install it with: pip install sounddevice"
        ) from error
    if _first:
        atexit.register(_end, sounddevice)  # what is registered last runs first: before sounddevice's own
    if _ended:
        raise NoPortAudio("this program is ending, so no sound device is opened any more")
    try:
        _stuck[:] = [closing for closing in _stuck if closing.is_alive()]
        if not _first and _ours and not _open_streams and not _stuck:
            if sounddevice._initialized:
                sounddevice._terminate()
            sounddevice._initialize()
    except sounddevice.PortAudioError as error:
        raise DeviceError(f"PortAudio could not start ({error}); sound in the page needs none of it") from error
    _first = False
    return sounddevice


def _devices(sounddevice: Any, way: str) -> list[tuple[int, SoundDevice]]:
    """PortAudio's number of each device that plays, or hears, and what it is."""
    try:
        default = sounddevice.query_devices(kind=way)["index"]
    except (sounddevice.PortAudioError, ValueError):  # there is none
        default = -1
    return [
        (
            index,
            SoundDevice(
                info["name"],
                sounddevice.query_hostapis(info["hostapi"])["name"],
                int(info[f"max_{way}_channels"]),
                int(info["default_samplerate"]),
                index == default,
            ),
        )
        for index, info in enumerate(sounddevice.query_devices())
        if info[f"max_{way}_channels"] > 0
    ]


def _found(sounddevice: Any, wanted: str | None, way: str) -> tuple[int, SoundDevice]:
    """PortAudio's number of the device of that name or label, or of the default one."""
    devices = sorted(_devices(sounddevice, way), key=lambda entry: not entry[1].is_default)
    if not devices:
        raise DeviceError(
            f"this machine has no sound {way}: connect one, or start its sound server; sound in the page needs none"
        )
    if wanted is None:
        return devices[0]
    for entry in devices:
        if wanted in (entry[1].name, entry[1].label):
            return entry
    there = ", ".join(repr(device.name) for _, device in devices)
    raise DeviceError(f"there is no sound device {wanted!r} now; there is {there}")


def _choose(sounddevice: Any, settings: DeviceSettings, channels: int, sample_rate: int) -> Plan:
    index, device = _found(sounddevice, settings.device, "output")
    count = min(device.channels, max(2, channels))
    rate = settings.rate
    if rate is None and not _takes(sounddevice, "output", index, count, sample_rate):
        rate = device.sample_rate
    elif rate is None and device.host_api == "ALSA" and _takes(sounddevice, "output", index, count, _ODD_RATE):
        rate = _SERVER_RATE
    return Plan(index, device.name, count, rate or sample_rate)


def _takes(sounddevice: Any, way: str, index: int, channels: int, rate: int) -> bool:
    check = getattr(sounddevice, f"check_{way}_settings")
    try:
        check(device=index, channels=channels, dtype="float32", samplerate=rate)
    except sounddevice.PortAudioError:
        return False
    return True
