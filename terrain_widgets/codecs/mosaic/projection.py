"""From level and colour to latents: latent 0 is the level, the others are principal components of the colours.

The components are divided by their standard deviation, so that a terrain learns them equally well; small ones are
divided by a tenth of the largest at least, so that noise is not blown up.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.mosaic.features import BANDS

FloatArray = NDArray[np.float32]

_SMALLEST = 0.1  # of the largest deviation
_FLOOR = 0.5  # nepers over all bands: below, colours do not differ to the ear


@dataclass(frozen=True, eq=False)
class Projection:
    """What latents mean.

    Args:
        mean: Mean colour ``[BANDS]``.
        basis: Directions of the components, divided by their deviations, ``[BANDS, D - 1]``.
    """

    mean: FloatArray
    basis: FloatArray

    @property
    def latent_dim(self) -> int:
        """D."""
        return 1 + int(self.basis.shape[1])

    @property
    def space(self) -> str:
        """SHA-256 of it, hexadecimal: equal ones give equal latents."""
        return hashlib.sha256(self.to_text().encode()).hexdigest()

    def latents(self, levels: FloatArray, colours: FloatArray) -> FloatArray:
        """Levels ``[T]`` and colours ``[T, BANDS]`` to latents ``[T, D]``."""
        return np.concatenate([levels[:, None], (colours - self.mean) @ self.basis], axis=1, dtype=np.float32)

    def to_text(self) -> str:
        """For recipes; ``from_text`` reads it."""
        table = np.concatenate([self.mean[:, None], self.basis], axis=1).astype("<f4")
        return base64.b64encode(table.tobytes()).decode()

    @classmethod
    def from_text(cls, text: str) -> Projection:
        """What ``to_text`` wrote.

        Raises:
            CodecError: If it is something else.
        """
        try:
            table = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4").reshape(BANDS, -1)
        except (ValueError, TypeError) as error:
            raise CodecError(f"this is no projection of a mosaic codec ({error}); build it from its sounds") from error
        if table.shape[1] < 2 or not np.isfinite(table).all():
            raise CodecError("this projection of a mosaic codec is damaged; build the codec from its sounds")
        return cls(table[:, 0].astype(np.float32), table[:, 1:].astype(np.float32))


class ProjectionFit:
    """Collects colours, block by block, and finds the projection that keeps most of their variance."""

    def __init__(self) -> None:
        self._count = 0.0
        self._sum = np.zeros(BANDS)
        self._products = np.zeros((BANDS, BANDS))

    def add(self, colours: FloatArray) -> None:
        """Take colours ``[T, BANDS]`` into account."""
        table = colours.astype(np.float64)
        self._count += len(table)
        self._sum += table.sum(axis=0)
        self._products += table.T @ table

    def _covariance(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        mean = self._sum / max(1.0, self._count)
        return mean, self._products / max(1.0, self._count) - np.outer(mean, mean)

    def found(self, latent_dim: int) -> Projection:
        """The projection to so many latents, the level included."""
        mean, covariance = self._covariance()
        variances, directions = np.linalg.eigh(covariance)
        directions = directions[:, ::-1][:, : latent_dim - 1]
        deviations = np.sqrt(np.maximum(variances[::-1][: latent_dim - 1], 0.0))
        deviations = np.maximum(deviations, max(_SMALLEST * deviations[0], _FLOOR))
        signs = np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(latent_dim - 1)])
        return Projection(mean.astype(np.float32), (directions * signs / deviations).astype(np.float32))

    def explained(self, projection: Projection) -> float:
        """Share of the colours' variance that it keeps, 0 to 1."""
        _, covariance = self._covariance()
        total = float(np.trace(covariance))
        axes, _ = np.linalg.qr(projection.basis.astype(np.float64))
        return float(np.trace(axes.T @ covariance @ axes)) / total if total > 1e-9 else 1.0
