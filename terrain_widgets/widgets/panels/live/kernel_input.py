"""What the kernel's engine listens to, where that plays: a menu of its machine's devices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from terrain_widgets.audio.device.device import DeviceError
from terrain_widgets.io.sound_sources import as_sound
from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.base.ui_ticker import UiTicker
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.words import Words

_LARGEST = 64 * 2**20  # bytes
_DEFAULT = ("The system's default", None)


class KernelInput(Part):
    """Begins and ends listening in the kernel, and says how it is.

    Args:
        panel: In which it stands.
        modes: What the terrain is to do to what is heard.
    """

    def __init__(self, panel: Panel, modes: Callable[[], Any]) -> None:
        super().__init__(panel)
        self._modes = modes
        self._listening = self.session.stage.listening
        self._able = True
        self._device = Dropdown(
            (_DEFAULT,), description="Microphone", tooltip="A sound device of the machine that the kernel runs on"
        )
        listen, stop, look = self.offers(
            Action(
                "listen",
                "Listen",
                "Play what this device hears; use headphones",
                lambda: self._listening.microphone(self._device.value, self._modes()),
                icon="microphone",
                enabled=lambda: self._able and self._listening.source is None,
            ),
            Action(
                "deaf",
                "Stop listening",
                "Close the device",
                self._listening.stop,
                icon="stop",
                enabled=lambda: self._listening.source is not None,
            ),
            Action("look", "Look again", "Find the devices there are now", self._look, icon="refresh"),
        )
        choose = self.offers.file(
            "live file",
            "Sound file…",
            "Play a sound file in a loop, in place of a device",
            enabled=lambda: self._able and self._listening.source is None,
            take=self._take,
            accept="audio/*",
            largest=_LARGEST,
        )
        self._words = Words()
        self.children = (Row([self._device, look]), Row([listen, choose, stop]), self._words)
        self._ticker = UiTicker(self._tell)
        self._looked, self._without = False, ""  # and why no device was found

    def show(self, able: bool) -> None:
        """Show how it is.

        Args:
            able: Whether the codec can encode live sound.
        """
        self._able = able
        self.offers.show()
        if self.visible and not self._looked:
            self._look()
        self._ticker.start()

    def close(self) -> None:
        """Tell nothing more; what is heard goes on."""
        self._ticker.close()

    def _take(self, name: str, data: bytes) -> str:
        sound = as_sound(data, name)
        self._listening.sound(sound, self._modes())
        return f"{name}, {sound.duration:.1f} s, is looped."

    def _look(self) -> None:
        self._looked, self._without = True, ""
        try:
            found = self._listening.devices
        except DeviceError as error:
            self._device.options = (_DEFAULT,)
            self._words.value = self._without = str(error)
            return
        self._device.options = (_DEFAULT, *((device.label, device.label) for device in found))

    def _tell(self) -> bool:
        if self._listening.source is None:
            self._words.value = self._without
            return False
        status = self._listening.status
        if status is None:
            self._words.value = "Starting to listen."
        elif status.message:
            self._words.value = status.message
        else:
            level = "silent" if status.level_db < -60 else "loud" if status.level_db > -6 else "heard"
            gaps = f"; {status.gaps} gaps" if status.gaps else ""
            late = 1000 * status.latency_seconds
            self._words.value = f"{status.device}: {level}, encoded {late:.0f} ms later{gaps}."
        return True
