"""``start_host``: an engine where it disturbs and is disturbed least."""

from __future__ import annotations

from typing import Literal

from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.hosts.process import ProcessHost
from terrain_widgets.audio.hosts.thread import ThreadHost
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.mapping import Mapping


def start_host(
    codec: Codec,
    mapping: Mapping | None = None,
    *,
    prefer: Literal["process", "thread"] = "process",
    ring_frames: float | None = None,
    seed: int = 0,
) -> LocalHost:
    """Start an engine where it disturbs and is disturbed least; returns at once, ``status().ready`` says when it plays.

    Args:
        codec: What decodes. Only a codec with a ``recipe`` can be loaded by another process.
        mapping: What is played at first.
        prefer: ``"process"``, or ``"thread"`` to stay in this process.
        ring_frames: As for ``LocalHost``.
        seed: As for ``Engine``.

    Raises:
        ValueError: If ``prefer`` is neither.
    """
    if prefer not in ("process", "thread"):
        raise ValueError(f"prefer is 'process' or 'thread', got {prefer!r}")
    why = "asked for"
    if prefer == "process":
        if codec.recipe is None:
            why = "this codec lives only in this process"
        else:
            process = ProcessHost(codec, mapping, ring_frames=ring_frames, seed=seed)
            try:
                process.start()
                return process
            except OSError as error:
                process.close()
                why = f"no process could be started ({error})"
    thread = ThreadHost(codec, mapping, why=why, ring_frames=ring_frames, seed=seed)
    thread.start()
    return thread
