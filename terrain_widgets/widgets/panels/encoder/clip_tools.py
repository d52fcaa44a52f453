"""What can be done with the selected clip: its name, its place in the list, its part, its end."""

from __future__ import annotations

from collections.abc import Callable

from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.numbers import RangeSlider
from terrain_widgets.widgets.controls.words import TextField


class ClipTools(Part):
    """Controls for one clip, the selected one.

    Args:
        panel: In which it stands.
        mark: Told which part of which clip is about to be kept: id, start and end in seconds.
    """

    def __init__(self, panel: Panel, mark: Callable[[str, float, float], None]) -> None:
        super().__init__(panel)
        self._mark = mark
        self._shown = ""
        self._part_shown: tuple[str, float, float, float] | None = None
        self._name = TextField(
            placeholder="name of the sound",
            tooltip="The selected sound's name; Enter renames it",
            wide=True,
        )
        self._part = RangeSlider(
            min=0.0,
            max=1.0,
            value=(0.0, 1.0),
            step=0.01,
            description="Part (s)",
            tooltip="Start and end of what is kept of the selected sound, in seconds",
            readout_format=".2f",
            wide=True,
        )
        *places, trim = self.offers(*self._actions())
        self.children = (Row([self._name, *places]), Row([self._part, trim]))
        self._name.observe(self._renamed, names="value")
        self._part.observe(self._drawn_in, names="value")

    def _actions(self) -> list[Action]:
        document = self.session.document
        return [
            Action(
                "move-up",
                "Move up",
                "Move the selected sound up (Shift and arrow key in the list)",
                lambda: document.move_sound(document.selected, -1),
                enabled=lambda: self._place > 0,
                face=lambda: Face("", "arrow-up"),
            ),
            Action(
                "move-down",
                "Move down",
                "Move the selected sound down (Shift and arrow key in the list)",
                lambda: document.move_sound(document.selected, 1),
                enabled=lambda: 0 <= self._place < len(self.session.state.clips) - 1,
                face=lambda: Face("", "arrow-down"),
            ),
            Action(
                "remove",
                "Remove",
                "Remove the selected sound (Delete in the list; undo brings it back)",
                lambda: document.remove_sound(document.selected),
                enabled=lambda: self._place >= 0,
                icon="minus",
            ),
            Action(
                "trim",
                "Trim",
                "Keep this part only; it is encoded again, its path stays (undo brings the rest back)",
                self._cut,
                enabled=lambda: self._place >= 0 and not self._whole,
            ),
        ]

    @property
    def _place(self) -> int:
        """The selected clip's in the list, or -1."""
        ids = [clip.id for clip in self.session.state.clips]
        return ids.index(self.session.document.selected) if self.session.document.selected in ids else -1

    @property
    def _whole(self) -> bool:
        """Whether the slider chooses all that there is of the clip now."""
        return self._part_shown is None or self._part.value == self._on_slider(*self._part_shown[1:])

    def show(self) -> None:
        """Show the selected clip as it is now. On the UI thread."""
        place = self._place
        self._name.disabled = self._part.disabled = place < 0
        if place < 0:
            self._shown = self._name.value = ""
            self._part_shown = None
            self.offers.show()
            return
        clip = self.session.state.clips[place]
        self._shown = ""  # what is set below is not the user's
        self._name.value = clip.name
        duration = round(clip.uncut.duration, 2)
        part = (clip.id, clip.start, clip.end, duration)
        if part != self._part_shown:  # else a part that is being chosen stays, whatever else has changed
            self._part_shown = part
            self._part.max = max(duration, 0.02)
            self._part.value = self._on_slider(*part[1:])
            self._mark("", 0.0, 0.0)
        self._shown = clip.id
        self.offers.show()

    def _renamed(self, change: dict[str, str]) -> None:
        clip_id, name = self._shown, change["new"]
        if clip_id:
            self.do(lambda: self.session.document.rename_sound(clip_id, name))

    def _drawn_in(self, change: dict[str, tuple[float, float]]) -> None:
        clip_id = self._shown
        if clip_id:
            self.offers.show()
            self._mark("" if self._whole else clip_id, *change["new"])

    @staticmethod
    def _on_slider(start: float, end: float, duration: float) -> tuple[float, float]:
        """The slider shows hundredths of a second."""
        return round(start, 2), min(round(end, 2), duration)

    def _cut(self) -> None:
        clip = self.session.state.clip(self.session.document.selected)
        start, end = self._part.value
        # At its end the slider means the sound's own.
        self.session.sounds.trim(clip.id, start, None if end >= self._part.max else end)
