"""What a layer gives, changed channel by channel while it plays: held, scaled, shifted, folded.

All of it is a table of one row for each channel, which is bent, blended and sent as a layer's weights are. A neutral
row changes nothing, so an amount between 0 and 1 lies between the layer's own output and the bent one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

#: End of a table's name, after the layer's own: ``net.2.output``.
OUTPUT = ".output"
#: What a channel goes through, in this order; a column of the table each.
HOLD, GAIN, OFFSET, FOLD = range(4)
NEUTRAL = (0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class LayerOutput:
    """What is known of a layer's output.

    Args:
        channels: How many there are.
        moves: Whether it can be held and folded too; else only gain and offset can be changed.
    """

    channels: int
    moves: bool = True

    @property
    def neutral(self) -> FloatArray:
        """The table ``[channels, 4]`` that changes nothing."""
        return np.tile(np.array(NEUTRAL, dtype=np.float32), (self.channels, 1))


def is_output(layer: str) -> bool:
    """Whether a name is that of a table of outputs."""
    return layer.endswith(OUTPUT)


def neutral_tables(outputs: Mapping[str, LayerOutput]) -> dict[str, FloatArray]:
    """Tables that change nothing, by name."""
    return {name: known.neutral for name, known in outputs.items()}


def check_tables(tables: Mapping[str, FloatArray], outputs: Mapping[str, LayerOutput]) -> None:
    """Say which table does not fit its layer.

    Raises:
        ValueError: If there is no such output, or the table is of another shape or asks for what cannot be done.
    """
    for name, table in tables.items():
        known = outputs.get(name)
        if known is None:
            raise ValueError(f"this model has no output {name!r}; it has {', '.join(list(outputs)[:6]) or 'none'}")
        if table.shape != (known.channels, len(NEUTRAL)):
            raise ValueError(f"{name} is a table of {known.channels} channels, got one of the shape {table.shape}")
        if not known.moves and table[:, [HOLD, FOLD]].any():
            raise ValueError(f"{name} cannot be held or folded in this model; its gain and offset can be changed")
