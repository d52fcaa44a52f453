"""Paths laid out by the program: one for each sound."""

from __future__ import annotations

from typing import Literal

from terrain_widgets.core.paths.layout import lay_out
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.session.document import commands
from terrain_widgets.session.sounds.latent_store import LatentStore

Layout = Literal["waves", "packed", "pca", "umap"]


def arrange(sounds: LatentStore, how: Layout = "waves") -> None:
    """Lay out a path for every clip that has none (for all of them, if all have one), as one step of undo.

    Args:
        sounds: Tells how many frames each path will carry, and what is alike.
        how: ``"waves"`` side by side, ``"packed"`` curves, or ``"pca"`` and ``"umap"``: packed curves, those of
            sounds that are alike near to each other.

    Raises:
        ValueError: If there is no such layout, or sounds are to be compared that are not encoded.
        ModuleNotFoundError: If umap-learn is asked for and not installed.
    """
    document = sounds.document
    with document.lock:
        state = document.state
        laid = dict(zip((clip.id for clip in state.clips), _laid(sounds, how), strict=True))
        missing = {clip_id: path for clip_id, path in laid.items() if clip_id not in state.paths}
        document.apply(commands.set_paths, missing or laid)
        document.select_next()


def suggested(sounds: LatentStore) -> dict[str, SpatialTrajectory]:
    """Where the sounds would lie that have no path yet, by clip id: what ``arrange`` would draw."""
    clips = sounds.document.state.clips
    laid = dict(zip((clip.id for clip in clips), _laid(sounds, "waves"), strict=True))
    return {clip_id: path for clip_id, path in laid.items() if clip_id not in sounds.document.state.paths}


def _laid(sounds: LatentStore, how: Layout) -> list[SpatialTrajectory]:
    document = sounds.document
    lengths = [sounds.frames_needed(clip.id) for clip in sounds.state.clips]
    if how == "waves":
        return lay_out(lengths, document.boundary, document.seed)
    if how == "packed":
        from terrain_widgets.core.paths.packing import pack

        return pack(lengths, document.boundary, document.seed)
    if how in ("pca", "umap"):
        from terrain_widgets.core.paths.similarity import lay_out_by_similarity

        latents = [sounds.latents_of(clip.id) for clip in sounds.state.clips]
        return lay_out_by_similarity(latents, document.boundary, how, document.seed)
    raise ValueError(f"paths are laid out as waves, packed, pca or umap, not as {how!r}")
