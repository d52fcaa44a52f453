"""Checks of notebook 03: what the loss says, what it does not, and how rugged a terrain should be."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import TYPE_CHECKING

from terrain_widgets.core.mapping import Mapping
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.core.training.jitter import jitter_psnr, path_errors
from terrain_widgets.core.training.summary import summary
from terrain_widgets.lessons.verdict import Hint, exercise

if TYPE_CHECKING:
    from terrain_widgets.session.session import Session

JITTER = 0.005  # of the plane's width: a hand that does its best


@exercise("Divide the smallest loss by that of a flat terrain: session.training.losses[:, 1].min() / flat.")
def check_share(share: object, session: Session) -> str:
    """Whether the share of the flat terrain's loss that remains is right."""
    if not isinstance(share, int | float):
        raise Hint(f"A share is one number, and yours is a {type(share).__name__}.")
    right = float(session.training.losses[:, 1].min()) / summary(session.training.dataset).variance
    if abs(share - 100 * right) < 0.05 * 100 * right:
        raise Hint("That is the share in per cent; leave out the 100.")
    if abs(share - 1 / right) < 0.05 / right:
        raise Hint("The other way round: what is left, divided by what a flat terrain has.")
    if abs(share - right) > 0.05 * right:
        raise Hint(f"Not {share:.3g}: take the smallest loss, and divide it by the flat terrain's.")
    return f"{right:.1%} of a flat terrain's error is left: that much of the sounds' movement is not in the terrain."


@exercise("Compare what the last cell printed for a trembling hand; the highest number of dB wins.")
def check_ruggedness(best: float, terrains: MappingOf[float, Mapping], dataset: TerrainDataset) -> str:
    """Whether the terrain that holds best under a trembling hand was found."""
    if best not in terrains:
        raise Hint(f"Answer with one of the three numbers: {', '.join(f'{key:g}' for key in terrains)}.")
    held = {key: jitter_psnr(terrain, dataset, tremble=JITTER).mean for key, terrain in terrains.items()}
    right = max(held, key=lambda key: held[key])
    if best != right:
        fault = (
            "too smooth: it never learnt the sounds" if best < right else "too rugged: a hair beside a path is noise"
        )
        raise Hint(f"{best:g} is {fault}. It holds {held[best]:.1f} dB; another holds more.")
    others = ", ".join(f"{key:g}: {value:.1f} dB" for key, value in held.items())
    return f"{others}. Loss alone would not have told: it is measured on the paths, and you play beside them."


@exercise(
    "tw.path_errors(session.stage.sources.shown, session.training.dataset) lists them; the largest mse is the worst."
)
def check_worst(name: object, session: Session) -> str:
    """Whether the sound that is learnt worst was found."""
    errors = {error.name: error.mse for error in path_errors(session.stage.sources.shown, session.training.dataset)}
    if name not in errors:
        raise Hint(f"Answer with a name in quotes, one of: {', '.join(errors)}.")
    worst = max(errors, key=lambda key: errors[key])
    if name != worst:
        raise Hint(f"The error of {name} is {errors[str(name)]:.4f}, and another's is larger.")
    return f"{worst}, with {errors[worst]:.4f}. Its latents move fastest; give it a longer path, or train on."
