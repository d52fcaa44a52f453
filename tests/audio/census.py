"""What a process holds: memory, child processes, threads, file descriptors."""

from __future__ import annotations

import contextlib
import gc
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import psutil


@dataclass
class Memory:
    """Proportional set sizes in MB over time; what came early against what came late."""

    samples: list[tuple[float, float]] = field(default_factory=list)

    def take(self, when: float, process: psutil.Process) -> None:
        """Note it now."""
        with contextlib.suppress(psutil.Error):
            self.samples.append((when, process.memory_full_info().pss / 2**20))

    def growth(self, start: float) -> tuple[float, float, float]:
        """From the median of the first fifth after ``start`` to that of the last: MB, MB, share."""
        later = [(when, size) for when, size in self.samples if when >= start]
        if len(later) < 5:
            return float("nan"), float("nan"), 0.0
        fifth = max(1, len(later) // 5)
        early = float(np.median([size for _, size in later[:fifth]]))
        late = float(np.median([size for _, size in later[-fifth:]]))
        return early, late, late / early - 1.0


@dataclass(frozen=True)
class Census:
    """Processes, threads and files of this process."""

    children: frozenset[int]
    threads: tuple[str, ...]
    files: int

    @classmethod
    def now(cls) -> Census:
        """As it is."""
        me = psutil.Process()
        threads = tuple(sorted(t.name for t in threading.enumerate()))
        return cls(frozenset(child.pid for child in me.children(recursive=True)), threads, me.num_fds())

    def lost(self, seconds: float = 10.0) -> list[str]:
        """What there is now and was not then; it has so long to go away."""
        deadline = time.monotonic() + seconds
        while True:
            gc.collect()
            now = Census.now()
            lost = []
            if now.children - self.children:
                lost.append(f"processes {sorted(now.children - self.children)} are still there")
            extra = Counter(now.threads) - Counter(self.threads)
            if extra:
                lost.append(f"threads are still there: {', '.join(extra)}")
            if now.files > self.files:
                lost.append(f"{now.files - self.files} file descriptors are still open")
            if not lost or time.monotonic() > deadline:
                return lost
            time.sleep(0.1)
