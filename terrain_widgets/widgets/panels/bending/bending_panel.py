"""Bending by hand: layers in pictures, edits, their list, and how far all of it goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.bending.edit import Edit
from terrain_widgets.core.bending.edits import Curve, Towards
from terrain_widgets.core.bending.encoder_layers import is_encoder
from terrain_widgets.core.bending.layer import histogram, seen
from terrain_widgets.core.bending.output_edit import Output
from terrain_widgets.core.bending.outputs import LayerOutput, is_output
from terrain_widgets.core.bending.terrain_layers import is_terrain
from terrain_widgets.session.session import Session
from terrain_widgets.session.stage.bending.bending import LARGEST_FILE
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.controls.boxes import Disclosure, Row, Slot
from terrain_widgets.widgets.controls.choices import SelectList
from terrain_widgets.widgets.controls.numbers import Slider
from terrain_widgets.widgets.controls.words import TextField, Words
from terrain_widgets.widgets.panels.bending.bending_actions import layer_actions, list_actions
from terrain_widgets.widgets.panels.bending.compare_row import CompareRow
from terrain_widgets.widgets.panels.bending.heard_row import HeardRow
from terrain_widgets.widgets.panels.bending.output_row import REACH, OutputRow, channel_bars, transfer
from terrain_widgets.widgets.panels.bending.weights_row import WeightsRow
from terrain_widgets.widgets.panels.bending.weights_view import (
    BARS,
    CURVE_POINTS,
    SMALL_BARS,
    SmallPictures,
    WeightsView,
    bars,
    curve,
)

FloatArray = NDArray[np.float32]


class BendingPanel(Panel):
    """The model's layers, and what is done to them; heard at once, unless *Live* is off.

    Everything it does is a method of ``session.stage.bending``; the codec is loaded to know its layers.

    Args:
        session: Whose codec; a new session with the bundled one if none is given.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(self, session: Session | None = None, **options: Unpack[PanelOptions]) -> None:
        super().__init__(session, "bending", "Bend the model", **options)
        self._bending = bending = self.session.stage.bending
        self._layer, self._draws, self._showing = "", 0, False
        self.view, self._small = WeightsView(self._select, self._draw), SmallPictures()
        self._weights = WeightsRow(self._change, lambda: self._draws, lambda: self.do(self._refresh))
        self._steps = SelectList(rows=4, description="Edits", tooltip="What is done, in this order")
        self._other = TextField(
            description="Other model", placeholder="its path or name", tooltip="A model with layers like this one's"
        )
        self._share = Slider(
            description="Towards it",
            tooltip="Layers of the same name and shape go to the other model's in a straight line",
        )
        save = self.offers.file(
            "save",
            "Save",
            "All edits as one file (safetensors), in your browser's downloads",
            lambda: self._bends and len(bending.bend.steps) > 0,
            give=lambda: ("bend.safetensors", bending.to_bytes()),
        )
        open_ = self.offers.file(
            "open",
            "Open…",
            "Edits of a file in place of these; or Latent-Playground's WAV and JSON, one after the other",
            lambda: self._bends,
            take=bending.take_file,
            accept=".safetensors,.json,.wav",
            multiple=True,
            largest=LARGEST_FILE,
        )
        a_or_b, self._heard, self._output = CompareRow(self), HeardRow(self), OutputRow(self._change_output)
        self._none = Words("", "quiet")
        self._bends = False  # whether the codec has layers to bend
        of_layer = self.offers(*layer_actions(bending, lambda: self._layer, lambda: self._bends, self._drawn))
        of_list = self.offers(*list_actions(bending, lambda: self._chosen, lambda: self._bends, self._move))
        files = Disclosure([Row([self._other, self._share]), Row([save, open_])], title="Other models, files")
        pictures = Slot(self.view)
        #: What there is only where the codec has layers.
        self._parts = (pictures, Row(of_layer), *a_or_b.rows, self._heard.row, self._steps, Row(of_list), files)
        _, layer_row, *others = self._parts
        self.lay_out(
            self.heading, self._none, pictures, layer_row, self._weights.box, self._output.box, *others, self._notice
        )
        self._share.observe(self._go_towards, names="value")
        self._steps.observe(lambda _change: self.offers.show(), names="value")
        self.listen("state", self._refresh, self.session.document)
        self.listen("codec_name", self._refresh, self.session.sounds)
        self._refresh()

    # --- what a user does

    def _select(self, layer: str) -> None:
        self.do(lambda: self._choose(layer))

    def _choose(self, layer: str) -> None:
        self._layer = layer
        self._draws += 1
        self._refresh()

    def _change(self, edit: Edit, gesture: str) -> None:
        layer = self._layer
        # of what comes faster than it can be done the newest counts
        self.do(lambda: self._bending.replace_last(layer, edit, gesture), key=(self, layer, gesture))

    def _change_output(self) -> None:
        self.do(lambda: self._bending.replace_last(self._layer, self._output.edit(), "bend output"))

    def _draw(self, points: tuple[float, ...], stroke: int) -> None:
        if not is_output(self._layer):  # a curve is for weights
            self._change(Curve(points, "raw" if self._weights.raw else "sorted"), f"curve {stroke}")

    def _go_towards(self, change: dict[str, Any]) -> None:
        if not self._showing:
            self.do(lambda: self._bending.towards(self._other.value, change["new"]))

    def _drawn(self) -> int:
        self._draws += 1
        return self._draws

    def _move(self, way: int) -> None:
        chosen = self._chosen
        self._bending.move(chosen, chosen + way)
        self._steps.value = chosen + way

    @property
    def _chosen(self) -> int:
        return self._steps.value if isinstance(self._steps.value, int) else -1

    # --- what there is to see

    def _refresh(self) -> None:
        try:
            layers = self._bending.layers
        except ValueError as why:
            self._show_none(str(why))
            return
        self._none.value = "Choose a layer of the model, then change it or draw into it. The original is kept."
        outputs = self._bending.outputs
        if self._layer not in layers and self._layer not in outputs:
            of_codec = [name for name in layers if not is_terrain(name) and not is_encoder(name)] or list(layers)
            self._layer = of_codec[-2] if len(of_codec) > 1 else of_codec[0]
        bent = self._bending.bent
        with self.view.hold_sync():
            self.view.layers = [
                {
                    "name": name,
                    "shape": " × ".join(map(str, weights.shape)) or "one weight",
                    "bars": self._small.of(name, bent.get(name, weights)),
                    "bent": name in bent,
                }
                for name, weights in layers.items()
            ] + [
                {
                    "name": name,
                    "shape": f"{known.channels} channels of a layer's output",
                    "bars": channel_bars(bent.get(name, known.neutral), SMALL_BARS),
                    "bent": name in bent,
                }
                for name, known in outputs.items()
            ]
            self.view.selected = self._layer
            if is_output(self._layer):
                self._show_output(bent.get(self._layer, outputs[self._layer].neutral))
            else:
                self._show_weights(layers[self._layer], bent)
        chosen = outputs.get(self._layer)
        self._output.box.visible, self._weights.box.visible = chosen is not None, chosen is None
        self._show_steps()
        self._heard.show()

    def _show_output(self, table: FloatArray) -> None:
        straight = transfer(LayerOutput(1).neutral, CURVE_POINTS)
        self.view.captions = ["Gain of the channels", "What a value of the layer becomes, from -2 to 2"]
        self.view.draws = False
        self.view.limit, self.view.own_curve, self.view.bent_curve = REACH, straight, transfer(table, CURVE_POINTS)
        self.view.own_bars = channel_bars(LayerOutput(len(table)).neutral, BARS)
        self.view.bent_bars = channel_bars(table, BARS)
        changed = int((table != LayerOutput(len(table)).neutral).any(axis=1).sum())
        said = f"{self._layer}: {changed} of {len(table)} channels of this output are changed."
        self.view.words = self._about() + said

    def _show_weights(self, own: FloatArray, bent: Mapping[str, FloatArray]) -> None:
        now = bent.get(self._layer, own)
        limit = max(float(np.abs(own).max()), float(np.abs(now).max()), 1e-6)
        self.view.limit = limit
        self.view.own_bars, self.view.bent_bars = (bars(histogram(seen(w), -limit, limit, BARS)) for w in (own, now))
        order = "as they lie in memory" if self._weights.raw else "from smallest to largest"
        sorted_too = "" if self._weights.raw else "; what is drawn is sorted too"
        self.view.captions = ["How many weights have which value", f"Weights {order}; draw here{sorted_too}"]
        self.view.draws = True
        self.view.own_curve, self.view.bent_curve = (curve(w, limit, self._weights.raw) for w in (own, now))
        self.view.words = self._words(own, now)

    def _about(self) -> str:
        said = self._bending.about(self._layer)
        return f"{said} " if said else ""

    def _words(self, own: FloatArray, now: FloatArray) -> str:
        text = f"{self._about()}{self._layer}: mean {own.mean():.3f}, deviation {own.std():.3f}"
        return text + ("." if now is own else f"; bent: mean {now.mean():.3f}, deviation {now.std():.3f}.")

    def _show_steps(self) -> None:
        steps = self._bending.bend.steps
        chosen = min(self._chosen, len(steps) - 1)
        self._steps.options = [
            (f"{k + 1}  {_said(s.layer, s.edit)}{'' if s.on else '  (off)'}", k) for k, s in enumerate(steps)
        ]
        if steps:
            self._steps.value = chosen if chosen >= 0 else len(steps) - 1
        last = steps[-1].edit if steps and steps[-1].layer == self._layer else None
        self._showing = True
        try:
            self._weights.show(last)
            newest = (s.edit for s in steps[::-1] if s.layer == self._layer and isinstance(s.edit, Output))
            known = self._bending.outputs.get(self._layer)
            self._output.show(next(newest, None), known is not None and known.moves)
            self._share.value = next((s.edit.share for s in steps[::-1] if isinstance(s.edit, Towards)), 0.0)
        finally:
            self._showing = False
        self._show_whether(True)

    def _show_whether(self, bends: bool) -> None:
        self._bends = bends
        for part in self._parts:
            part.visible = bends
        self._weights.enable(bends)
        self._share.disabled = not bends
        self.offers.show()

    def _show_none(self, why: str) -> None:
        self._none.value = why
        with self.view.hold_sync():
            self.view.layers, self.view.selected, self.view.words = [], "", ""
            self.view.captions, self.view.draws = [], False
            self.view.own_bars = self.view.bent_bars = self.view.own_curve = self.view.bent_curve = []
        self._steps.options = []
        self._output.box.visible = self._weights.box.visible = False
        self._show_whether(False)


def _said(layer: str, edit: Edit) -> str:
    said = {
        key: value
        for key, value in edit.to_json().items()
        if key not in ("kind", "points", "seed", "weights", "channels")
    }
    settings = " ".join(
        f"{v:.2f}" if isinstance(v, float) else str(v) for v in said.values() if not isinstance(v, bool)
    )
    return f"{layer}  {edit.kind} {settings}".rstrip()
