"""Seeds by a picture: latents get those that are nearest to a place on it."""

from __future__ import annotations

from terrain_widgets.core.modulation.seed_map import LAYOUTS
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row, Slot
from terrain_widgets.widgets.controls.buttons import Checkbox
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.panels.modulate.seed_picture import SeedPicture


class SeedsPart(Part):
    """The seed map of the first latent's noise, in one of its layouts.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._modulators = self.session.stage.modulators
        self._layout = Dropdown(
            [(layout.upper(), layout) for layout in LAYOUTS],
            description="Laid out by",
            tooltip="How features of 256 movements become places",
        )
        self._link = Checkbox(description="One for all", tooltip="All latents get the nearest seed")
        self.picture = SeedPicture(lambda place: self.do(lambda: self._pick(place)))
        self.children = (Row([self._layout, self._link]), Slot(self.picture))
        self._layout.observe(lambda _change: self._refresh(), names="value")
        self.listen("patch", self._refresh, self.session.document)
        self._refresh()

    def _pick(self, place: tuple[float, float]) -> None:
        self.picture.at = list(place)
        self._modulators.pick_seeds(place, link=self._link.value, layout=self._layout.value)

    def _refresh(self) -> None:
        try:
            seeds = self._modulators.seed_map(self._layout.value)
        except ValueError:
            self.picture.show(None, (), "Only noise has seeds: choose another basis.")
            return
        used = self._modulators["seed"]
        many = used if isinstance(used, tuple) else ()
        self.picture.show(seeds, many, f"256 movements of the noise {seeds.basis}; alike ones lie beside each other.")
