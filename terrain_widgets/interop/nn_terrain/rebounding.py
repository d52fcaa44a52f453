"""A trained terrain on another plane: the same landscape, in other control units."""

from __future__ import annotations

import math
from dataclasses import asdict, replace

import numpy as np

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import MappingState
from terrain_widgets.core.terrain.config import GAUSS_SCALE
from terrain_widgets.core.terrain.terrain import Terrain


def rebounded(terrain: Terrain, old: Boundary, new: Boundary) -> Terrain:
    """The same landscape, drawn on ``old``, in the control units of ``new``.

    Every place of the view keeps its latents: ``rebounded(t, old, new)(new.from_unit(u)) == t(old.from_unit(u))`` for
    all u, also outside the two rectangles. A plane whose y grows downward may become one whose y grows upward.

    With s and o so that ``x_old = s * x_new + o``, the frequencies become ``s * B_T``, and the offset turns each pair
    of columns of ``fc_in_gau`` by the angle φ = 2π o · ``B_T``::

        sin(p + φ) = cos φ sin p + sin φ cos p
        cos(p + φ) = cos φ cos p - sin φ sin p

    Without Fourier features s and o go into ``fc_in_linear``. Nothing is trained or sampled again, so what remains is
    float32's rounding.

    Args:
        terrain: A terrain of two control dimensions; it is not changed.
        old: The plane it was drawn on.
        new: The plane it should be played on.

    Returns:
        A new terrain. Its ``gauss_scale`` is nominal from then on: the geometric mean of both axes.

    Raises:
        ValueError: If the terrain is not of two control dimensions.
    """
    if terrain.control_dim != 2:
        raise ValueError(f"a boundary spans a plane, but this terrain has {terrain.control_dim} control dimensions")
    origin = old.from_unit(new.to_unit([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    offset = origin[0]
    scale = np.array([origin[1, 0] - offset[0], origin[2, 1] - offset[1]])
    state = terrain.to_state()
    arrays = {name: values.astype(np.float64) for name, values in state.arrays.items()}
    config = terrain.config
    if config.gauss_scale > 0:
        angle = 2 * math.pi * offset @ arrays["B_T"]
        sine, cosine = np.split(arrays["fc_in_gau.weight"], 2, axis=1)
        turned = [
            sine * np.cos(angle) - cosine * np.sin(angle),
            sine * np.sin(angle) + cosine * np.cos(angle),
        ]
        arrays["fc_in_gau.weight"] = np.concatenate(turned, axis=1)
        arrays["B_T"] = arrays["B_T"] * scale[:, None]
        nominal = config.gauss_scale * math.sqrt(abs(scale[0] * scale[1]))
        config = replace(config, gauss_scale=float(np.clip(nominal, 1e-6, GAUSS_SCALE.high)))
    else:
        arrays["fc_in_linear.bias"] = arrays["fc_in_linear.bias"] + arrays["fc_in_linear.weight"] @ offset
        arrays["fc_in_linear.weight"] = arrays["fc_in_linear.weight"] * scale
    return Terrain.from_state(MappingState(state.kind, asdict(config), arrays))
