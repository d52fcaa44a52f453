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


def outputs_of_module(module: Any) -> dict[str, LayerOutput]:
    """Layers with a weight and a bias for each output channel, by name.

    Args:
        module: A script module.
    """
    parameters = {name: tuple(value.shape) for name, value in module.named_parameters()}
    found = {}
    for name, shape in parameters.items():
        layer, dot, kind = name.rpartition(".")
        weight = parameters.get(f"{layer}.weight", ())
        if kind == "bias" and dot and weight and shape == (weight[_axis(module, layer)],):
            found[layer + OUTPUT] = LayerOutput(shape[0], moves=False)
    return found


def folded_in(
    module: Any, bends: Mapping[str, FloatArray], own: Mapping[str, FloatArray], known: Mapping[str, LayerOutput]
) -> dict[str, FloatArray]:
    """Weights that do what tables of outputs say.

    Args:
        module: The script module.
        bends: Weights that are others, by name, and tables.
        own: The model's own weights.
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
        shape[_axis(module, layer)] = -1
        weights[f"{layer}.weight"] = weight * table[:, GAIN].reshape(shape)
        weights[f"{layer}.bias"] = bias * table[:, GAIN] + table[:, OFFSET]
    return weights


def _axis(module: Any, layer: str) -> int:
    """Of a layer's weight, the one that its output channels lie on."""
    part = dict(module.named_modules())[layer]  # a script module has no get_submodule
    kind = str(getattr(part, "original_name", ""))
    return 1 if "Transpose" in kind else 0
