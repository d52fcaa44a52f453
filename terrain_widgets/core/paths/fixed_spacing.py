"""nn.terrain's way to put points on a path: a fixed spacing that starts again at every vertex. For exchange with it.

The formulas are those of ``nn.terrain.gui`` (``nn.terrain.gui.cpp``: ``dump_strokes`` and the drawing limits),
https://github.com/jasper-zheng/nn_terrain, CC0 1.0. Its ``latent_density`` is a spacing: control units per frame.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from terrain_widgets.core.parameter import Number
from terrain_widgets.core.paths.curves import Points

LATENT_DENSITY = Number(
    "latent_density",
    0.4,
    1e-6,
    1e6,
    unit="control units per frame",
    description="Spacing of nn.terrain's points along a path; its own default on a plane of ±16 × ±4.",
)
_PAST_THE_END = 1e-3  # how far a point may overshoot a segment's end
_SHORTENING = 1e-5  # added to a segment's length before dividing by it


def fixed_spacing(vertices: ArrayLike, density: float = LATENT_DENSITY.default, frames: int | None = None) -> Points:
    """The points ``[N, C]`` that nn.terrain sends for a poly-line of vertices ``[K, C]``.

    On each segment of length d, points at j = 0, δ, 2δ … while j < d + 0.001, each at j / (d + 0.00001) of the segment.

    Args:
        vertices: The poly-line.
        density: δ, control units between points.
        frames: Latents that the path is for; nn.terrain stops after one point more than that.

    Raises:
        ValueError: If ``density`` is out of range.
    """
    spacing = LATENT_DENSITY.check(density)
    table = np.asarray(vertices, dtype=np.float64)
    points = []
    for start, end in zip(table[:-1], table[1:], strict=True):
        span = float(np.linalg.norm(end - start))
        at = np.arange(math.ceil((span + _PAST_THE_END) / spacing)) * spacing
        points.append(start + (end - start) * (at / (span + _SHORTENING))[:, None])
    sent = np.concatenate(points) if points else table[:1].copy()  # a single vertex is a point of its points mode
    return sent if frames is None else sent[: frames + 1]


def frames_reported(vertices: ArrayLike, density: float = LATENT_DENSITY.default) -> int:
    """How many frames nn.terrain says a poly-line fills: 1 + Σ ⌈(d − 0.001) / δ⌉, which may be more than it sends.

    Raises:
        ValueError: If ``density`` is out of range.
    """
    spacing = LATENT_DENSITY.check(density)
    spans = np.linalg.norm(np.diff(np.asarray(vertices, dtype=np.float64), axis=0), axis=1)
    return 1 + int(np.maximum(np.ceil((spans - _PAST_THE_END) / spacing), 0).sum())
