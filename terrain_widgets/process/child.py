"""A process of this package seen from its parent: started, talked to over pipes, ended."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
import weakref
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
    """One process and the thread that hears it; it dies with this object.

    Args:
        module: What it runs, as ``python -m module``; see ``child_manners``.

    Attributes:
        heard: What it said, oldest first; ``None`` once it is gone.

    Raises:
        OSError: If no process can be started.
    """

    def __init__(self, module: str) -> None:
        self.heard: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child_environment(),
            start_new_session=True,  # an interrupt of the notebook goes to the kernel's whole process group
        )
        self._finalizer = weakref.finalize(self, _kill, self._process)
        threading.Thread(
            target=_hear, args=(self._process, self.heard), name=f"hears {module.rpartition('.')[2]}", daemon=True
        ).start()

    @property
    def pid(self) -> int | None:
        """Its id while it runs."""
        return None if self._process.poll() is not None else self._process.pid

    def send(self, header: dict[str, Any], payload: bytes = b"") -> None:
        """Tell it something.

        Raises:
            OSError: If it is gone.
        """
        assert self._process.stdin is not None
        write_message(self._process.stdin, header, payload)

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

    def kill(self) -> None:
        """End it now."""
        self._finalizer()


def _hear(process: subprocess.Popen[bytes], heard: queue.SimpleQueue[Message | None]) -> None:
    assert process.stdout is not None
    with process.stdout as stream:
        while (message := read_message(stream)) is not None:
            heard.put(message)
    heard.put(None)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
