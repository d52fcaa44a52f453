"""Latents that move by themselves: one modulator for each, set together or one by one."""

from __future__ import annotations

import time
from typing import Any, Unpack

from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.base.patch_control import parameter_control, patch_control
from terrain_widgets.widgets.controls.boxes import Disclosure, Row, Slot
from terrain_widgets.widgets.controls.buttons import Button
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.item import Field
from terrain_widgets.widgets.panels.modulate.control_part import ControlPart
from terrain_widgets.widgets.panels.modulate.modulator_curves import ModulatorCurves
from terrain_widgets.widgets.panels.modulate.movers_part import MoversPart
from terrain_widgets.widgets.panels.modulate.seeds_part import SeedsPart

_ALL = -1
_LABELS = {
    "on": "Moves",
    "basis": "Basis",
    "energy": "Energy",
    "deviation": "Deviation",
    "jump": "Jump",
    "smooth": "Smooth",
    "loop_in": "Loop in",
    "loop": "Length",
    "chaos": "Chaos",
    "mode": "Limit",
    "limit": "at",
}


class ModulatePanel(Panel):
    """Has latents move: noise, cycles or steps, free or in loops of seconds or bars.

    Everything it does is a method of ``session.stage.modulators``, ``movers`` or ``control_map``; the codec is loaded
    to know how many latents there are.

    Args:
        session: Whose codec; a new session with the bundled one if none is given.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(self, session: Session | None = None, **options: Unpack[PanelOptions]) -> None:
        options.setdefault("layout", {"width": "440px"})
        super().__init__(session, "modulate", "Latents that move", **options)
        modulators = self.session.stage.modulators
        self._latent = Dropdown((("all latents", _ALL),), description="Of", tooltip="Which latents the controls set")
        self._fields: dict[str, Field] = {
            word: parameter_control(PARAMETERS.at(f"modulators.{word}"), label) for word, label in _LABELS.items()
        }
        tap = Button(description="Tap", tooltip="Tap on the beat: the tempo follows", icon="hand-pointer")
        trigger, shuffle, reset = self.offers(
            Action("trigger", "Trigger", "All begin again, in step", modulators.trigger, icon="step-backward"),
            Action("shuffle", "Shuffle", "Other movements of the same kind", modulators.shuffle, icon="random"),
            Action("reset", "Reset", "All as at first: nothing moves by itself", modulators.reset, icon="undo"),
        )
        self.curves = ModulatorCurves(key=self.session.sound.key)
        self.seeds, self.movers, self.control = SeedsPart(self), MoversPart(self), ControlPart(self)
        fields = self._fields
        self.lay_out(
            self.heading,
            Row([patch_control(self, "modulators.amount", "Amount"), self._latent, fields["on"]]),
            fields["basis"],
            fields["energy"],
            fields["deviation"],
            Row([fields["jump"], fields["smooth"]]),
            fields["loop_in"],
            fields["loop"],
            fields["chaos"],
            Row([fields["mode"], fields["limit"]]),
            Row([patch_control(self, "clock.tempo", "Tempo"), patch_control(self, "clock.beats", "Beats"), tap]),
            Row([trigger, patch_control(self, "clock.quantise", "waits for"), shuffle, reset]),
            Slot(self.curves),
            Disclosure([self.seeds], title="Seeds by a picture"),
            Disclosure([self.movers], title="Other numbers that move"),
            Disclosure([self.control], title="Control map"),
            self._notice,
        )
        tap.on_click(lambda _button: self._tapped(time.monotonic()))
        self._latent.observe(lambda _change: self._refresh(), names="value")
        for word, field in fields.items():
            field.observe(lambda change, word=word: self._set(word, change["new"]), names="value")
        self.listen("patch", self._refresh, self.session.document)
        self.listen("codec_name", self._refresh, self.session.sounds)
        for trait in ("asked", "follows", "trained"):
            self.listen(trait, self._refresh, self.session.stage.control_map)
        self._refresh()

    def _set(self, word: str, value: Any) -> None:
        if value == self._shown(word):
            return  # it is this panel that shows how it stands
        latent = self._latent.value
        self.do(lambda: self.session.stage.modulators.set(latent=None if latent == _ALL else latent, **{word: value}))

    def _tapped(self, seconds: float) -> None:
        self.do(lambda: self.session.stage.modulators.tap(seconds))  # when it was pressed, not when its turn has come

    def _refresh(self) -> None:
        dim = self.session.codec.info.latent_dim
        options = (("all latents", _ALL), *((f"latent {k + 1}", k) for k in range(dim)))
        if tuple(self._latent.options) != options:
            self._latent.options = options
        led = self.session.stage.control_map.values
        for word, field in self._fields.items():
            field.set_trait("value", self._shown(word))
            field.disabled = f"modulators.{word}" in led  # the hand sets it
        self.curves.show(self.session.document.patch.set(led), dim)

    def _shown(self, word: str) -> Any:
        """The chosen latent's value; of all latents, the first one's stands for the others."""
        stage = self.session.stage
        value = stage.control_map.values.get(f"modulators.{word}", stage.modulators[word])
        return value[max(0, min(self._latent.value, len(value) - 1))] if isinstance(value, tuple) else value
