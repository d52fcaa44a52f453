"""How well the five methods meet the nine points that Latent-Playground's device has in it, beside its own network.

``python -m benchmarks.control_map Latent-Playground.v1.1.2.amxd``: the device is its authors', and not in this package.
Errors are of its 0 to 1 after the curve, at the points, over the eight parameters that vary.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from terrain_widgets.audio.parameters import POINT_METHODS
from terrain_widgets.core.modulation.shaping import curved
from terrain_widgets.interop.latent_playground.mapping import read_mapping

_HEADER = 32  # bytes of an .amxd in front of its JSON


def embedded(content: Any) -> dict[str, Any] | None:
    """The first mapping anywhere in a patcher."""
    if isinstance(content, dict) and {"xy", "params", "mlp"} <= set(content) and content["params"].get("cols") == 22:
        return content
    parts = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return next((found for part in parts if (found := embedded(part)) is not None), None)


def main() -> None:
    """Print a line for each method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("device", type=Path)
    data = parser.parse_args().device.read_bytes()
    content, _ = json.JSONDecoder().raw_decode(data[_HEADER:].decode("utf-8", "replace").lstrip("\x00"))
    mapping = embedded(content)
    if mapping is None:
        raise SystemExit("there is no mapping in that file")
    rows = np.array([mapping["params"]["data"][key] for key in mapping["xy"]["data"]])
    places = 2.0 * np.array(list(mapping["xy"]["data"].values())) - 1.0
    varying = np.ptp(rows[:, 6:], axis=0) > 0
    layers = mapping["mlp"]["layers"]
    flow = 0.5 * (places + 1.0)
    for layer in layers:
        flow = 1.0 / (1.0 + np.exp(-(flow @ np.array(layer["weights"]) + np.array(layer["biases"]))))
    own = np.abs(flow[:, 6:] - rows[:, 6:])[:, varying]
    print(f"{len(rows)} points, {int(varying.sum())} parameters that vary")
    print(f"  its own network: mean error {own.mean():.4f}, largest {own.max():.4f}")
    control = read_mapping("mapping.json", json.dumps(mapping).encode())
    for method in POINT_METHODS:
        began = time.perf_counter()
        fitted = replace(control, method=method, groups=frozenset({"energy", "deviation"})).fit(8)
        took = time.perf_counter() - began
        values = [fitted.at(place) for place in places]
        given = np.array([[*v["modulators.energy"], *v["modulators.deviation"]] for v in values])
        apart = np.abs((curved(given) + 3.0) / 6.0 - rows[:, 6:])[:, varying]
        print(f"  {method}: mean error {apart.mean():.5f}, largest {apart.max():.4f}; fitted in {took:.2f} s")


if __name__ == "__main__":
    main()
