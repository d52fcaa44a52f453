"""Outputs of a TorchScript model's layers, changed through the weights that make them.

In a compiled model nothing from outside can come between two layers. Gain and offset of a channel need not: they are a
factor for the channel's weights and bias, and a number added to the bias. Holding and folding would, and are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.bending.outputs import GAIN, OFFSET, OUTPUT, LayerOutput, check_tables, is_output

FloatArray = NDArray[np.float32]


def axes_of(module: Any) -> dict[str, int]:
    """Layers with a weight and a bias for each output channel: the axis of the weight that those channels lie on.

    Args:
        module: A script module.
    """
    parameters = {name: tuple(value.shape) for name, value in module.named_parameters()}
    kinds = {name: str(getattr(part, "original_name", "")) for name, part in module.named_modules()}
    found = {}
    for name, shape in parameters.items():
        layer, dot, kind = name.rpartition(".")
        weight = parameters.get(f"{layer}.weight", ())
        axis = 1 if "Transpose" in kinds.get(layer, "") else 0
        if kind == "bias" and dot and len(weight) > axis and shape == (weight[axis],):
            found[layer] = axis
    return found


def outputs_of(axes: Mapping[str, int], own: Mapping[str, Any]) -> dict[str, LayerOutput]:
    """The outputs of those layers, by name.

    Args:
        axes: See ``axes_of``.
        own: The model's own weights.
    """
    return {layer + OUTPUT: LayerOutput(own[f"{layer}.bias"].shape[0], moves=False) for layer in axes}


def folded_in(
    bends: Mapping[str, FloatArray],
    own: Mapping[str, FloatArray],
    axes: Mapping[str, int],
    known: Mapping[str, LayerOutput],
) -> dict[str, FloatArray]:
    """Weights that do what tables of outputs say.

    Args:
        bends: Weights that are others, by name, and tables.
        own: The model's own weights.
        axes: On which axis of a layer's weight its output channels lie.
        known: Its outputs.

    Returns:
        Weights alone.

    Raises:
        ValueError: If a table does not fit.
    """
    tables = {name: table for name, table in bends.items() if is_output(name)}
    check_tables(tables, known)
    weights = {name: value for name, value in bends.items() if not is_output(name)}
    for name, table in tables.items():
        layer = name.removesuffix(OUTPUT)
        weight = weights.get(f"{layer}.weight", own[f"{layer}.weight"])
        bias = weights.get(f"{layer}.bias", own[f"{layer}.bias"])
        shape = [1] * weight.ndim
        shape[axes[layer]] = -1
        weights[f"{layer}.weight"] = weight * table[:, GAIN].reshape(shape)
        weights[f"{layer}.bias"] = bias * table[:, GAIN] + table[:, OFFSET]
    return weights
