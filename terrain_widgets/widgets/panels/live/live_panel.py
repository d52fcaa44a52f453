"""Live sound: what is heard, what the terrain does to it, and how much of it is mixed in."""

from __future__ import annotations

from typing import Any, Unpack, get_args

from terrain_widgets.audio.engine.sources.backing_clip import Mode
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.base.patch_control import patch_control
from terrain_widgets.widgets.controls.boxes import Row, Slot
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.words import Words
from terrain_widgets.widgets.panels.live.kernel_input import KernelInput
from terrain_widgets.widgets.panels.live.live_input import LiveInput

MIXED = "mixed"


class LivePanel(Panel):
    """Plays what a microphone hears, or a sound file, through the terrain, where the sound is made.

    In the page that is the page's microphone, else one of the kernel's machine (``session.stage.listening``). What
    becomes of it is in ``session.stage.clip``: ``listen``, ``mix``, ``stop``.

    Args:
        session: Whose sound; a new session with the bundled sounds if none is given.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(self, session: Session | None = None, **options: Unpack[PanelOptions]) -> None:
        super().__init__(session, "live", "Live sound", **options)
        self._showing = False
        self.input = LiveInput(lambda on: self.do(lambda: self._listen(on)), key=self.session.sound.key)
        self._mode = Dropdown(
            (*get_args(Mode), MIXED),
            description="Terrain",
            tooltip="What the terrain does to what is heard: nothing, takes its place, is added, multiplies it",
        )
        self._mode.observe(self._choose, names="value")
        self._why = Words("", "quiet")
        self.kernel = KernelInput(self, lambda: self._modes if self._mode.value == MIXED else self._mode.value)
        self._slot = Slot(self.input)
        self.lay_out(
            self.heading,
            self._why,
            self._slot,
            self.kernel,
            Row([self._mode, patch_control(self, "clip.wet", "Wet")]),
            self._notice,
        )
        self.listen("patch", self._show, self.session.document)
        self.listen("codec_name", self._show, self.session.sounds)
        self.listen("engine", self._show, self.session.sound)
        self.listen("source", self._show, self.session.stage.listening)
        self._show()

    def _listen(self, on: bool) -> None:
        clip = self.session.stage.clip
        if on:
            mode: Any = self._mode.value
            clip.listen(self._modes if mode == MIXED else mode)
        elif clip.listens:
            clip.stop()

    def _choose(self, change: dict[str, Any]) -> None:
        if not self._showing and change["new"] != MIXED:
            self.do(lambda: self.session.stage.set({"clip.modes": change["new"]}, "set clip.modes"))

    @property
    def _modes(self) -> Any:
        return self.session.document.patch["clip.modes"]

    def _show(self) -> None:
        modes = self._modes
        every = {modes} if isinstance(modes, str) else set(modes)
        self._showing = True
        try:
            if self.session.stage.clip.listens:
                self._mode.value = every.pop() if len(every) == 1 else MIXED
        finally:
            self._showing = False
        codec, sound = self.session.sounds.loaded_codec, self.session.sound
        can = None if codec is None else codec.info.capabilities
        # with the sound off: where the codec will hear, if the page cannot have it
        will = can is not None and can.streaming_encoder and not can.hears_in_page
        goes = sound.runs == "page" and can is not None and can.in_page
        in_kernel = sound.local is not None or (sound.engine is None and will and not goes)
        self._slot.visible, self.kernel.visible = not in_kernel, in_kernel
        able = can is None or (can.streaming_encoder if in_kernel else can.hears_in_page)
        self.input.ready = able
        self.kernel.show(able)
        where = "The kernel makes the sound, so a device of its machine is heard. " if in_kernel else ""
        self._why.value = (
            f"{where}What is heard becomes latents, and the terrain changes them. Wet 0 is what is heard itself."
            if able
            else f"The codec {self.session.sounds.codec_name!r} cannot encode live sound "
            f"{'' if in_kernel else 'in the page'}; pebble can."
        )

    def close(self) -> None:
        """End the panel; what the kernel hears goes on."""
        self.kernel.close()
        super().close()
