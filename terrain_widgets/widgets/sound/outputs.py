"""Which outputs the sound panel offers: the page, and the kernel's sound devices where page and kernel share a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from terrain_widgets.audio.device.device import DeviceError, DeviceSettings
from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.page_host.page_host import PageHost
from terrain_widgets.audio.page_host.page_setup import fits_page
from terrain_widgets.io.preferences import preferences, remember
from terrain_widgets.session.notices.events import CellResumed
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.sound.sound_panel import IN_PAGE, PAGE, STREAM, SoundPanel

_KEY = "sound_output"
_HERE = {"id": PAGE, "label": "This page"}
_SENT = {"id": STREAM, "label": "This page, made by the kernel"}


class Outputs:
    """Fills the panel's menu and does what is chosen there. On the UI thread only.

    The page makes the sound itself wherever codec and mapping can go into it; else the kernel makes it and sends it
    there, and the panel says so. A device plays because it was chosen.

    Args:
        session: Whose engine plays.
        sink: The panel.
    """

    def __init__(self, session: Session, sink: SoundPanel) -> None:
        self._session, self._sink = session, sink
        self._found: list[dict[str, Any]] = []
        self._why_no_device = ""
        self._wanted = PAGE
        sink.key = session.sound.key
        autosave = session.files.autosave
        sink.saved_as = "" if autosave.path is None else autosave.path.name
        self._tell_passing()
        sink.resumed = "" if autosave.resumed is None else autosave.resumed.name

    def connect(self, do: Callable[[Callable[[], object]], None]) -> None:
        """Do what the panel's page asks for.

        Args:
            do: Does it on the UI thread.
        """
        sink, sound = self._sink, self._session.sound
        sink.on_sound(lambda on: do(lambda: self.turned(on)))
        sink.on_output(lambda output: do(lambda: self.choose(output)))
        sink.on_volume(lambda decibels: do(lambda: self.volume(decibels)))
        sink.on_panic(lambda: do(self._session.stage.silenced))
        sink.on_left(lambda: do(sound.handed_over))
        sink.on_kept(lambda patch, passing: do(lambda: self.take_over(patch, passing)))

    @property
    def followed(self) -> list[tuple[traitlets.HasTraits, str, Callable[[], None]]]:
        """What of the session it follows: object, trait, and what is to be done on the UI thread when that changes."""
        sources, sound = self._session.stage.sources, self._session.sound
        return [
            (sources, "playing", self.settle),
            (sound, "engine", self.attach),
            (sound, "leaving", self.hand_over),
            (sound, "runs", self.follow),
            (sound, "passing", self._tell_passing),
            (sound, "lead", lambda: self._sink.set_lead(sound.lead)),
        ]

    def look(self) -> None:
        """Ask for the devices there are now, and take the one that was chosen last time."""
        from terrain_widgets.audio.device.portaudio import output_devices

        self._found, self._why_no_device = [], ""
        if self._sink.page_is_near:
            try:
                for device in output_devices():
                    star = " (default)" if device.is_default else ""
                    self._found.append({"id": f"device:{device.label}", "label": f"{device.label}{star}"})
            except DeviceError as error:
                self._why_no_device = str(error)
        known = {*IN_PAGE, *(each["id"] for each in self._found)}
        if self._wanted not in known:
            self._wanted = PAGE
        remembered = preferences().get(_KEY)
        if (
            isinstance(remembered, str)
            and remembered in known - {PAGE}
            and self._wanted == PAGE
            and not self._sink.sound_on
        ):
            self._wanted = remembered
        self.settle()

    def choose(self, output: str) -> None:
        """The user has chosen another output, or the page has left one that this machine was too slow for."""
        if not self._sink.too_slow:  # another time it may be fast enough
            remember(_KEY, output)
        self._wanted = output
        self.settle()
        self.switch(self._sink.sound_on)
        self.hand_over()

    def take_over(self, patch: dict[str, Any], passing: list[str]) -> None:
        """Set what the page has kept of the session that this one goes on from, but for what only played for now.

        Raises:
            ValueError: If it does not fit.
        """
        if self._session.stage.take_over(patch, passing):
            self._session.jobs.notices.say("files", CellResumed(page_settings=True))

    def hand_over(self) -> None:
        """Where no engine is left that is still heard, the output that was left is off."""
        if self._session.sound.leaving is None:
            self._sink.settle()

    @property
    def page_is_there(self) -> bool:
        """Whether a page shows the panel: without one, as in a script, the engine runs where the session says."""
        return bool(self._sink.page_host)

    @property
    def plays_elsewhere(self) -> bool:
        """Whether another view has the engine play."""
        engine = self._session.sound.engine
        if isinstance(engine, PageHost):
            return engine.plays
        return engine is not None and (self._sink.output == PAGE or self._sink.page_output.taken)

    def turned(self, on: bool) -> None:
        """The panel was turned on or off."""
        if not on and self.plays_elsewhere:
            return  # another view has taken it over
        self.switch(on)
        self._session.sound.listening = on
        if not on:  # a page that was closed under the pointer has not said that the pointer left
            self._session.sound.lift()

    def follow(self) -> None:
        """The engine runs elsewhere: where another view has moved it into the page, this output is the one chosen."""
        if self._session.sound.runs == "page" and self._wanted != PAGE:
            self._wanted = PAGE
            self._sink.sound_on = False  # it plays in that view
            self.settle()

    def settle(self) -> None:
        """Have engine and panel be where the chosen output wants them, or where they can be."""
        if not self.page_is_there:
            return
        why = self._why_not_here()
        output = STREAM if self._wanted == PAGE and why else self._wanted
        offered = [*([] if why else [_HERE]), _SENT, *self._found]
        if self._sink.outputs != offered:
            self._sink.outputs = offered
        moved = self._sink.output != output
        if moved:
            self._sink.output = output
        sound = self._session.sound
        others = sound.listening and not self._sink.sound_on  # another view's choice counts
        if (output == PAGE) != (sound.runs == "page") and not others:
            sound.run_in("page" if output == PAGE else "process")
        if moved:
            self.hand_over()
        self._say_which(why)

    def switch(self, on: bool) -> None:
        """Turn the chosen output on or off."""
        device = self._sink.output.removeprefix("device:") if self._sink.output not in IN_PAGE else None
        sound = self._session.sound
        if on and device is not None:
            sound.use_device(DeviceSettings(device))
            self.volume(self._sink.volume_db)
        elif sound.device is not None:
            sound.use_device(None)
        if on:  # whatever plays: the panel's Panic silences what it is attached to
            self.prepare()
        if device is None and sound.engine is not None:
            sound.engine.set_gain(1.0)  # the page has a volume of its own

    def prepare(self) -> None:
        """Start the engine where it runs, and attach the panel to it."""
        self.settle()
        self._session.sound.start()
        self.settle()  # starting it may have loaded a codec that cannot go into the page
        self.attach()

    def attach(self) -> None:
        """Attach the panel to the engine that runs."""
        engine = self._session.sound.engine
        if isinstance(engine, LocalHost) and self._sink.output == PAGE:
            if not self._why_not_here():
                self._sink.sound_on = False  # another view, or a cell, has moved it to the kernel
                return
            self.settle()
        if isinstance(engine, LocalHost | PageHost):
            self._sink.attach(engine)

    def volume(self, decibels: float) -> None:
        """The panel's volume: for a device it is applied in the engine."""
        host = self._session.sound.engine
        if host is not None and self._sink.output not in IN_PAGE:
            host.set_gain(0.0 if decibels <= -60.0 else 10.0 ** (decibels / 20.0))

    def tell(self) -> None:
        """Say how the device is doing."""
        status = None if self._session.sound.local is None else self._session.sound.local.device_status()
        self._sink.status_text = "" if status is None else status.message

    def _tell_passing(self) -> None:
        self._sink.passing = list(self._session.sound.passing)

    def _why_not_here(self) -> str:
        return fits_page(self._session.sounds.loaded_codec, self._session.stage.setup)

    def _say_which(self, why: str) -> None:
        sooner = " The kernel's sound card answers sooner: choose it above." if self._found else ""
        if self._sink.output not in IN_PAGE:
            name = self._sink.output.removeprefix("device:")
            line = f"Sound on {name}, because you chose it."
        elif self._sink.output == PAGE:
            line = "Sound made in this page: it needs no kernel while it plays."
        elif why:
            line = f"Sound in this page, made by the kernel: {why}.{sooner}"
        elif self._sink.too_slow:
            line = f"Sound in this page, made by the kernel: this machine was too slow to make it in the page.{sooner}"
        else:
            line = f"Sound in this page, made by the kernel.{sooner}"
        if not self._found and self._why_no_device and self._sink.output == STREAM:
            line += f" {self._why_no_device}"
        self._sink.output_line = line
