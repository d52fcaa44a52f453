"""The layers of a terrain among those that can be bent: a mapping whose weights are changed as a decoder's are."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.bending.bend import Bend, Step
from terrain_widgets.core.bending.large_layers import blended
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


def bent_arrays(mapping: Mapping, bend: Bend) -> dict[str, FloatArray]:
    """Arrays of a terrain's state as they are bent at the full amount, by the names that they have there.

    Args:
        mapping: What plays.
        bend: Edits, of which those that fit this terrain count.
    """
    layers = terrain_layers(mapping)
    bent = fitting(bend, layers).apply(layers)
    return {name.removeprefix(_PREFIX): weights for name, weights in bent.items()}


def bent_mapping(mapping: Mapping, bent: MappingType[str, FloatArray], amount: float) -> Mapping:
    """Another mapping, of which some arrays are bent; the same one at 0.

    Args:
        mapping: What plays.
        bent: See ``bent_arrays``.
        amount: 0 is the mapping's own arrays, 1 the bent ones, and between them each number goes straight.
    """
    if not bent or amount <= 0.0:
        return mapping
    state = mapping.to_state()
    changed = {name: blended(np.asarray(state.arrays[name], np.float32), own, amount) for name, own in bent.items()}
    return mapping_from_state(replace(state, arrays={**state.arrays, **changed}))
