"""What an engine in the page says of itself, checked: a page may say anything."""

from __future__ import annotations

from typing import Any

import numpy as np

from terrain_widgets.audio.memory.control import MAX_CONTROL_DIM, MAX_SHOWN_PLAYHEADS, Telemetry

_MOST_LATENTS = 1024


def telemetry_of(content: dict[str, Any], before: Telemetry) -> Telemetry:
    """Levels and places from the page's message.

    Args:
        content: The message ``heard``.
        before: What was known: place and latents stay where the page tells none, so that one can leave the plane.

    Raises:
        KeyError: If something is missing.
        ValueError: If something is not a number.
        TypeError: If a number is something else.
    """
    place, latents = _numbers(content["place"], MAX_CONTROL_DIM), _numbers(content["latents"], _MOST_LATENTS)
    levels = [content[name] for name in ("peak_db", "rms_db", "limiter_db", "recorded_seconds")]
    peak, rms, limiter, seconds = _numbers(levels, len(levels))
    return Telemetry(
        peak_db=peak,
        rms_db=rms,
        limiter_db=limiter,
        nan_count=int(content["nan_count"]),
        frames=int(content["frames"]),
        silent=bool(content["silent"]),
        recorded_seconds=seconds,
        playheads=_numbers(content["positions"], MAX_SHOWN_PLAYHEADS),
        place=place or before.place,
        latents=latents or before.latents,
    )


def _numbers(values: Any, most: int) -> tuple[float, ...]:
    numbers = np.asarray(values, dtype=np.float64).ravel()[:most]
    if not np.isfinite(numbers).all():
        raise ValueError("not finite")
    return tuple(numbers.tolist())
