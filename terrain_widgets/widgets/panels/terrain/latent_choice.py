"""Which latents are meant: those that play, those of the sliders, or those of a sound's frame."""

from __future__ import annotations

from numpy.typing import ArrayLike

from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.numbers import Slider


class LatentChoice(Part):
    """A menu, and for a sound's frame the sound and the frame.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self.source = Dropdown(
            [
                ("what plays now", "playing"),
                ("the sliders", "sliders"),
                ("a sound's frame", "frame"),
                ("nothing yet", ""),
            ],
            description="Latents of",
            tooltip="What a new point sounds like, and what “Attach” attaches",
        )
        self.clip = Dropdown(description="Sound", tooltip="An encoded sound", wide=True)
        self.frame = Slider(
            description="Frame", min=0, max=0, step=1, integer=True, tooltip="Which of its latent frames", wide=True
        )
        self._of_sound = Row([self.clip, self.frame])
        self.children = (self.source, self._of_sound)
        self.source.observe(lambda _change: self.do(self._refresh), names="value")
        self.clip.observe(lambda _change: self.do(self._show_length), names="value")
        self.listen("state", self._refresh, self.session.document)
        self.listen("latents", self._refresh, self.session.sounds)
        self._refresh()

    def latent(self) -> ArrayLike | None:
        """The latents that are chosen, ``[D]``, or ``None`` for nothing yet.

        Raises:
            ValueError: If nothing has played yet, or no sound is encoded.
        """
        session, source = self.session, self.source.value
        if source == "playing":
            return session.stage.points.playing()
        if source == "sliders":
            return session.stage.sliders.prepare().values
        if source == "frame":
            if self.clip.value is None:
                raise ValueError("no sound is encoded yet: press “Encode” first")
            return session.stage.points.frame(self.clip.value, int(self.frame.value))
        return None

    def _refresh(self) -> None:
        options = [(clip.name, clip.id) for clip in self.session.sounds.encoded]
        if tuple(options) != tuple(self.clip.options):
            chosen = self.clip.value
            self.clip.options = options
            ids = [clip_id for _, clip_id in options]
            self.clip.value = chosen if chosen in ids else next(iter(ids), None)
        self._of_sound.visible = self.source.value == "frame"
        self._show_length()

    def _show_length(self) -> None:
        latents = self.session.latents.get(self.clip.value)
        self.frame.disabled = latents is None
        self.frame.max = 0 if latents is None else len(latents) - 1
