"""A terrain's heights: hill-shading, and the lines of equal height."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
Picture = NDArray[np.uint8]

_AZIMUTH, _ALTITUDE = 315.0, 45.0  # light from the upper left, as maps have it
_STEEPNESS = 4.0  # a slope through the whole range over a quarter of the picture is 45°


def heights(grid: FloatArray, channel: int = -1) -> FloatArray:
    """One number for each place, ``[H, W]``.

    Args:
        grid: Latents ``[H, W, D]``.
        channel: Which latent, or -1 for the strongest direction of all of them (the first principal component).
    """
    if channel >= 0:
        return grid[..., channel]
    flat = grid.reshape(-1, grid.shape[-1]).astype(np.float64)
    known = flat[np.isfinite(flat).all(axis=1)]
    if len(known) == 0:
        return np.full(grid.shape[:2], np.nan, dtype=np.float32)
    _, vectors = np.linalg.eigh(np.cov(known.T).reshape(grid.shape[-1], -1))
    direction = vectors[:, -1] * (-1.0 if vectors[:, -1].sum() < 0 else 1.0)  # a sign that does not flicker
    found: FloatArray = ((flat - known.mean(axis=0)) @ direction).reshape(grid.shape[:2]).astype(np.float32)
    return found


def hill_shade(height: FloatArray, azimuth: float = _AZIMUTH, altitude: float = _ALTITUDE) -> FloatArray:
    """How much light each place gets, ``[H, W]`` from 0 to 1; level ground gets sin(altitude).

    It is Lambert's cosine between the light and the surface's normal, as maps are shaded (Horn 1981, "Hill Shading and
    the Reflectance Map"). Heights are scaled so that their range over a quarter of the longer side is a slope of 45°.

    Args:
        height: ``[H, W]``, row 0 at the top.
        azimuth: Where the light comes from, degrees clockwise from the top.
        altitude: How high it stands, degrees above the plane.
    """
    if min(height.shape) < 2:
        return np.full(height.shape, np.sin(np.radians(altitude)), dtype=np.float32)
    values = np.nan_to_num(height.astype(np.float64))
    scale = max(height.shape) / (_STEEPNESS * max(float(np.ptp(values)), 1e-12))
    down, across = np.gradient(values * scale)
    turn, rise = np.radians(azimuth), np.radians(altitude)
    light = (np.sin(turn) * np.cos(rise), np.cos(turn) * np.cos(rise), np.sin(rise))  # right, up, out of the picture
    shade = (-across * light[0] + down * light[1] + light[2]) / np.sqrt(across**2 + down**2 + 1.0)
    lit: FloatArray = shade.clip(0.0, 1.0).astype(np.float32)
    return lit


def in_relief(picture: Picture, height: FloatArray) -> Picture:
    """A picture ``[H, W, 4]`` lit from the upper left; level ground keeps its colour."""
    light = hill_shade(height) / np.sin(np.radians(_ALTITUDE))
    lit = picture.copy()
    lit[..., :3] = np.round((picture[..., :3] * light[..., None]).clip(0.0, 255.0))
    return lit
