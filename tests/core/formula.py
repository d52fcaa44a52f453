"""nn.terrain's network written out once more, for tests: independent of torch, in float64."""

import numpy as np


def evaluate(arrays, x):
    """The formula of nn.terrain, line by line, in float64 numpy."""
    g = {name: np.asarray(a, dtype=np.float64) for name, a in arrays.items()}
    h = np.asarray(x, dtype=np.float64)
    layer = "fc_in_linear"
    if "B_T" in g:
        p = 2 * np.pi * h @ g["B_T"]
        h, layer = np.concatenate([np.sin(p), np.cos(p)], axis=1), "fc_in_gau"
    for name, slope in ((layer, "prelu1"), ("fc2", "prelu2"), ("fc3", "prelu3"), ("fc4", "prelu4")):
        h = h @ g[f"{name}.weight"].T + g[f"{name}.bias"]
        h = np.where(h > 0, h, g[f"{slope}.weight"] * h)
    return h @ g["fc_out.weight"].T + g["fc_out.bias"]
