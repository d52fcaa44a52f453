"""Some of a module's parameters replaced by others of the same shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray


def check_weights(shapes: Mapping[str, tuple[int, ...]], weights: Mapping[str, NDArray[np.float32]]) -> None:
    """Say which weights do not fit.

    Args:
        shapes: Of the model's own, by name.
        weights: In their place.

    Raises:
        ValueError: If there is no such parameter, or it is of another shape.
    """
    for name, value in weights.items():
        if name not in shapes:
            raise ValueError(f"this model has no weights {name!r}; it has {', '.join(list(shapes)[:6])} …")
        if shapes[name] != value.shape:
            raise ValueError(f"{name!r} is of shape {shapes[name]}, got {value.shape}")


def put_weights(module: Any, weights: Mapping[str, NDArray[np.float32]]) -> None:
    """Write weights into a module's parameters; all others stay.

    Args:
        module: A ``torch.nn.Module``.
        weights: By the names that ``named_parameters`` has.

    Raises:
        ValueError: If there is no such parameter, or it is of another shape; nothing is changed.
    """
    parameters = dict(module.named_parameters())
    check_weights({name: tuple(value.shape) for name, value in parameters.items()}, weights)
    with torch.inference_mode(False), torch.no_grad():
        for name, value in weights.items():
            parameters[name].copy_(torch.from_numpy(np.array(value, dtype=np.float32)))
