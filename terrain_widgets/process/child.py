"""A process of this package seen from its parent: started, talked to over pipes, ended."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from terrain_widgets.process.messages import Message, read_message, write_message


def child_environment() -> dict[str, str]:
    """This process's environment, with the same terrain_widgets to import, and one thread for the mathematics.

    One thread: a second one would wait at barriers for a core that the kernel is using.
    """
    environment = dict(os.environ)
    here = str(Path(__file__).resolve().parents[2])  # the same terrain_widgets, wherever this one came from
    inherited = [p for p in environment.get("PYTHONPATH", "").split(os.pathsep) if p]
    environment["PYTHONPATH"] = os.pathsep.join([here, *inherited])
    environment.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    return environment


class ChildProcess:
    """One process and the threads that hear it; it dies with this object.

    Args:
        module: What it runs, as ``python -m module``; see ``manners.py``.
        *arguments: Given to it.
        hear: Called on a thread with each thing it says, and with ``None`` once it is gone; must not hold this object.
            Left out, they are put into ``heard``.

    Attributes:
        heard: What it said, oldest first; ``None`` once it is gone.

    Raises:
        OSError: If no process can be started.
    """

    def __init__(self, module: str, *arguments: str, hear: Callable[[Message | None], None] | None = None) -> None:
        self.heard: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._complaints: deque[str] = deque(maxlen=12)
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=child_environment(),
            start_new_session=True,  # an interrupt of the notebook goes to the kernel's whole process group
        )
        self._finalizer = weakref.finalize(self, _kill, self._process)
        self._sending = threading.Lock()
        name = (arguments or (module,))[-1].rpartition(".")[2]
        for target, to in ((_hear, hear or self.heard.put), (_drain, self._complaints)):
            threading.Thread(target=target, args=(self._process, to), name=f"hears {name}", daemon=True).start()

    @property
    def pid(self) -> int | None:
        """Its id while it runs."""
        return None if self._process.poll() is not None else self._process.pid

    def send(self, header: dict[str, Any], content: Any = None) -> None:
        """Tell it something; waits while its pipe is full.

        Raises:
            OSError: If it is gone.
        """
        assert self._process.stdin is not None
        with self._sending:
            try:
                write_message(self._process.stdin, header, content)
            except ValueError as error:
                if not self._process.stdin.closed:
                    raise
                raise BrokenPipeError("it was ended meanwhile") from error

    def how_it_ended(self) -> str:
        """Of one that has ended by itself: how, and the last thing that it complained of."""
        code = self._process.poll()
        how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
        return f"{how} ({self._complaints[-1]})" if self._complaints else how

    def end(self) -> str:
        """Kill it if it still runs; returns how it ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):  # one that has just closed its pipe is about to tell
            self._process.wait(timeout=0.5)
        stopped = self._process.poll() is None
        self._finalizer()
        if stopped:
            return "had to be stopped"
        code = self._process.returncode
        return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"

    def leave(self, seconds: float) -> None:
        """Let it end by itself, as it does when nobody speaks to it any more; kill it if that takes longer."""
        assert self._process.stdin is not None
        with self._sending, contextlib.suppress(OSError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=seconds)
        self._finalizer()

    def kill(self) -> None:
        """End it now."""
        self._finalizer()


def _hear(process: subprocess.Popen[bytes], hear: Callable[[Message | None], None]) -> None:
    assert process.stdout is not None
    with process.stdout as stream:
        while (message := read_message(stream)) is not None:
            hear(message)
    hear(None)


def _drain(process: subprocess.Popen[bytes], complaints: deque[str]) -> None:
    """What it writes to stderr; a full pipe would stop it."""
    assert process.stderr is not None
    with process.stderr as stream:
        for line in stream:
            text = line.decode(errors="replace").strip()
            if text:
                complaints.append(text)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
