"""The same sounds and paths on terrains from smooth to rugged, side by side; one of them is chosen."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Unpack

import numpy as np
from PIL import Image

from terrain_widgets.core.pictures.heatmap import sample_grid, shade_all, shade_channel
from terrain_widgets.core.terrain.config import GAUSS_SCALE
from terrain_widgets.core.training.candidate import Candidate, best_of
from terrain_widgets.core.training.settings import SCALES, SECONDS_EACH
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action, Actions, Face
from terrain_widgets.widgets.base.offers import Offers
from terrain_widgets.widgets.base.palette import viridis
from terrain_widgets.widgets.base.panel import Panel, PanelOptions, time_left
from terrain_widgets.widgets.controls.boxes import Card, Row
from terrain_widgets.widgets.controls.numbers import NumberField, Progress
from terrain_widgets.widgets.controls.words import Picture, TextField, Words
from terrain_widgets.widgets.plane.terrain_picture import enlarged

if TYPE_CHECKING:
    from terrain_widgets.core.training.dataset import TerrainDataset

_CELLS, _PIXELS = 72, 144


class SigmaGallery(Panel):
    """Terrains at several ``gauss_scale``, each with its picture and its error on and beside the paths.

    “Use this” plays one and goes on training it; “Restore terrain” takes that back.

    Args:
        session: Whose pairs; a new session with the bundled sounds if none is given.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(self, session: Session | None = None, **options: Unpack[PanelOptions]) -> None:
        super().__init__(session, "gallery", "Compare ruggedness", **options)
        self._scales = TextField(
            value=", ".join(f"{scale:g}" for scale in SCALES),
            description="Ruggedness",
            tooltip=f"{GAUSS_SCALE.description} Numbers, with commas between them (gauss_scale, {GAUSS_SCALE.unit}).",
            wide=True,
        )
        self._seconds = NumberField(
            value=SECONDS_EACH.default,
            min=SECONDS_EACH.low,
            max=SECONDS_EACH.high,
            step=0.5,
            description="Seconds each",
            tooltip=SECONDS_EACH.description,
        )
        self._progress = Progress(description="Training", visible=False)
        self._status = Words()
        self._cards = Row()
        self._shown: list[tuple[Candidate, int, Offers, Card]] = []
        self.lay_out(
            self.heading,
            Row(self.offers(*self._actions())),
            Row([self._scales, self._seconds]),
            self._progress,
            self._status,
            self._cards,
            self._notice,
        )
        self.listen("status", self._refresh, self.session.jobs)
        self.listen("shown", self._refresh, self.session.stage.sources)
        self.listen("shown_channel", self._show_cards, self.session.stage.sources)
        self.listen("candidates", self._show_cards, self.session.gallery)
        self.listen("picked", self._show_offers, self.session.gallery)
        self._refresh()
        self._show_cards()

    def _actions(self) -> list[Action]:
        session = self.session
        return [
            Action(
                "train-all",
                "Train all",
                "Train one terrain for each ruggedness, the same time each",
                self._start,
                enabled=self._rests,
                icon="th",
                style="primary",
            ),
            Action(
                "stop", "Stop", "Stop; what is finished stays", session.jobs.cancel, icon="stop", offered=self._trains
            ),
            Action(
                "restore",
                "Restore terrain",
                "Swap with the terrain that was discarded last",
                session.training.restore,
                enabled=lambda: self._rests() and len(session.training.discarded) > 0,
                icon="undo",
            ),
        ]

    def _rests(self) -> bool:
        return self.session.jobs.status.state != "running"

    def _trains(self) -> bool:
        return not self._rests() and self.session.jobs.status.kind == "gallery"

    def _start(self) -> None:
        words = [word for word in re.split(r"[,;\s]+", self._scales.value) if word]
        try:
            scales = [float(word) for word in words]
        except ValueError:
            raise ValueError(f"ruggedness is numbers with commas between them, got “{self._scales.value}”") from None
        self.session.gallery(scales, self._seconds.value)

    def _refresh(self) -> None:
        session, job = self.session, self.session.jobs.status
        mine = self._trains()
        self._progress.visible = mine
        self._progress.value = job.progress if mine else 0.0
        if mine:
            self._status.value = job.message + time_left(job.seconds_left)
        elif session.gallery.candidates:
            best = best_of(session.gallery.candidates)
            self._status.value = f"Ruggedness {best.gauss_scale:g} holds most of the sounds beside their paths."
        else:
            self._status.value = "The same sounds from smooth to rugged: see and hear which suits them."
        self._show_offers()

    def _show_offers(self) -> None:
        for offers in (self.offers, *(each for _, _, each, _ in self._shown)):
            offers.show()

    def _show_cards(self) -> None:
        session = self.session
        known = {id(candidate): entry for entry in self._shown for candidate in (entry[0],)}
        shown = []
        for index, candidate in enumerate(session.gallery.candidates):
            entry = known.get(id(candidate))
            if entry is None or entry[1] != session.stage.sources.shown_channel:
                entry = self._card(index, candidate)
            shown.append(entry)
        self._shown = shown
        self._cards.children = tuple(card for *_, card in shown)
        self._refresh()

    def _card(self, index: int, candidate: Candidate) -> tuple[Candidate, int, Offers, Card]:
        channel = self.session.stage.sources.shown_channel
        picture = Picture(
            _png(self.session, candidate, channel), f"The terrain of ruggedness {candidate.gauss_scale:g}", _PIXELS
        )
        gallery, icon = self.session.gallery, "check-circle-o"
        # Of the card, not of the panel's table: cards come and go.
        offers = Offers(Actions(), self.press)
        pick = Action(
            f"pick-{index}",
            "Use this",
            f"Play the terrain of ruggedness {candidate.gauss_scale:g}, and train it further",
            lambda: gallery.pick(index),
            enabled=self._rests,
            face=lambda: Face("In use", icon, "success") if index == gallery.picked else Face("Use this", icon),
        )
        words = [
            Words(f"ruggedness {candidate.gauss_scale:g}", "strong"),
            Words(f"loss {candidate.loss:.4f}"),
            Words(f"on the paths {candidate.psnr:.0f} dB"),
            Words(f"beside them {candidate.held_out:.0f} dB"),
        ]
        return candidate, channel, offers, Card([picture, *words, *offers(pick)])


def _png(session: Session, candidate: Candidate, channel: int) -> bytes:
    """The picture, in colours that mean the same on all of them: those of the sounds themselves."""
    grid = sample_grid(candidate.terrain, session.document.boundary, _CELLS, _CELLS)
    dataset: TerrainDataset = session.training.dataset
    reference = (
        dataset.latents if len(dataset) and dataset.latent_dim == grid.shape[-1] else grid.reshape(-1, grid.shape[-1])
    )
    if channel >= 0:
        column = reference[:, min(channel, grid.shape[-1] - 1)]
        limits = (float(np.min(column)), float(np.max(column)))
        picture, _ = shade_channel(grid, min(channel, grid.shape[-1] - 1), viridis(), limits)
    else:
        picture = shade_all(grid, reference)
    memory = io.BytesIO()
    Image.fromarray(enlarged(picture, _PIXELS, _PIXELS), "RGBA").save(memory, "png")
    return memory.getvalue()
