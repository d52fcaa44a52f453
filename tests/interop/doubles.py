"""What several tests of this room need: the demo, an independent evaluation, and TorchScript without its warning."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

DEMO = Path(__file__).parents[1] / "data" / "percussion-terrain-demo.pt"


def jit_load(path: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return torch.jit.load(path)


def tensors(module: Any) -> dict[str, torch.Tensor]:
    return dict(module.named_parameters()) | dict(module.named_buffers())


def evaluate(arrays: Any, x: Any) -> np.ndarray:
    """The formula of nn.terrain, line by line, in float64 numpy."""
    g = {name: np.asarray(values.detach().numpy(), dtype=np.float64) for name, values in arrays.items()}
    h, layer = np.asarray(x, dtype=np.float64), "fc_in_linear"
    if "B_T" in g:
        p = 2 * np.pi * h @ g["B_T"]
        h, layer = np.concatenate([np.sin(p), np.cos(p)], axis=1), "fc_in_gau"
    for name, slope in ((layer, "prelu1"), ("fc2", "prelu2"), ("fc3", "prelu3"), ("fc4", "prelu4")):
        h = h @ g[f"{name}.weight"].T + g[f"{name}.bias"]
        h = np.where(h > 0, h, g[f"{slope}.weight"] * h)
    return h @ g["fc_out.weight"].T + g["fc_out.bias"]


def grid(boundary: Any, width: int = 129, height: int = 65) -> np.ndarray:
    """Places ``[N, 2]`` all over a plane, its edges included."""
    unit = np.stack(np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height)), axis=-1).reshape(-1, 2)
    return boundary.from_unit(unit).astype(np.float32)
