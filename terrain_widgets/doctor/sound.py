"""Ways for the sound to be heard."""

from __future__ import annotations

from collections.abc import Iterator

from terrain_widgets.audio.device.device import DeviceError, NoPortAudio
from terrain_widgets.doctor.finding import Finding


def page() -> Iterator[Finding]:
    """What a page needs; the kernel cannot look into the browser."""
    yield Finding(
        "page sound",
        "ok",
        "sound plays in the page, from any kernel; the page must come by https or from localhost, and wants one click",
    )


def devices() -> Iterator[Finding]:
    """PortAudio and the devices of the kernel's machine."""
    from terrain_widgets.audio.device.portaudio import output_devices

    try:
        found = output_devices()
    except NoPortAudio as error:
        yield Finding(
            "PortAudio", "note", str(error), "for the kernel's own sound card: sudo apt-get install libportaudio2"
        )
        return
    except DeviceError as error:
        yield Finding("sound card", "note", str(error), "play in the page, or connect a sound device and look again")
        return
    yield Finding("PortAudio", "ok", "found")
    names = ", ".join(f"{device.label}{' (default)' if device.is_default else ''}" for device in found)
    if found:
        yield Finding("sound card", "ok", names)
    else:
        yield Finding(
            "sound card",
            "note",
            "the kernel's machine has none",
            "nothing to do: sound plays in the page. With a card of its own the kernel answers sooner",
        )


def codec() -> Iterator[Finding]:
    """Whether the bundled codec makes sound here at all."""
    import numpy as np

    from terrain_widgets.codecs.loading import CodecError, load_codec

    try:
        bundled = load_codec()
        tone = np.sin(2 * np.pi * 440 * np.arange(22050) / 44100, dtype=np.float32)[None] * np.float32(0.3)
        back = bundled.decode(bundled.encode(tone, 44100))
    except (CodecError, RuntimeError, OSError, ImportError) as error:
        yield Finding(
            "codec", "problem", f"the bundled codec fails: {error}", "install terrain_widgets and torch again"
        )
        return
    if float(np.abs(back).max()) < 1e-3:
        yield Finding("codec", "problem", "the bundled codec gives silence", "install terrain_widgets again")
    else:
        yield Finding("codec", "ok", f"{bundled.info.name} encodes and decodes a tone")
