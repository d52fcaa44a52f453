"""An engine in a process of its own, so that a busy kernel and the sound do not disturb each other."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import queue
import secrets
import subprocess
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Client
from typing import Any

from terrain_widgets.audio.hosts.host import Host
from terrain_widgets.audio.memory.control import ControlBlock
from terrain_widgets.audio.memory.ring import Ring
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.process.child import child_environment
from terrain_widgets.process.page_channel import line_path, new_name


class _Link:
    """The child and all that talks to it; it knows nothing of the host, so that a forgotten host can be collected."""

    def __init__(
        self, setup: dict[str, Any], ring: Ring, control: ControlBlock, heard: Callable[[str, Any], None]
    ) -> None:
        self._setup, self._ring, self._control, self._heard = setup, ring, control, heard
        self.commands: queue.SimpleQueue[tuple[str, Any] | None] = queue.SimpleQueue()
        self.ready = False
        self.closing = False
        self.message = ""
        self._errors: deque[str] = deque(maxlen=12)
        key = secrets.token_bytes(32)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "terrain_widgets.audio.hosts.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=child_environment(),
            start_new_session=True,  # an interrupt of the notebook goes to the kernel's whole process group
        )
        hello = {"key": base64.b64encode(key).decode(), "parent": os.getpid()}
        assert self.process.stdin is not None
        try:
            # stdin stays open from here on: the child ends when it closes, however this process ends
            self.process.stdin.write(json.dumps(hello).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            self.close()
            raise
        threading.Thread(target=self._drain_stderr, name="terrain-audio-errors", daemon=True).start()
        self._talker = threading.Thread(target=self._talk, args=(key,), name="terrain-audio-link", daemon=True)
        self._talker.start()

    @property
    def alive(self) -> bool:
        """Whether the child runs."""
        return not self.closing and self.process.poll() is None

    def why_dead(self) -> str:
        """One sentence about a child that ended by itself."""
        if self.message:
            return self.message
        code = self.process.poll()
        how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
        last = self._errors[-1] if self._errors else ""
        return f"the sound process {how}{f' ({last})' if last else ''}; call restart()"

    def close(self) -> None:
        """End the child and free the memory."""
        if self.closing:
            return
        self.closing = True
        self.commands.put(None)
        with contextlib.suppress(OSError):
            if self.process.stdin is not None:
                self.process.stdin.close()
        try:
            self.process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._ring.close()
        self._control.close()
        name, _ = self._setup["page_line"]
        if name:
            with contextlib.suppress(OSError):  # a child that was killed has left it
                os.unlink(line_path(name))

    def _drain_stderr(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as stream:
            for line in stream:
                text = line.decode(errors="replace").strip()
                if text:
                    self._errors.append(text)

    def _talk(self, key: bytes) -> None:
        assert self.process.stdout is not None
        connection = None
        try:
            with self.process.stdout as stdout:
                line = stdout.readline()  # empty if the child dies before it listens
            if not line:
                return
            address = json.loads(line)["address"]
            connection = Client(tuple(address) if isinstance(address, list) else address, authkey=key)
            connection.send(("setup", self._setup))
            while self.alive:
                with contextlib.suppress(queue.Empty):
                    command = self.commands.get(timeout=0.05)
                    if command is None:
                        return
                    connection.send(command)
                while connection.poll():
                    self._hear(*connection.recv())
        except (OSError, EOFError, ValueError):
            pass  # the child is gone or going; why_dead() says why
        finally:
            self.ready = False
            if connection is not None:
                connection.close()

    def _hear(self, what: str, content: Any) -> None:
        if what == "ready":
            self.ready, self.message = True, ""
        elif what == "error":
            self.message = content
        else:
            self._heard(what, content)


class ProcessHost(Host):
    """An engine in a child process, reached by shared memory and a command pipe.

    Args:
        codec: What decodes; its ``recipe`` is how the child loads it.
        mapping: What is played at first.
        ring_frames: As for ``Host``.
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
        self._recipe = codec.recipe
        self.page_line = new_name()
        self._line_lead: float | None = None
        self._link: _Link | None = None
        self._finalizer: weakref.finalize[..., Any] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return None if self._link is None else self._link.process.pid

    def start(self) -> None:
        """Start the child; it says when it is ready.

        Raises:
            OSError: If no process can be started here.
        """
        if self._link is not None and self._link.alive:
            return
        self.close()
        ring, control = self._open_memory(private=False)
        setup = {
            "recipe": self._recipe.to_json(),
            "ring": (ring.memory.path, ring.channels, ring.capacity),
            "control": control.memory.path,
            "ring_frames": self.ring_frames,
            "seed": self._seed,
            "update": self._everything().pack(),
            "device": self._device,
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
        """Have the engine send its sound to the page by itself, or no more; see ``Host``."""
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
            self._link.commands.put((name, content.pack() if isinstance(content, Update) else content))

    def _state(self) -> tuple[bool, bool, str]:
        link = self._link
        if link is None:
            return False, False, "the sound engine is closed"
        if not link.alive:
            return False, False, link.why_dead()
        return True, link.ready, link.message or ("" if link.ready else "the sound engine is starting")
