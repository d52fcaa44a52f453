"""Checks of notebook 01: latents are a table of numbers, and what is done to the numbers is heard."""

from __future__ import annotations

import numpy as np

from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.lessons.verdict import Hint, exercise, table


@exercise("latents.values.shape says how many frames there are, and how many numbers each has. Multiply them.")
def check_count(count: object, latents: LatentTrajectory, samples: int) -> str:
    """Whether the number of numbers is right."""
    frames, each = latents.values.shape
    if count == frames:
        raise Hint(f"{frames} is the number of frames. Each frame is {each} numbers.")
    if count == samples:
        raise Hint(f"{samples} is the number of samples in the sound itself; its latents are far fewer.")
    if count != frames * each:
        raise Hint(f"It is not {count}: multiply the two numbers in latents.values.shape.")
    return (
        f"{frames} × {each} = {frames * each} numbers stand for {samples} samples, {samples / frames / each:.0f} : 1."
    )


@exercise("latents.values[::-1] is the table with its last row first.")
def check_backwards(backwards: object, latents: LatentTrajectory) -> str:
    """Whether the latents are in reverse order of time."""
    rows = table(backwards, latents.latent_dim, "Backwards, the sound still")
    if rows.shape == latents.values.shape and np.allclose(rows, latents.values[:, ::-1]):
        raise Hint("You turned the columns round, which swaps pitch with colour. Time runs down the rows: [::-1].")
    if rows.shape != latents.values.shape or not np.allclose(rows, latents.values[::-1]):
        raise Hint(f"The first row should be the last one of latents.values, all {len(latents)} rows kept.")
    return "Backwards: the tail swells, the attack comes last. Yet no sample was turned round, only 43 rows a second."


@exercise("Half of the one and half of the other: 0.5 * one + 0.5 * other.")
def check_blend(blend: object, one: object, other: object) -> str:
    """Whether each row is half way between those of two sounds."""
    a, b = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    rows = table(blend, a.shape[1], "The blend")
    if rows.shape != a.shape:
        raise Hint(f"The blend should have as many rows as its parents, {len(a)}; yours has {len(rows)}.")
    if np.allclose(rows, a + b):
        raise Hint("That is the sum, which lies beyond both. Take half of each.")
    if np.allclose(rows, a) or np.allclose(rows, b):
        raise Hint("That is one of the two. Take half of each.")
    if not np.allclose(rows, (a + b) / 2, atol=1e-4):
        raise Hint("Every row should be half way between the rows of the two: 0.5 * one + 0.5 * other.")
    return "Half way. It is one instrument that never was, where mixing the two sounds would be two instruments."
