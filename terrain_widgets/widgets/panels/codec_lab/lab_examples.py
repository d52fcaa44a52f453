"""What the codec makes of sounds while it learns, to be seen and heard beside the sounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from terrain_widgets.session.sounds.reconstruction import Reconstruction
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.base.sound_picture import sound_picture
from terrain_widgets.widgets.controls.boxes import Card, Row, Slot
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.words import Picture, Words
from terrain_widgets.widgets.panels.encoder.listening import Listening

if TYPE_CHECKING:
    from terrain_widgets.codecs.trainer.recipe import Example

_SIZE = 128
_CEILING = 0.9


class ExamplesPart(Part):
    """Spectrograms of the newest examples, and one of them to be heard.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._lab = self.session.sounds.codec_lab
        self._pictures = Row([])
        self._which = Dropdown((), description="Hear", tooltip="Which of the examples is heard")
        self._listening = Listening(
            make=lambda _: self._give(),
            sides=["Original", "Codec"],
            nothing="Examples come when the training has begun.",
        )
        self._made = 0
        self._chooser = Row([self._which])
        self.children = (self._pictures, self._chooser, Slot(self._listening))
        self._which.observe(lambda _change: self._offer(), names="value")
        self.listen("examples", self._show, self._lab)
        self._show()

    @property
    def _chosen(self) -> Example | None:
        examples: tuple[Example, ...] = self._lab.examples
        return next((example for example in examples if example.title == self._which.value), None)

    def _give(self) -> tuple[str, bytes]:
        example = self._chosen
        if example is None:
            raise ValueError("there is nothing to hear yet")
        audio = example.audio
        original = audio if example.original is None else example.original
        length = min(len(audio), len(original))
        both = np.stack([original[:length], audio[:length]])
        both = both * np.float32(min(1.0, _CEILING / max(1e-9, float(np.abs(both).max()))))
        return example.title, Reconstruction(example.title, example.sample_rate, both[:1], both[1:], 0.0).wav()

    def _show(self) -> None:
        examples: tuple[Example, ...] = self._lab.examples
        self._made += 1
        self._chooser.visible = bool(examples)
        before = self._which.value
        self._which.options = tuple(example.title for example in examples)
        if before in self._which.values:
            self._which.value = before
        cards: list[Card] = []
        for example in examples:
            parts = {"original": example.original, "codec": example.audio}
            cards += [
                Card([Picture(sound_picture(audio[None], _SIZE), f"{example.title}, {side}", _SIZE), Words(words)])
                for side, audio in parts.items()
                if audio is not None
                for words in [f"{example.title}: {side}" if example.original is not None else example.title]
            ]
        self._pictures.children = tuple(cards)
        self._offer()

    def _offer(self) -> None:
        example = self._chosen
        if example is None:
            self._listening.token = self._listening.about = ""
            return
        self._listening.rate = example.sample_rate
        beside = "beside what the codec makes of it" if example.original is not None else "as the codec makes it"
        self._listening.about = f"“{example.title}”, {beside}."
        self._listening.token = f"{self._made} {example.title}"
