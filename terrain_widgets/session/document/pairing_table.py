"""Which sound lies on which path, how many frames that takes, and what the user should know about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from terrain_widgets.core.paths.drawing import Drawing
from terrain_widgets.core.paths.fixed_spacing import LATENT_DENSITY
from terrain_widgets.core.paths.pairing import DrawingProgress, Paired, PairingRule, drawing_progress, pair
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.session.document.state import SessionState


class Pairable(Protocol):
    """What a table is made of: a session's ``sounds``."""

    @property
    def state(self) -> SessionState:
        """Sounds and paths."""

    @property
    def latents(self) -> dict[str, LatentTrajectory]:
        """Of the sounds that are encoded, by clip id."""

    def frames_needed(self, clip_id: str) -> int:
        """Latent frames of a clip."""


@dataclass(frozen=True)
class PairRow:
    """One sound of the pairing table.

    Args:
        clip: Its id.
        name: What its file is called.
        drawing: Id of the path that it lies on, or ``None``.
        label: What the user calls the path, or ``""``.
        colour: Its CSS colour, or ``""`` for the view's choice.
        muted: Whether the pair is left out of training and playing.
        rule: How the frames come to lie on the path.
        density: nn.terrain's spacing, used by its rule only.
        progress: Frames needed, drawn and still to draw.
        warnings: What the user should know, in sentences.
    """

    clip: str
    name: str
    drawing: str | None
    label: str
    colour: str
    muted: bool
    rule: PairingRule
    density: float
    progress: DrawingProgress
    warnings: tuple[str, ...]


def pairing_table(sounds: Pairable) -> tuple[PairRow, ...]:
    """A row for every sound, in their order; before encoding it counts with the frames that there will be."""
    return tuple(_row(sounds, clip.id, clip.name) for clip in sounds.state.clips)


def paired(sounds: Pairable, drawing: Drawing) -> Paired:
    """A drawn path as its rule puts the frames of its sound on it; before encoding, of a sound of that length.

    Raises:
        ValueError: If no sound lies on it, or the path has no length while the sound has more than one frame.
    """
    if drawing.clip is None:
        raise ValueError(f"no sound lies on path {drawing.id!r}; pair it with one first")
    latent = sounds.latents.get(drawing.clip)
    if latent is None:
        frames = sounds.frames_needed(drawing.clip)
        seconds = sounds.state.clip(drawing.clip).sound.duration
        latent = LatentTrajectory(np.zeros((frames, 1)), frames / seconds if seconds > 0 else None)
    return pair(drawing.path, latent, drawing.rule, drawing.density)


def _row(sounds: Pairable, clip_id: str, name: str) -> PairRow:
    drawing, required = sounds.state.drawing_of(clip_id), sounds.frames_needed(clip_id)
    if drawing is None:
        progress = drawing_progress(None, required)
        rule, density = PairingRule.STRETCH, LATENT_DENSITY.default
        return PairRow(clip_id, name, None, "", "", False, rule, density, progress, ())
    progress = drawing_progress(drawing.path, required, drawing.rule, drawing.density)
    try:
        warnings = paired(sounds, drawing).warnings
    except ValueError as error:
        warnings = (str(error),)
    return PairRow(
        clip_id,
        name,
        drawing.id,
        drawing.label,
        drawing.colour,
        drawing.muted,
        drawing.rule,
        drawing.density,
        progress,
        warnings,
    )
