"""Some of a module's parameters replaced by others of the same shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray


def put_weights(module: Any, weights: Mapping[str, NDArray[np.float32]]) -> None:
    """Write weights into a module's parameters; all others stay.

    Args:
        module: A ``torch.nn.Module`` or a script module.
        weights: By the names that ``named_parameters`` has.

    Raises:
        ValueError: If there is no such parameter, or it is of another shape; nothing is changed.
    """
    parameters = dict(module.named_parameters())
    for name, value in weights.items():
        if name not in parameters:
            raise ValueError(f"this model has no weights {name!r}; it has {', '.join(list(parameters)[:6])} …")
        if tuple(parameters[name].shape) != value.shape:
            raise ValueError(f"{name!r} is of shape {tuple(parameters[name].shape)}, got {value.shape}")
    with torch.inference_mode(False), torch.no_grad():
        for name, value in weights.items():
            parameters[name].copy_(torch.from_numpy(np.array(value, dtype=np.float32)))
