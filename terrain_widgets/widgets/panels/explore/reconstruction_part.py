"""Reconstruction: a sound, what the codec makes of it and what the terrain has of it, to be seen, heard and used."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.io.sound_sources import SUFFIXES
from terrain_widgets.session.explore.reconstructions import CODEC, TERRAIN, Reconstructed
from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.base.sound_picture import mel_levels, sound_picture
from terrain_widgets.widgets.controls.boxes import Card, Row, Slot
from terrain_widgets.widgets.controls.choices import ToggleGroup
from terrain_widgets.widgets.controls.file_button import FileButton
from terrain_widgets.widgets.controls.words import Picture, Words
from terrain_widgets.widgets.panels.encoder.listening import Listening

_SIZE = 128  # pixels of a picture


class ReconstructionPart(Part):
    """Pictures and errors of the original and its copies, both to be heard, and where to go on with it.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._made = self.session.explore.reconstruction
        self._other = FileButton(
            take=self._take,
            description="Another sound…",
            tooltip="A sound that is not in the session; it is not added",
            accept=",".join(SUFFIXES),
        )
        self._pictures = Row([])
        self._which = ToggleGroup(
            [("Codec", CODEC), ("Terrain", TERRAIN)],
            description="Hear",
            tooltips=["What the codec makes of it", "The terrain's nearest frames"],
        )
        self._listening = Listening(
            make=lambda _: self._give(), nothing="Reconstruct a sound, to hear it beside its copies."
        )
        self._said = Words(tone="quiet")
        selected, sliders, point, drawing = self.offers(*self._actions())
        self.children = (
            Row([selected, self._other]),
            self._pictures,
            self._said,
            Row([self._which, Slot(self._listening)]),
            Row([sliders, point, drawing]),
        )
        self._which.observe(lambda _change: self._offer(), names="value")
        self.listen("now", self._show, self._made)
        self.listen("working", self._refresh, self.session.jobs)
        self.listen("selected", self._refresh, self.session.document)
        self._show()

    def _take(self, name: str, content: bytes) -> str:
        self._made.make(content)
        return f"{name} is encoded and decoded."

    def _give(self) -> tuple[str, bytes]:
        made: Reconstructed = self._made.now
        copy = made.copies[self._which.value]
        return copy.name, copy.wav()

    def _show(self) -> None:
        made: Reconstructed | None = self._made.now
        if made is None:
            self._pictures.children = ()
            self._said.value = ""
        else:
            first = next(iter(made.copies.values()))
            pictures = {"original": first.original}
            pictures |= {_called(name, made): copy.reconstruction for name, copy in made.copies.items()}
            self._pictures.children = _cards(made.clip.name, pictures)
            codecs = ", ".join(f"{name} {error:.1f} dB" for name, error in made.codecs.items())
            self._said.value = f"Error by codec: {codecs}." if codecs else ""
            if self._which.value not in made.copies:
                self._which.value = CODEC
        self._offer()
        self._refresh()

    def _offer(self) -> None:
        made: Reconstructed | None = self._made.now
        copy = None if made is None else made.copies.get(self._which.value or CODEC)
        if made is None or copy is None:
            self._listening.token = self._listening.about = ""
            return
        self._listening.rate = copy.sample_rate
        self._listening.about = f"“{made.clip.name}” and {_called(self._which.value, made)}, equally loud."
        self._listening.token = f"{id(made):x} {self._which.value}"

    def _refresh(self) -> None:
        self._other.disabled = bool(self.session.jobs.working)
        self.offers.show()

    def _actions(self) -> list[Action]:
        session, made = self.session, self._made
        return [
            Action(
                "reconstruct",
                "Reconstruct the selected sound",
                "Through the codec, and through the terrain where one is trained",
                lambda: made.make(session.document.selected),
                enabled=lambda: not session.jobs.working and bool(session.document.selected),
                icon="clone",
            ),
            Action(
                "reconstruction-to-sliders",
                "To the sliders",
                "Set the latent sliders to the mean latents of what was reconstructed",
                made.to_sliders,
                enabled=lambda: made.now is not None,
                icon="sliders",
            ),
            Action(
                "reconstruction-to-point",
                "To a point",
                "Place a point with the mean latents of what was reconstructed, where the terrain is nearest to them",
                made.to_point,
                enabled=lambda: made.now is not None,
                icon="map-marker",
            ),
            Action(
                "reconstruction-to-drawing",
                "To the drawing",
                "Draw the path on which the terrain comes nearest to what was reconstructed",
                made.to_drawing,
                enabled=lambda: made.now is not None and made.now.followed is not None,
                icon="pencil",
            ),
        ]


def _called(name: str, made: Reconstructed) -> str:
    words = {CODEC: "the codec", TERRAIN: "after the terrain"}[name]
    return f"{words}: {made.errors[name]:.1f} dB"


def _cards(name: str, sounds: dict[str, NDArray[np.float32]]) -> tuple[Card, ...]:
    top = max(float(mel_levels(audio).max()) for audio in sounds.values())
    return tuple(
        Card([Picture(sound_picture(audio, _SIZE, top), f"{name}, {words}", _SIZE), Words(words)])
        for words, audio in sounds.items()
    )
