"""Runs a command that ends with whoever started it, however that ends: ``python tests/family.py COMMAND…``.

A test run that is killed ends none of its children: JupyterLab, its kernels and their engines would live on, and the
next run would share the machine with them. This process stands between. Its standard input is a pipe that nobody writes
to; when the pipe closes, the writer is gone, and so are, a moment later, the command and all that it started.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import psutil

_PATIENCE_SECONDS = 10.0  # JupyterLab ends its kernels one after the other


class Family:
    """A command with all that it starts; it ends with this object's process at the latest.

    Args:
        command: What to run.
        env: Its environment.
        cwd: Where it runs.
        output: Where what it prints goes; nowhere if left out.
    """

    def __init__(
        self,
        command: list[str],
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        output: IO[bytes] | int = subprocess.DEVNULL,
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, *command],
            env=env,
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def running(self) -> bool:
        """Whether the command runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the command as a crash would."""
        for child in psutil.Process(self._process.pid).children():
            child.kill()
        self._process.wait(5)

    def end(self) -> None:
        """End all of it, politely at first; returns when it is gone."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(2 * _PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def main(command: list[str]) -> int:
    """Run it; returns its exit status."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a child would inherit that
        signal.signal(ignored, signal.SIG_IGN)
    threading.Thread(target=_end_with_writer, args=(psutil.Process(child.pid),), daemon=True).start()
    status = child.wait()
    return status if status >= 0 else 128 - status


def _end_with_writer(leader: psutil.Process) -> None:
    os.read(0, 1)
    # Kernels and engines lead process groups of their own: the family is listed while it is still a family.
    family = [leader]
    with contextlib.suppress(psutil.NoSuchProcess):
        family += leader.children(recursive=True)
        leader.terminate()
    psutil.wait_procs(family[:1], timeout=_PATIENCE_SECONDS)
    _, alive = psutil.wait_procs(family, timeout=1.0)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
