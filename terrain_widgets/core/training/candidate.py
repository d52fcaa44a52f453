"""A terrain of a gallery with its errors, and the choice between several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # it brings torch, and a gallery is shown before there is a terrain
    from terrain_widgets.core.terrain.terrain import Terrain


@dataclass(frozen=True)
class Candidate:
    """A terrain of the gallery, and how good it is.

    Args:
        gauss_scale: Its ruggedness, cycles per control unit.
        terrain: Trained; nobody trains it further, so that it can be looked at.
        loss: Mean squared error over all pairs.
        psnr: The same against each path's range of latents, mean over the paths, in dB: what was learnt.
        held_out: PSNR beside the paths, at places that it was not taught (``jitter_psnr``), in dB: what is steady.
        losses: Steps of its training, ``[K, 2]``: step, loss.
    """

    gauss_scale: float
    terrain: Terrain = field(repr=False)
    loss: float
    psnr: float
    held_out: float
    losses: NDArray[np.float64] = field(repr=False)


def best_of(candidates: Sequence[Candidate]) -> Candidate:
    """The one that holds most of the sounds beside their paths: the greatest ``held_out``.

    Raises:
        ValueError: If there are none.
    """
    if not candidates:
        raise ValueError("there is no terrain to choose from yet: train a gallery first")
    return max(candidates, key=lambda candidate: candidate.held_out)
