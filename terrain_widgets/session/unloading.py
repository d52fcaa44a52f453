"""Memory that a session can do without for a while: the engine's process and the codec."""

from __future__ import annotations

import psutil

from terrain_widgets.process.freed_memory import give_back_memory
from terrain_widgets.session.sound import Sound
from terrain_widgets.session.sounds.latent_store import LatentStore
from terrain_widgets.session.stage.assets import StageAssets


def unload(sound: Sound, sounds: LatentStore, assets: StageAssets) -> int:
    """End the engine and free the codec, and say how many bytes of memory that gave back to the machine.

    Both come back by themselves: the codec when something is encoded or decoded, the engine when something is to sound.
    Counted is what the kernel's process and the engine's own process held for themselves alone.
    """
    engine = getattr(sound.engine, "pid", None)
    before = _own_bytes(None) + (_own_bytes(engine) if engine is not None else 0)
    sound.stop()
    sounds.let_go()
    assets.forget_codec()
    give_back_memory()
    return max(0, before - _own_bytes(None))


def _own_bytes(process: int | None) -> int:
    """Memory of a process, this one for None, that no other process shares; 0 if it has ended."""
    try:
        return int(psutil.Process(process).memory_full_info().uss)
    except psutil.Error:
        return 0
