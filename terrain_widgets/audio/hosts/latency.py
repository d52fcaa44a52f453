"""How long it takes from a gesture to the ear, as a sum of named parts."""

from __future__ import annotations

from terrain_widgets.audio.engine.output.limiter import LIMITER_DELAY
from terrain_widgets.audio.hosts.local import LocalHost

_FRAME_OF_THE_PAGE = 1 / 60  # the pen layer tells at every second frame, so on average this


def latency_parts(host: LocalHost) -> tuple[tuple[str, float], ...]:
    """The kernel's and the engine's share, in the order in which a gesture meets them.

    Args:
        host: What plays.

    Returns:
        ``(name, seconds)``: ``gesture`` (the page gathers a gesture for one animation frame), ``control`` (on average
        half a block until the renderer looks), ``block`` (the latent frames that it renders at once, or what is left of
        them when it renders the next), ``ring`` (what is ready before them, beyond that block), ``codec`` (its delay
        and the limiter's), and, where the kernel's own device plays, ``device``. The page adds its parts.
    """
    block = host.status().block_frames * host.ratio / host.sample_rate
    device = host.device_status()
    ready = host.ring_seconds if device is None else device.ring_seconds
    parts = [
        ("gesture", _FRAME_OF_THE_PAGE),
        ("control", block / 2),
        ("block", min(block, ready)),
        ("ring", max(0.0, ready - block)),
        ("codec", (host.info.delay + LIMITER_DELAY) / host.sample_rate),
    ]
    if device is not None:
        parts.append(("device", device.latency_seconds))
    return tuple(parts)
