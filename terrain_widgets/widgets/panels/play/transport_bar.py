"""Play along the drawn paths, run a clip underneath, record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.bar import BarItem, items_of
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.base.patch_control import parameter_control, patch_control
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.words import Words

_LONGEST_NAME = 18  # on the stage's bar
_LOOPS = (("once", "once"), ("loop", "loop"), ("back and forth", "ping-pong"))
_MODES = (
    ("add the terrain to it", "add"),
    ("multiply it by the terrain", "multiply"),
    ("replace it by the terrain", "override"),
    ("leave it as it is", "keep"),
)
#: What some codecs follow, by address: shown while such a one plays.
_OF_CODECS = {
    "mosaic.neighbours": "Grains",
    "mosaic.sharpness": "Sharpness",
    "one_shot.distance": "Strike after",
    "one_shot.repeat": "Repeat",
    "one_shot.ring": "Ring",
}


class TransportBar(Part):
    """What plays by itself.

    Args:
        panel: In which it stands.
        offered: Called when what its buttons offer may have changed.
    """

    def __init__(self, panel: Panel, offered: Callable[[], object]) -> None:
        super().__init__(panel)
        self._offered = offered
        self._filling = False
        self._path = Dropdown(description="Path", tooltip="Whose path the buttons beside it play", wide=True)
        self._loop = Dropdown(_LOOPS, value="loop", tooltip="What happens at the path's end")
        self._speed = parameter_control(PARAMETERS.at("playheads.*.speed"), "Speed")
        self._gain = parameter_control(PARAMETERS.at("playheads.*.gain"), "Level")
        self._base = Dropdown(description="Backing clip", tooltip="A clip that runs underneath", wide=True)
        self._mode = Dropdown(
            _MODES,
            value="add",
            description="Terrain",
            tooltip="What the terrain under the pointer does to the clip",
            wide=True,
        )
        self._wet = patch_control(panel, "clip.wet", "Wet")
        self._width = patch_control(panel, "hand.width", "Width")
        self._codecs = {address: patch_control(panel, address, words) for address, words in _OF_CODECS.items()}
        self._recorded = Words(tone="quiet")
        self._rows = self._actions()
        play, stop_all, record = self.offers(*self._rows)
        self.children = (
            Row([self._path, self._loop]),
            Row([play, stop_all]),
            self._speed,
            self._gain,
            self._base,
            self._mode,
            self._wet,
            self._width,
            Row(self._codecs.values()),
            Row([record, self._recorded]),
        )
        stage = self.session.stage
        self._path.observe(lambda _: self._unless_filling(self._show_playhead), names="value")
        for control, name in ((self._speed, "speed"), (self._gain, "gain"), (self._loop, "loop")):
            control.observe(lambda _, name=name: self._unless_filling(lambda: self._changed(name)), names="value")
        for menu in (self._base, self._mode):
            menu.observe(lambda _: self._unless_filling(self._run_base), names="value")
        self.listen("state", self._refresh, self.session.document)
        self.listen("selected", self._take_selected, self.session.document)
        self.listen("latents", self._refresh, self.session.sounds)
        self.listen("shown", self._refresh, self.session.stage.sources)
        self.listen("now", self._refresh, stage.playheads)
        self.listen("sound", self._refresh, stage.clip)
        self.listen("recording", self._offer, self.session.sound)
        self._refresh()

    def tick(self, seconds: float) -> None:
        """Show how long the recording is, or that it has ended at its limit. On the UI thread."""
        recording = self.session.sound.recording
        if recording and seconds > 0.0:
            self._recorded.value = f"{Path(recording).name} · {seconds:.0f} s"

    def _actions(self) -> list[Action]:
        session, playheads = self.session, self.session.stage.playheads

        def ready() -> bool:
            return session.stage.sources.shown is not None

        def playing() -> bool:
            head = playheads.now.get(self._path.value)
            return head is not None and head.playing

        def recording() -> bool:
            return bool(session.sound.recording)

        return [
            Action(
                "play",
                "Play",
                "Play along this path",
                self._play_or_pause,
                enabled=lambda: ready() and bool(self._path.value),
                face=lambda: Face("Pause", "pause") if playing() else Face("Play", "play"),
            ),
            Action(
                "stop-all",
                "Stop the playheads",
                "Take all playheads away",
                playheads.clear,
                enabled=lambda: len(playheads.now) > 0,
                face=lambda: Face("", "stop"),
            ),
            Action(
                "record",
                "Record",
                "Record what is heard and how it was played",
                self._record_or_stop,
                enabled=ready,
                face=lambda: Face("Stop recording", "stop", "danger") if recording() else Face("Record", "circle"),
            ),
        ]

    @property
    def on_stage(self) -> list[BarItem]:
        """The buttons as a stage shows them: there the path's name is on the first, as no menu stands beside it."""
        play, *others = items_of(self._rows)
        state = self.session.state
        name = next((clip.name for clip in state.clips if clip.id == self._path.value), "")
        short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
        return [replace(play, title=f"{play.title} {short}".rstrip()), *others]

    # --- what is pressed

    def _unless_filling(self, act: Any) -> None:
        if not self._filling:
            self.do(act)

    def _play_or_pause(self) -> None:
        playheads, name = self.session.stage.playheads, self._path.value
        if not name:
            raise ValueError("draw a path first: it is what a playhead follows")
        head = playheads.now.get(name)
        if head is None:
            playheads.play(name, speed=self._speed.value, loop=self._loop.value, gain=self._gain.value)
        else:
            playheads.change(name, playing=not head.playing)

    def _changed(self, what: str) -> None:
        control = {"speed": self._speed, "gain": self._gain, "loop": self._loop}[what]
        if self._path.value in self.session.stage.playheads.now:
            self.session.stage.playheads.change(self._path.value, **{what: control.value})

    def _run_base(self) -> None:
        if self._base.value:
            self.session.stage.clip.run(self._base.value, self._mode.value)
        else:
            self.session.stage.clip.stop()

    def _record_or_stop(self) -> None:
        sound = self.session.sound
        if sound.recording:
            path = Path(sound.stop_recording())
            near = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
            self._recorded.value = f"{near}, and how it was played beside it"
        else:
            sound.record()

    # --- what is shown

    def _take_selected(self) -> None:
        """The sound that is chosen in the list is the one whose path can be played, if it has one."""
        if (chosen := self.session.document.selected) in self.session.state.paths:
            self._path.value = chosen

    def _refresh(self) -> None:
        state, stage = self.session.state, self.session.stage
        self._filling = True  # filling a menu must not choose for the user
        try:
            drawn = [clip for clip in state.clips if clip.id in state.paths]
            paths = [(self._mark(clip.id) + clip.name, clip.id) for clip in drawn]
            self._fill(self._path, paths or [("no path yet", "")])
            self._fill(self._base, [("nothing", ""), *((clip.name, clip.id) for clip in self.session.sounds.encoded)])
            self._base.value = stage.clip.sound
        finally:
            self._filling = False
        codec = self.session.sounds.loaded_codec
        stereo = codec is not None and codec.info.channels == 2
        self._width.visible = stereo  # of one channel there is no width
        followed = () if codec is None else codec.info.capabilities.parameters
        for address, control in self._codecs.items():
            control.visible = address in followed
        self._show_playhead()
        self._mode.disabled = self._wet.disabled = not stage.clip.sound

    def _offer(self) -> None:
        self.offers.show()
        self._offered()

    def _mark(self, clip_id: str) -> str:
        head = self.session.stage.playheads.now.get(clip_id)
        return "" if head is None else "▶ " if head.playing else "‖ "

    @staticmethod
    def _fill(menu: Dropdown, options: list[tuple[str, str]]) -> None:
        chosen = menu.value
        if tuple(menu.options) != tuple(options):
            menu.options = options
        values = [value for _, value in options]
        menu.value = chosen if chosen in values else values[0]

    def _show_playhead(self) -> None:
        head = self.session.stage.playheads.now.get(self._path.value)
        self._offer()
        if head is not None:
            self._filling = True
            try:
                self._speed.value, self._gain.value, self._loop.value = head.speed, head.gain, head.loop
            finally:
                self._filling = False
