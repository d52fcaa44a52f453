"""Trajectories: what a path on the plane and a sound in latent space have in common, time first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.paths.curves import cumulative_length, resample

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


def _as_column(values: ArrayLike, rows: int, what: str, dtype: type[Any]) -> NDArray[Any]:
    column = np.array(values, dtype=dtype)
    if column.shape != (rows,) or not np.isfinite(column).all():
        raise ValueError(
            f"the {what} of a spatial trajectory must be {rows} finite numbers, one for each point, got "
            f"{int(np.isfinite(column).sum())} finite ones in shape {column.shape}"
        )
    column.setflags(write=False)
    return column


@dataclass(frozen=True, eq=False)
class SpatialTrajectory:
    """A path through control space.

    Args:
        values: Coordinates ``[T, C]`` in control units, in the order of travel.
        times: When the pen was at each point, ``[T]`` seconds, not decreasing; or ``None`` where nobody timed it.
        pressures: The pen's pressure at each point, ``[T]``, 0…1; or ``None``.

    Raises:
        ValueError: If a table is empty, of a wrong shape or not finite, or times run backwards.
    """

    values: FloatArray
    times: NDArray[np.float64] | None
    pressures: FloatArray | None

    def __init__(self, values: ArrayLike, times: ArrayLike | None = None, pressures: ArrayLike | None = None) -> None:
        table = _as_table(values, "spatial trajectory", "C")
        clock = None if times is None else _as_column(times, len(table), "times", np.float64)
        force = None if pressures is None else _as_column(pressures, len(table), "pressures", np.float32)
        if clock is not None and (np.diff(clock) < 0).any():
            raise ValueError("the times of a spatial trajectory run backwards; sort its points by time")
        object.__setattr__(self, "values", table)
        object.__setattr__(self, "times", clock)
        object.__setattr__(self, "pressures", force)

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
        return float(cumulative_length(self.values)[-1])

    def resampled(self, count: int, keep_corners: bool = False) -> SpatialTrajectory:
        """The same path as ``count`` points at equal arc length.

        Both ends are kept exactly. Equal spacing is measured along the path, so a slow hand and a fast one that
        draw the same line give the same points. (nn.terrain instead restarts a fixed spacing, its
        ``latent_density``, at every vertex.) Times and pressures belong to the pen's points and are left behind.

        Args:
            count: Number of points N, at least 1. With 1 the start of the path is taken.
            keep_corners: Meet every sharp corner, at the price of spacing that is equal between corners only; see
                ``curves.resample``.

        Raises:
            ValueError: If ``count`` is below 1, or the path has no length while more than one point is asked for.
        """
        return SpatialTrajectory(resample(self.values, count, keep_corners))


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
