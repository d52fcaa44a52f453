"""What there is to see of a layer: its shape, its statistics, its histogram."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class LayerStatistics:
    """Of all of a layer's weights.

    Args:
        shape: Of the layer.
        mean: Average.
        deviation: Standard deviation.
        skew: Third standardised moment; 0 for a symmetric layer and for a constant one.
        kurtosis: Fourth standardised moment less 3; 0 for a Gaussian layer and for a constant one.
        low: Smallest weight.
        median: Middle weight.
        high: Largest weight.
        zeros: Share that is exactly 0.
    """

    shape: tuple[int, ...]
    mean: float
    deviation: float
    skew: float
    kurtosis: float
    low: float
    median: float
    high: float
    zeros: float

    @classmethod
    def of(cls, weights: FloatArray) -> LayerStatistics:
        """Those of a layer that holds at least one weight.

        Raises:
            ValueError: If it holds none.
        """
        flat = weights.astype(np.float64).ravel()
        if flat.size == 0:
            raise ValueError("a layer without weights has no statistics")
        mean, deviation = float(flat.mean()), float(flat.std())
        unit = (flat - mean) / deviation if deviation > 0.0 else np.zeros_like(flat)
        return cls(
            weights.shape,
            mean,
            deviation,
            float((unit**3).mean()),
            float((unit**4).mean()) - 3.0 if deviation > 0.0 else 0.0,
            float(flat.min()),
            float(np.median(flat)),
            float(flat.max()),
            float((flat == 0.0).mean()),
        )


def seen(weights: FloatArray, most: int = 1 << 18) -> FloatArray:
    """The weights that a picture is made of, in a row: all of them, or of a large layer evenly spaced ones.

    Args:
        weights: Of a layer.
        most: How many at most.
    """
    flat = weights.ravel()
    return flat[:: -(-flat.size // most)] if flat.size > most else flat


def histogram(weights: FloatArray, low: float, high: float, bins: int = 64) -> NDArray[np.int64]:
    """How many weights lie in each of ``bins`` equal parts of ``low``..``high``; those beyond count at the ends.

    Raises:
        ValueError: If the range is empty, or there are no bins.
    """
    if not (low < high and bins >= 1):
        raise ValueError(f"a histogram needs a range and at least one bin, got {low} to {high} and {bins}")
    counts, _ = np.histogram(weights.ravel().clip(low, high), bins=bins, range=(low, high))
    return counts.astype(np.int64)
