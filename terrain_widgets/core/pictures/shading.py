"""Latents on a grid as pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
Picture = NDArray[np.uint8]
#: nn.terrain's defaults: ``terrain_clamp``, and ``terrain_rgb_l`` and ``_h`` as red, green, blue, brightness.
NN_TERRAIN_CLAMP = (-1.0, 4.0)
NN_TERRAIN_LOW, NN_TERRAIN_HIGH = (0.9, 0.75, 0.6, 0.0), (1.0, 1.0, 1.0, 1.0)


def shade_channel(
    grid: FloatArray, channel: int, palette: Picture, limits: tuple[float, float] | None = None
) -> tuple[Picture, tuple[float, float]]:
    """One latent channel as a picture.

    Args:
        grid: Latents ``[H, W, D]``.
        channel: Which of the D to show.
        palette: Colours ``[K, 3]`` from low to high.
        limits: Values of the first and the last colour; by default the lowest and highest of the picture.

    Returns:
        RGBA ``[H, W, 4]`` and the limits used. What is not finite is transparent.
    """
    values = grid[..., channel]
    finite = np.isfinite(values)
    if limits is None:
        limits = (float(values[finite].min()), float(values[finite].max())) if finite.any() else (0.0, 1.0)
    low, high = limits
    scaled = np.where(finite, (values - low) / max(high - low, 1e-9), 0.0).clip(0.0, 1.0)
    index = np.round(scaled * (len(palette) - 1)).astype(np.intp)
    picture = np.empty((*values.shape, 4), dtype=np.uint8)
    picture[..., :3] = palette[index]
    picture[..., 3] = np.where(finite, 255, 0)
    return picture, (float(low), float(high))


def shade_all(grid: FloatArray, reference: FloatArray | None = None) -> Picture:
    """All latents at once as RGBA ``[H, W, 4]``: their three strongest directions as red, green and blue.

    Args:
        grid: Latents ``[H, W, D]``.
        reference: Latents ``[N, D]`` that fix directions and scale, so that colours keep their meaning while a
            terrain is trained; by default the grid itself.
    """
    flat = np.nan_to_num(grid.reshape(-1, grid.shape[-1]).astype(np.float64))
    basis = flat if reference is None else np.asarray(reference, dtype=np.float64)
    centre = basis.mean(axis=0)
    apart = basis - centre
    # of the covariance, [D, D]: the same directions as of the table itself, at a hundredth of the time
    _, directions = np.linalg.eigh(apart.T @ apart)
    directions = directions.T[::-1][:3]
    directions *= np.where(directions.sum(axis=1, keepdims=True) < 0, -1.0, 1.0)  # a sign that does not flicker
    spread = np.maximum((apart @ directions.T).std(axis=0), 1e-6)
    colour = 0.5 + ((flat - centre) @ directions.T) / (4.0 * spread)
    picture = np.full((*grid.shape[:2], 4), 255, dtype=np.uint8)
    levels = np.round(colour.clip(0.0, 1.0) * 255).astype(np.uint8).reshape(*grid.shape[:2], -1)
    picture[..., :3] = 128
    picture[..., : levels.shape[-1]] = levels
    return picture


def shade_three(
    grid: FloatArray, channels: Sequence[int], limits: Sequence[tuple[float, float]] | None = None
) -> tuple[Picture, list[tuple[float, float]]]:
    """Three latent channels as red, green and blue.

    Args:
        grid: Latents ``[H, W, D]``.
        channels: Which three.
        limits: Values of darkest and brightest for each; by default the lowest and highest of the picture.

    Returns:
        RGBA ``[H, W, 4]`` and the limits used. What is not finite is transparent.

    Raises:
        ValueError: If there are not three such channels.
    """
    _check_channels(grid, channels, 3)
    values = grid[..., list(channels)]
    finite: NDArray[np.bool_] = np.asarray(np.isfinite(values).all(axis=-1))
    if limits is None:
        known = values[finite]
        limits = list(zip(known.min(axis=0), known.max(axis=0), strict=True)) if len(known) else [(0.0, 1.0)] * 3
    low, high = np.array(limits, dtype=np.float64).T
    scaled = (np.where(finite[..., None], values, low) - low) / np.maximum(high - low, 1e-9)
    return _packed(scaled, finite), [(float(a), float(b)) for a, b in limits]


def shade_as_nn_terrain(
    grid: FloatArray, channels: Sequence[int], clamp: tuple[float, float] = NN_TERRAIN_CLAMP
) -> Picture:
    """One channel as grey or four as colour, as nn.terrain.gui draws them (``plot_multi_channel``).

    Of four, the first is brightness and the others red, green and blue between two tints. (nn.terrain cannot draw all
    channels of a terrain of exactly four; this can.)

    Args:
        grid: Latents ``[H, W, D]``.
        channels: One or four.
        clamp: Latents drawn as black and as white, nn.terrain's ``terrain_clamp``.

    Returns:
        RGBA ``[H, W, 4]``. What is not finite is transparent.

    Raises:
        ValueError: If there is not one such channel, nor four.
    """
    _check_channels(grid, channels, 1 if len(channels) == 1 else 4)
    values = grid[..., list(channels)]
    finite: NDArray[np.bool_] = np.asarray(np.isfinite(values).all(axis=-1))
    share = (np.where(finite[..., None], values, clamp[0]) - clamp[0]) / max(clamp[1] - clamp[0], 1e-9)
    share = share.clip(0.0, 1.0)
    if len(channels) == 1:
        return _packed(np.repeat(share, 3, axis=-1), finite)
    low, high = np.array(NN_TERRAIN_LOW), np.array(NN_TERRAIN_HIGH)
    brightness = low[3] + share[..., :1] * (high[3] - low[3])
    return _packed((low[:3] + share[..., 1:] * (high[:3] - low[:3])) * brightness, finite)


def _check_channels(grid: FloatArray, channels: Sequence[int], count: int) -> None:
    latents = grid.shape[-1]
    if len(channels) != count or not all(0 <= channel < latents for channel in channels):
        raise ValueError(f"this picture needs {count} channels of the {latents} (from 0), got {list(channels)}")


def _packed(colour: NDArray[np.floating], visible: NDArray[np.bool_]) -> Picture:
    picture = np.empty((*visible.shape, 4), dtype=np.uint8)
    picture[..., :3] = np.round(colour.clip(0.0, 1.0) * 255)
    picture[..., 3] = np.where(visible, 255, 0)
    return picture
