"""A layer's output on its way to the next layer, changed by a table: see ``core.bending.outputs``."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from terrain_widgets.core.bending.outputs import FOLD, GAIN, HOLD, OFFSET


class BentOutputs:
    """Tables of some layers, and what is held of them, for one stream.

    Args:
        tables: ``[channels, 4]`` by name.
    """

    def __init__(self, tables: Mapping[str, NDArray[np.float32]]) -> None:
        self._tables = {name: torch.from_numpy(np.ascontiguousarray(table.T)) for name, table in tables.items()}
        self._held: dict[str, Tensor] = {}  # [B, channels]; NaN: nothing yet

    def take(self, other: BentOutputs | None) -> None:
        """Go on holding what another one holds, where both do."""
        for name, held in {} if other is None else other._held.items():
            if name in self._tables:
                self._held[name] = held

    def reset(self) -> None:
        """Hold nothing."""
        self._held = {}

    def resize(self, rows: int) -> None:
        """Another number of rows; new ones hold nothing."""
        for name, held in self._held.items():
            fresh = torch.full((rows, held.shape[1]), math.nan)
            kept = min(rows, len(held))
            fresh[:kept] = held[:kept]
            self._held[name] = fresh

    def through(self, name: str, values: Tensor) -> Tensor:
        """Outputs ``[B, T, channels]``, changed.

        Args:
            name: Of the table; without it nothing is changed.
            values: The outputs.
        """
        table = self._tables.get(name)
        if table is None:
            return values
        holds = table[HOLD]
        if bool((holds > 0.0).any()):
            held = self._held.get(name)
            held = torch.full_like(values[:, 0], math.nan) if held is None else held
            held = torch.where(torch.isnan(held), values[:, 0], held)
            self._held[name] = torch.where(holds > 0.0, held, math.nan)
            values = values + holds * (held[:, None] - values)
        else:
            self._held.pop(name, None)  # what was held before is not what a later table holds
        values = table[GAIN] * values + table[OFFSET]
        if bool((table[FOLD] > 0.0).any()):
            folded = 1.0 - (torch.remainder(values + 1.0, 4.0) - 2.0).abs()
            values = values + table[FOLD] * (folded - values)
        return values
