"""An engine in a process of its own, so that a busy kernel and the sound do not disturb each other."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import weakref
from collections.abc import Callable
from typing import Any

from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.hosts.wire import packed_command, unpacked_news
from terrain_widgets.audio.memory.control import ControlBlock
from terrain_widgets.audio.memory.ring import Ring
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.process.child import ChildProcess
from terrain_widgets.process.messages import Message
from terrain_widgets.process.page_channel import line_path, new_name


class _Link:
    """The child and all that talks to it; it knows nothing of the host, so that a forgotten host can be collected."""

    def __init__(
        self, setup: dict[str, Any], ring: Ring, control: ControlBlock, heard: Callable[[str, Any], None]
    ) -> None:
        self._line, self._ring, self._control = setup["page_line"][0], ring, control
        self._commands: queue.SimpleQueue[tuple[str, Any] | None] = queue.SimpleQueue()
        self.ready = False
        self.closing = False
        self.message = ""

        def hear(message: Message | None) -> None:
            if message is None:
                self.ready = False
                return
            what, content = message[0]["what"], message[1]
            if what == "ready":
                self.ready, self.message = True, ""
            elif what == "error":
                self.message = content
            else:
                heard(what, unpacked_news(what, content))

        self.child = ChildProcess("terrain_widgets.audio.hosts.child", hear=hear)
        self.send("setup", setup)
        threading.Thread(target=self._talk, name="terrain-audio-link", daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether the child runs."""
        return not self.closing and self.child.pid is not None

    def why_dead(self) -> str:
        """One sentence about a child that ended by itself."""
        return self.message or f"the sound process {self.child.how_it_ended()}; call restart()"

    def send(self, name: str, content: Any) -> None:
        """Tell the child; returns at once."""
        self._commands.put((name, content))

    def close(self) -> None:
        """End the child and free the memory."""
        if self.closing:
            return
        self.closing = True
        self._commands.put(None)
        self.child.leave(1.0)
        self._ring.close()
        self._control.close()
        if self._line:
            with contextlib.suppress(OSError):  # a child that was killed has left it
                os.unlink(line_path(self._line))

    def _talk(self) -> None:
        with contextlib.suppress(OSError):  # the child is gone or going; why_dead() says why
            while (command := self._commands.get()) is not None and self.alive:
                self.child.send({"do": command[0]}, command[1])


class ProcessHost(LocalHost):
    """An engine in a child process, reached by shared memory and a command pipe.

    Args:
        codec: What decodes; its ``recipe`` is how the child loads it.
        mapping: What is played at first.
        ring_frames: As for ``LocalHost``.
        seed: As for ``Engine``.

    Raises:
        ValueError: If the codec has no recipe.
    """

    kind = "process"

    def __init__(
        self, codec: Codec, mapping: Mapping | None = None, *, ring_frames: float | None = None, seed: int = 0
    ) -> None:
        super().__init__(codec, mapping, ring_frames=ring_frames, seed=seed)
        if codec.recipe is None:
            raise ValueError(
                f"codec {codec.info.name!r} has no recipe, so another process cannot load it; use start_host(), which "
                "then takes a thread"
            )
        self.page_line = new_name()
        self._line_lead: float | None = None
        self._link: _Link | None = None
        self._finalizer: weakref.finalize[..., Any] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return None if self._link is None else self._link.child.pid

    def start(self) -> None:
        """Start the child; it says when it is ready.

        Raises:
            OSError: If no process can be started here.
        """
        if self._link is not None and self._link.alive:
            return
        self.close()
        recipe = self._codec.recipe
        assert recipe is not None  # as was seen to when the codec came
        ring, control = self._open_memory(private=False)
        setup = {
            "recipe": recipe.to_json(),
            "ring": (ring.memory.path, ring.channels, ring.capacity),
            "control": control.memory.path,
            "ring_frames": self.ring_frames,
            "seed": self._seed,
            "update": packed_command("update", self._everything()),
            "device": packed_command("device", self._device),
            "listen": packed_command("listen", self.ear.source),
            "page_line": (self.page_line, self._line_lead),
        }
        me = weakref.ref(self)

        def heard(what: str, content: Any) -> None:
            host = me()
            if host is not None:
                host._heard(what, content)

        try:
            self._link = _Link(setup, ring, control, heard)
        except BaseException:
            ring.close()
            control.close()
            raise
        self._finalizer = weakref.finalize(self, self._link.close)

    def use_page_line(self, lead_seconds: float | None) -> None:
        """Have the engine send its sound to the page by itself, or no more; see ``LocalHost``."""
        if lead_seconds != self._line_lead:
            self._line_lead, self._page_status = lead_seconds, None
            self._send("page_line", lead_seconds)

    def close(self) -> None:
        """End the child."""
        self._link = None
        if self._finalizer is not None:
            self._finalizer()
            self._finalizer = None
        with self._lock:
            self._ring = self._control = None

    def _send(self, name: str, content: Any) -> None:
        if self._link is not None:
            self._link.send(name, packed_command(name, content))

    def _state(self) -> tuple[bool, bool, str]:
        link = self._link
        if link is None:
            return False, False, "the sound engine is closed"
        if not link.alive:
            return False, False, link.why_dead()
        return True, link.ready, link.message or ("" if link.ready else "the sound engine is starting")
