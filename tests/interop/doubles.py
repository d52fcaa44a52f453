"""What several tests of this room need: the demo, an independent evaluation, and TorchScript without its warning."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tests.core import formula

DEMO = Path(__file__).parents[1] / "data" / "percussion-terrain-demo.pt"


def jit_load(path: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return torch.jit.load(path)


def tensors(module: Any) -> dict[str, torch.Tensor]:
    return dict(module.named_parameters()) | dict(module.named_buffers())


def evaluate(arrays: Any, x: Any) -> np.ndarray:
    """The formula of nn.terrain, of tensors."""
    return formula.evaluate({name: values.detach().numpy() for name, values in arrays.items()}, x)


def grid(boundary: Any, width: int = 129, height: int = 65) -> np.ndarray:
    """Places ``[N, 2]`` all over a plane, its edges included."""
    unit = np.stack(np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height)), axis=-1).reshape(-1, 2)
    return boundary.from_unit(unit).astype(np.float32)
