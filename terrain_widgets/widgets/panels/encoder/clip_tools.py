"""What can be done with the selected clip: its name, its place in the list, its part, its end."""

from __future__ import annotations

from collections.abc import Callable

from terrain_widgets.session.session import Session
from terrain_widgets.widgets.controls.boxes import Column, Row
from terrain_widgets.widgets.controls.buttons import button
from terrain_widgets.widgets.controls.numbers import RangeSlider
from terrain_widgets.widgets.controls.words import TextField

Do = Callable[[Callable[[], object]], None]


class ClipTools(Column):
    """Controls for one clip, the selected one.

    Args:
        session: Whose clip.
        do: Runs an action on the UI thread and says what goes wrong.
        mark: Told which part of which clip is about to be kept: id, start and end in seconds.
    """

    def __init__(self, session: Session, do: Do, mark: Callable[[str, float, float], None]) -> None:
        self._session, self._do, self._mark = session, do, mark
        self._shown = ""
        self._part_shown: tuple[str, float, float, float] | None = None
        self._name = TextField(
            placeholder="name of the sound",
            tooltip="The selected sound's name; Enter renames it",
            wide=True,
        )
        self._up = button("", "Move the selected sound up (Shift and arrow key in the list)", "arrow-up")
        self._down = button("", "Move the selected sound down (Shift and arrow key in the list)", "arrow-down")
        self._remove = button("Remove", "Remove the selected sound (Delete in the list; undo brings it back)", "minus")
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
        self._trim = button(
            "Trim", "Keep this part only; it is encoded again, its path stays (undo brings the rest back)"
        )
        super().__init__(
            [
                Row([self._name, self._up, self._down, self._remove]),
                Row([self._part, self._trim]),
            ]
        )
        self._name.observe(self._renamed, names="value")
        self._part.observe(self._drawn_in, names="value")
        self._up.on_click(lambda _: do(lambda: session.document.move_sound(session.document.selected, -1)))
        self._down.on_click(lambda _: do(lambda: session.document.move_sound(session.document.selected, 1)))
        self._remove.on_click(lambda _: do(lambda: session.document.remove_sound(session.document.selected)))
        self._trim.on_click(lambda _: do(self._cut))

    def show(self) -> None:
        """Show the selected clip as it is now. On the UI thread."""
        clips = self._session.state.clips
        ids = [clip.id for clip in clips]
        if self._session.document.selected not in ids:
            for control in (self._name, self._up, self._down, self._remove, self._part, self._trim):
                control.disabled = True
            self._shown = self._name.value = ""
            self._part_shown = None
            return
        place = ids.index(self._session.document.selected)
        clip = clips[place]
        self._shown = ""  # what is set below is not the user's
        for control in (self._name, self._remove, self._part):
            control.disabled = False
        self._up.disabled, self._down.disabled = place == 0, place == len(clips) - 1
        self._name.value = clip.name
        duration = round(clip.uncut.duration, 2)
        part = (clip.id, clip.start, clip.end, duration)
        if part != self._part_shown:  # else a part that is being chosen stays, whatever else has changed
            self._part_shown = part
            self._part.max = max(duration, 0.02)
            self._part.value = self._on_slider(*part[1:])
            self._trim.disabled = True
            self._mark("", 0.0, 0.0)
        self._shown = clip.id

    def _renamed(self, change: dict[str, str]) -> None:
        clip_id, name = self._shown, change["new"]
        if clip_id:
            self._do(lambda: self._session.document.rename_sound(clip_id, name))

    def _drawn_in(self, change: dict[str, tuple[float, float]]) -> None:
        clip_id = self._shown
        if clip_id:
            start, end = change["new"]
            whole = self._part_shown is not None and (start, end) == self._on_slider(*self._part_shown[1:])
            self._trim.disabled = whole
            self._mark("" if whole else clip_id, start, end)

    @staticmethod
    def _on_slider(start: float, end: float, duration: float) -> tuple[float, float]:
        """The slider shows hundredths of a second."""
        return round(start, 2), min(round(end, 2), duration)

    def _cut(self) -> None:
        clip = self._session.state.clip(self._session.document.selected)
        start, end = self._part.value
        # At its end the slider means the sound's own.
        self._session.sounds.trim(clip.id, start, None if end >= self._part.max else end)
