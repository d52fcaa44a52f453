"""Takes from when all bent layers were one asset: that asset as one for each layer."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from terrain_widgets.audio.assets import WEIGHTS, weights_key

Arrays = dict[str, NDArray[Any]]


class WholeBends:
    """Reads a take's updates from the first on, because each said only which layers were bent after it."""

    def __init__(self) -> None:
        self._bent: tuple[str, ...] = ()

    def by_layer(self, config: dict[str, Any], arrays: Arrays) -> tuple[dict[str, Any], Arrays]:
        """A packed update, with an asset for each layer; any other stays as it is.

        Args:
            config: As ``Packed`` has it.
            arrays: As ``Packed`` has them.
        """
        assets = config.get("assets", {})
        if WEIGHTS not in assets:
            return config, arrays
        prefix = f"{WEIGHTS}:"
        own = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
        rest = {name: array for name, array in arrays.items() if not name.startswith(prefix)}
        gone = {weights_key(layer): None for layer in self._bent}
        bent = {weights_key(layer): {"kind": WEIGHTS, "config": {}} for layer in own}
        others = {key: asset for key, asset in assets.items() if key != WEIGHTS}
        self._bent = tuple(own)
        named = {f"{weights_key(layer)}:weights": array for layer, array in own.items()}
        return {**config, "assets": {**others, **gone, **bent}}, {**rest, **named}
