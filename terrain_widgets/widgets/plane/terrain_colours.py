"""Which latents a picture of the terrain shows, and how: one as a map's colours, several as colour."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.pictures.heatmap import shade_as_nn_terrain, shade_three
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.plane.terrain_picture import TERRITORY, shaded

ALL, THREE, AS_NN_TERRAIN = -1, -2, -3  # below 0: more than one latent


@dataclass(frozen=True)
class Coloured:
    """A picture and what it says.

    Args:
        picture: RGBA ``[H, W, 4]``.
        limits: Values of the first and last colour of the map, or ``None`` where there is no such map.
        words: In a sentence.
    """

    picture: NDArray[np.uint8]
    limits: tuple[float, float] | None
    words: str


def offered(latent_dim: int) -> list[tuple[str, int]]:
    """What can be shown of so many latents: words and choice."""
    options = [
        ("the sounds that one hears", TERRITORY),
        ("all latents as colour", ALL),
        *((f"latent {k}", k) for k in range(latent_dim)),
    ]
    if latent_dim >= 3:
        options.append(("three latents as red, green, blue", THREE))
    return [*options, ("as nn.terrain draws it", AS_NN_TERRAIN)]


def parsed_channels(text: str, latent_dim: int) -> list[int]:
    """Channel numbers from what a user typed: ``"0, 2 5"``.

    Raises:
        ValueError: If they are not numbers of latents.
    """
    words = [word for word in re.split(r"[,;\s]+", text) if word]
    if not words or not all(word.isdecimal() and int(word) < latent_dim for word in words):
        raise ValueError(f"latents are numbers from 0 to {latent_dim - 1} with commas between them, got “{text}”")
    return [int(word) for word in words]


def chosen(channels: list[int], shown: int, latent_dim: int) -> list[int]:
    """As many channels as that way of drawing needs, the user's first."""
    wanted = 3 if shown == THREE else 4 if latent_dim >= 4 and len(channels) != 1 else 1
    rest = [k for k in range(latent_dim) if k not in channels]
    return [*channels, *rest][:wanted]


def coloured(session: Session, grid: NDArray[np.float32], shown: int, channels: list[int]) -> Coloured:
    """Latents ``[H, W, D]`` as a picture.

    Args:
        session: Whose ``shown_channel`` counts where ``shown`` is a latent or all of them.
        grid: Of its terrain.
        shown: ``ALL``, ``THREE``, ``AS_NN_TERRAIN`` or a latent.
        channels: Which, for the two that show some.
    """
    used = chosen(channels, shown, grid.shape[-1])
    named = ", ".join(map(str, used[:-1])) + f" and {used[-1]}" if len(used) > 1 else f"{used[0]}"
    if shown == THREE:
        picture, _ = shade_three(grid, used)
        return Coloured(picture, None, f"latents {named} as red, green and blue, each from its lowest to its highest")
    if shown == AS_NN_TERRAIN:
        words = f"as nn.terrain draws latents {named}" if len(used) == 4 else f"latent {named} in grey"
        return Coloured(shade_as_nn_terrain(grid, used), None, words)
    picture, limits = shaded(session, grid)
    if session.stage.sources.shown_channel >= 0:
        words = f"latent {session.stage.sources.shown_channel} from {limits[0]:.2f} to {limits[1]:.2f}"
        return Coloured(picture, limits, words)
    if session.stage.sources.shown_channel == TERRITORY:
        words = "each place in the colour of the sound it is like: dark where silent, grey where it is like none"
        return Coloured(picture, None, words)
    return Coloured(picture, None, f"{grid.shape[-1]} latents at {grid.shape[1]} × {grid.shape[0]} places")
