"""Trajectories: what a path on the plane and a sound in latent space have in common, time first."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float32]


def _as_table(values: ArrayLike, what: str, columns: str) -> FloatArray:
    table = np.array(values, dtype=np.float32)  # a copy: nobody outside may change it later
    if table.ndim != 2 or table.shape[0] < 1 or table.shape[1] < 1:
        raise ValueError(
            f"a {what} needs a table [T, {columns}] with at least one row and one column, got shape {table.shape}"
        )
    if not np.isfinite(table).all():
        bad = int((~np.isfinite(table)).any(axis=1).sum())
        raise ValueError(
            f"a {what} must be finite, but {bad} of its {len(table)} rows hold NaN or infinity; remove or repair them"
        )
    table.setflags(write=False)
    return table


@dataclass(frozen=True, eq=False)
class SpatialTrajectory:
    """A path through control space.

    Args:
        values: Coordinates ``[T, C]`` in control units, in the order of travel.

    Raises:
        ValueError: If the table is empty, not two-dimensional or not finite.
    """

    values: FloatArray

    def __init__(self, values: ArrayLike) -> None:
        object.__setattr__(self, "values", _as_table(values, "spatial trajectory", "C"))

    def __len__(self) -> int:
        return int(self.values.shape[0])

    def __repr__(self) -> str:
        return f"SpatialTrajectory({len(self)} points in {self.control_dim}-D, length {self.length:.3g})"

    @property
    def control_dim(self) -> int:
        """C, the number of control dimensions."""
        return int(self.values.shape[1])

    @property
    def length(self) -> float:
        """Arc length in control units."""
        return float(_cumulative_length(self.values)[-1])

    def resampled(self, count: int) -> SpatialTrajectory:
        """The same path as ``count`` points at equal arc length.

        Both ends are kept exactly. Equal spacing is measured along the path, so a slow hand and a fast one that
        draw the same line give the same points. (nn.terrain instead restarts a fixed spacing, its
        ``latent_density``, at every vertex.)

        Args:
            count: Number of points N, at least 1. With 1 the start of the path is taken.

        Raises:
            ValueError: If ``count`` is below 1, or the path has no length while more than one point is asked for.
        """
        if count < 1:
            raise ValueError(f"a path can be resampled to 1 point or more, not to {count}")
        if count == 1:
            return SpatialTrajectory(self.values[:1])
        travelled = _cumulative_length(self.values)
        if travelled[-1] <= 0.0:
            raise ValueError(
                f"this path has no length (all {len(self)} points are at one place), so it cannot be spread over "
                f"{count} frames; draw a line"
            )
        keep = np.concatenate([[True], np.diff(travelled) > 0])  # repeated points would make the inverse ambiguous
        places = np.linspace(0.0, travelled[-1], count)
        columns = [np.interp(places, travelled[keep], column[keep]) for column in self.values.T.astype(np.float64)]
        resampled = np.stack(columns, axis=1).astype(np.float32)
        resampled[0], resampled[-1] = self.values[0], self.values[-1]
        return SpatialTrajectory(resampled)


def _cumulative_length(values: FloatArray) -> NDArray[np.float64]:
    steps = np.linalg.norm(np.diff(values.astype(np.float64), axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)])


@dataclass(frozen=True, eq=False)
class LatentTrajectory:
    """A sound as a codec sees it: one latent vector per frame.

    Args:
        values: Latents ``[T, D]``, one row per frame.
        frame_rate: Frames per second, or ``None`` where it has no clock.

    Raises:
        ValueError: If the table is empty, not two-dimensional or not finite.
    """

    values: FloatArray
    frame_rate: float | None = field(default=None)

    def __init__(self, values: ArrayLike, frame_rate: float | None = None) -> None:
        object.__setattr__(self, "values", _as_table(values, "latent trajectory", "D"))
        object.__setattr__(self, "frame_rate", None if frame_rate is None else float(frame_rate))

    def __len__(self) -> int:
        return int(self.values.shape[0])

    def __repr__(self) -> str:
        seconds = "" if not self.frame_rate else f", {len(self) / self.frame_rate:.2f} s"
        return f"LatentTrajectory({len(self)} frames of {self.latent_dim} latents{seconds})"

    @property
    def latent_dim(self) -> int:
        """D, the number of latent channels."""
        return int(self.values.shape[1])
