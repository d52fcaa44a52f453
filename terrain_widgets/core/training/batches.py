"""Which pairs each step of training sees."""

from __future__ import annotations

import torch
from torch import Tensor


class Batches:
    """Row numbers for each step: shuffled without replacement again each epoch, or all rows at once.

    Args:
        seed: Of the shuffling.
        shuffle: The generator's state where an earlier run stopped, to go on from there.
    """

    def __init__(self, seed: int, shuffle: Tensor | None = None) -> None:
        self._generator = torch.Generator().manual_seed(seed)
        if shuffle is not None:
            self._generator.set_state(shuffle)
        self._left = torch.empty(0, dtype=torch.int64)
        self._total = 0

    @property
    def shuffle(self) -> Tensor:
        """State of the generator."""
        return self._generator.get_state()

    @property
    def epoch_ended(self) -> bool:
        """Whether the last rows were the last of their epoch."""
        return len(self._left) == 0

    def next(self, total: int, size: int) -> Tensor | None:
        """The next rows.

        Args:
            total: N, rows there are; when it changes a new epoch begins.
            size: How many are wanted. It may change at any step; the last batch of an epoch may be smaller.

        Returns:
            Row numbers ``[size]``, or ``None`` for all of them.
        """
        if size >= total:
            self._left = self._left[:0]
            return None
        if len(self._left) == 0 or total != self._total:
            self._left, self._total = torch.randperm(total, generator=self._generator), total
        rows, self._left = self._left[:size], self._left[size:]
        return rows
