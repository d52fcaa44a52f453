"""The layers of a terrain among those that can be bent: a mapping whose weights are changed as a decoder's are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.bending.bend import Bend, Step
from terrain_widgets.core.bending.edits import blended
from terrain_widgets.core.mapping import Mapping, mapping_from_state

FloatArray = NDArray[np.float32]
_PREFIX = "terrain."
_KIND = "terrain"  # of mappings that are trained networks


def is_terrain(layer: str) -> bool:
    """Whether a name is that of a terrain's layer."""
    return layer.startswith(_PREFIX)


def terrain_layers(mapping: Mapping | None) -> dict[str, FloatArray]:
    """A terrain's weights by name, copies; none where something else plays."""
    state = None if mapping is None else mapping.to_state()
    if state is None or state.kind != _KIND:
        return {}
    return {_PREFIX + name: np.asarray(array, np.float32) for name, array in state.arrays.items()}


def fitting(bend: Bend, layers: dict[str, FloatArray]) -> Bend:
    """The edits that fit these layers: those of a terrain that has gone wait, and are not applied to another one."""

    def fits(step: Step) -> bool:
        try:
            Bend((step,)).apply(layers)
        except ValueError:
            return False
        return True

    return Bend(tuple(step for step in bend.steps if fits(step)))


def bent_terrain(mapping: Mapping, bend: Bend, amount: float) -> Mapping:
    """Another terrain, of which some layers are bent; the same mapping where none is.

    Args:
        mapping: What plays.
        bend: Edits, of which those that fit this terrain count.
        amount: 0 is the terrain's own weights, 1 the bent ones.
    """
    layers = terrain_layers(mapping)
    bent = fitting(bend, layers).apply(layers)
    if not bent or amount <= 0.0:
        return mapping
    changed = {n.removeprefix(_PREFIX): blended(layers[n], weights, amount) for n, weights in bent.items()}
    state = mapping.to_state()
    return mapping_from_state(replace(state, arrays={**state.arrays, **changed}))
