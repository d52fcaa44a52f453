"""The page's own player (js/src/audio/stream_player.js) in node, on a clock that a test moves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

_PROCESS = Path(__file__).parents[2] / "js" / "test" / "audio" / "page_process.js"
_QUANTUM = 128


class NodePage:
    """Plays what it takes as the audio thread of a page does, and reports.

    Args:
        rate: Hz, of its clock: what it plays in a second.
        nominal: Hz that it believes its clock has; the same if left out.
    """

    def __init__(self, rate: float, nominal: int | None = None) -> None:
        node = shutil.which("node")
        if node is None:
            assert not os.environ.get("CI"), "node is missing: make test needs it where CI is set"
            pytest.skip("the page's player needs node (sudo apt-get install nodejs)")
        self.rate = rate
        self.level, self.received, self.underruns, self.lead = 0.0, 0, 0, 0.0
        self.levels: list[tuple[float, float]] = []
        self._stream, self._seq, self._due = 0, 0, 0.0
        self._happened: list[list[Any]] = []
        self._process = subprocess.Popen(
            [node, str(_PROCESS), str(nominal or round(rate))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.report()  # node has started

    def take(self, message: dict[str, Any], samples: int) -> None:
        """A message arrives, with so many samples."""
        if message["type"] == "start":
            self._stream, self._seq = message["stream"], 0
        if message["type"] == "pcm" and "seq" not in message:
            message = message | {"seq": self._seq}
            self._seq += 1
        if "lead" in message:
            self.lead = message["lead"]
        self._happened.append(["take", message, samples])

    def set_lead(self, seconds: float) -> None:
        """The lead as the kernel tells it."""
        if seconds != self.lead:
            self.take({"type": "lead", "stream": self._stream, "lead": seconds}, 0)

    def advance(self, seconds: float) -> None:
        """Time passes: whole quanta are played."""
        self._due += seconds * self.rate / _QUANTUM
        quanta, self._due = int(self._due), self._due % 1.0
        if quanta:
            self._happened.append(["play", quanta])

    def report(self) -> dict[str, Any]:
        """What it says of itself now."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(self._happened) + "\n")
        self._process.stdin.flush()
        self._happened = []
        report: dict[str, Any] = json.loads(self._process.stdout.readline())
        self.level, self.received, self.underruns = report["level"], report["received"], report["underruns"]
        return report | {"output_latency": 0.03}

    def close(self) -> None:
        """End the process."""
        self._process.communicate()
