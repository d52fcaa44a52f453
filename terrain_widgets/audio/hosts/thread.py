"""The fallback: an engine in a thread of the kernel."""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
import weakref
from typing import Any

from terrain_widgets.audio.assets import WEIGHTS
from terrain_widgets.audio.engine.resolution import bends_of
from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.render_loop.loop import RenderLoop, obey
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.mapping import Mapping


class _Run:
    """What the thread owns; it knows nothing of the host, so that a forgotten host can be collected."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.commands: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self.ready = False
        self.error = ""
        self.failed = False
        self.thread: threading.Thread | None = None
        self.loop: RenderLoop | None = None

    def end(self) -> None:
        self.stop.set()
        if self.thread is not None and self.thread is not threading.current_thread():
            self.thread.join(timeout=2.0)

    def main(self, make: Any) -> None:
        torch = sys.modules.get("torch")
        if torch is not None:
            # Both settings belong to this thread. A second torch thread would wait at barriers for a core that the
            # kernel uses: they would wait for each other at every operation.
            torch.set_num_threads(1)
            torch.set_grad_enabled(False)
        try:
            loop: RenderLoop = make()
            loop.warm_up()
            self.loop, self.ready = loop, True
            while not self.stop.is_set():
                while not self.commands.empty():
                    obey(loop, *self.commands.get())
                pause = loop.step()
                if pause:
                    self.stop.wait(pause)
        except Exception as error:
            self.error, self.failed = f"the sound engine stopped: {type(error).__name__}: {error}", True
        finally:
            if self.loop is not None:
                self.loop.close()
            self.ready, self.loop = False, None


class ThreadHost(LocalHost):
    """An engine in a thread: for codecs that only this process has. A busy kernel makes it stutter.

    Args:
        codec: What decodes.
        mapping: What is played at first.
        why: Why there is no process, shown to the user in ``kind``.
        ring_frames: As for ``LocalHost``.
        seed: As for ``Engine``.
    """

    ready_seconds = 0.05  # a thread of a busy kernel gets its turn only every 5 to 20 ms, and must then find enough

    def __init__(
        self,
        codec: Codec,
        mapping: Mapping | None = None,
        *,
        why: str = "asked for",
        ring_frames: float | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(codec, mapping, ring_frames=ring_frames, seed=seed)
        self.kind = f"thread: {why}"
        self._run: _Run | None = None
        self._finalizer: weakref.finalize[..., Any] | None = None

    def start(self) -> None:
        """Start the thread; the codec warms up in it."""
        if self._run is not None and not self._run.failed:
            return
        self.close()
        ring, control = self._open_memory(private=True)
        run = self._run = _Run()
        run.commands.put(("update", self._everything()))
        if self._device is not None:
            run.commands.put(("device", self._device))
        if self.ear.source is not None:
            run.commands.put(("listen", self.ear.source))
        codec, frames, seed, me = self._codec, self.ring_frames, self._seed, weakref.ref(self)

        def tell(what: str, content: Any) -> None:
            host = me()
            if what == "error":
                run.error = content
            elif host is not None:
                host._heard(what, content)

        run.thread = threading.Thread(
            target=run.main,
            args=(lambda: RenderLoop(codec, ring, control, frames, seed, tell),),
            name="terrain-audio",
            daemon=True,
        )
        self._finalizer = weakref.finalize(self, run.end)
        run.thread.start()

    def close(self) -> None:
        """Stop the thread."""
        run, self._run = self._run, None
        if run is None:
            return
        if self._finalizer is not None:
            self._finalizer()
        with self._lock:
            self._ring = self._control = None  # private memory goes with its last user

    def _send(self, name: str, content: Any) -> None:
        if self._run is None:
            return
        if name == "update" and self._run.loop is not None and content.groups & {"bend", WEIGHTS}:
            bends = self._run.loop.engine.decoder.bends  # made ready here, beside the sound
            with contextlib.suppress(ValueError):  # the engine says so
                bends.prepare(bends_of(self._assets), self._patch["bend.amount"])
        self._run.commands.put((name, content))

    def _state(self) -> tuple[bool, bool, str]:
        run = self._run
        if run is None:
            return False, False, "the sound engine is closed"
        if run.failed:
            return False, False, run.error
        return True, run.ready, run.error or ("" if run.ready else "the sound engine is starting")
