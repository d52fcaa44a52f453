"""The session's terrain through the codec as it was and as it was trained, to be heard side by side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.session.sounds.reconstruction import Reconstruction
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Slot
from terrain_widgets.widgets.panels.encoder.listening import Listening

_SECONDS = 6.0
_RADIUS = 0.35  # of the plane's width and height


class BeforeAndAfterPart(Part):
    """One walk over the terrain that is shown, through both codecs; there once something was trained.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._lab, self._sources = self.session.sounds.codec_lab, self.session.stage.sources
        self._made = 0
        self._listening = Listening(make=lambda _: self._give(), sides=["Before", "Trained"], nothing="")
        self.children = (Slot(self._listening),)
        for trait, owner in (("result", self._lab), ("status", self._lab), ("shown", self._sources)):
            self.listen(trait, self._show, owner)
        self._show()

    def _show(self) -> None:
        self.visible = bool(self._lab.result) and self._sources.shown is not None and not self._trains
        self._made += 1
        self._listening.about = "A circle on your terrain, through the codec before and through the trained one."
        self._listening.token = f"{self._made} {self._lab.result}" if self.visible else ""

    @property
    def _trains(self) -> bool:
        return bool(self._lab.status.state == "running")

    def _give(self) -> tuple[str, bytes]:
        mapping = self._sources.shown
        if mapping is None:
            raise ValueError("there is no terrain any more")
        info = self.session.codec.info
        walk = _circle(self.session.document.boundary, round(_SECONDS * info.frame_rate))
        old, new = self._lab.side_by_side(mapping, walk).values()
        length = min(old.shape[1], new.shape[1])
        return "before and trained", Reconstruction("", info.sample_rate, old[:1, :length], new[:1, :length], 0.0).wav()


def _circle(boundary: Boundary, count: int) -> NDArray[np.float64]:
    """Places ``[count, 2]`` once around the middle of the plane."""
    angle = np.linspace(0.0, 2 * np.pi, count)
    return boundary.from_unit(0.5 + _RADIUS * np.stack([np.cos(angle), np.sin(angle)], 1))
