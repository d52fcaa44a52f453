"""Which outputs the sound panel offers: the page, and the kernel's sound devices where page and kernel share a desk."""

from __future__ import annotations

from typing import Any

from terrain_widgets.audio.device.device import DeviceError, DeviceSettings
from terrain_widgets.io.preferences import preferences, remember
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.sound.sound_panel import PAGE, SoundPanel

_LOCAL = ("localhost", "127.0.0.1", "::1", "[::1]")
_KEY = "sound_output"


class Outputs:
    """Fills the panel's menu and does what is chosen there. On the UI thread only.

    Args:
        session: Whose engine plays.
        sink: The panel.
    """

    def __init__(self, session: Session, sink: SoundPanel) -> None:
        self._session, self._sink = session, sink
        self._found: set[str] = set()
        self._say_which()

    def look(self) -> None:
        """Ask for the devices there are now, and take the one that was chosen last time."""
        from terrain_widgets.audio.device.portaudio import output_devices

        self._found, why = set(), ""
        outputs: list[dict[str, Any]] = [{"id": PAGE, "label": "This page"}]
        if self._sink.page_host in _LOCAL:
            try:
                for device in output_devices():
                    self._found.add(f"device:{device.label}")
                    star = " (default)" if device.is_default else ""
                    outputs.append({"id": f"device:{device.label}", "label": f"{device.label}{star}"})
            except DeviceError as error:
                why = str(error)
        if self._sink.output not in {PAGE, *self._found}:
            self._sink.output = PAGE
        self._sink.outputs = outputs
        remembered = preferences().get(_KEY)
        if remembered in self._found and self._sink.output == PAGE and not self._sink.sound_on:
            self._sink.output = remembered
        self._say_which(why)

    def choose(self, output: str) -> None:
        """The user has chosen another output."""
        remember(_KEY, output)
        self.switch(self._sink.sound_on)
        self._say_which()

    def switch(self, on: bool) -> None:
        """Turn the chosen output on or off."""
        device = self._sink.output.removeprefix("device:") if self._sink.output != PAGE else None
        sound = self._session.sound
        if on and device is not None:
            self.volume(self._sink.volume_db)
            sound.use_device(DeviceSettings(device))
        else:
            if sound.device is not None:
                sound.use_device(None)
            if self._session.sound.engine is not None:
                self._session.sound.engine.set_gain(1.0)  # the page has a volume of its own
        if on:  # whatever plays: the panel's Panic silences what it is attached to
            sound.start()
            if sound.local is not None:
                self._sink.attach(sound.local)

    def volume(self, decibels: float) -> None:
        """The panel's volume: for a device it is applied in the engine."""
        host = self._session.sound.engine
        if host is not None and self._sink.output != PAGE:
            host.set_gain(0.0 if decibels <= -60.0 else 10.0 ** (decibels / 20.0))

    def tell(self) -> None:
        """Say how the device is doing."""
        status = None if self._session.sound.local is None else self._session.sound.local.device_status()
        self._sink.status_text = "" if status is None else status.message

    def _say_which(self, why: str = "") -> None:
        if self._sink.output != PAGE:
            name = self._sink.output.removeprefix("device:")
            self._sink.output_line = f"Sound on {name}, because you chose it; it answers sooner than the page."
        elif self._found:
            self._sink.output_line = "Sound in this page. The kernel's sound card answers sooner: choose it above."
        elif self._sink.page_host and self._sink.page_host not in _LOCAL:
            self._sink.output_line = "Sound in this page: the kernel runs on another machine."
        else:
            self._sink.output_line = f"Sound in this page: {why or 'the kernel has no sound card.'}"
