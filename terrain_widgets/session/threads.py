"""How many processors this process may really use: thirty kernels may share one server."""

from __future__ import annotations

import math
import os
from pathlib import Path


def usable_cpus(cgroup_root: Path = Path("/sys/fs/cgroup")) -> int:
    """Whole processors granted by affinity and by the cgroup's quota (v2, then v1), at least 1."""
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _quota(cgroup_root)
    return max(1, affinity if quota is None else min(affinity, math.floor(quota)))


def leave_a_processor_free() -> None:
    """Have torch use all processors but one in the calling thread, so that sound and page get on."""
    import torch

    torch.set_num_threads(max(1, usable_cpus() - 1))


def use_one_processor() -> None:
    """Have torch use one processor in the calling thread: for work so small that two would wait for each other."""
    import torch

    torch.set_num_threads(1)


def _quota(root: Path) -> float | None:
    try:
        granted, period = (root / "cpu.max").read_text().split()[:2]
        return None if granted == "max" else float(granted) / float(period)
    except (OSError, ValueError):
        pass
    try:
        granted = (root / "cpu/cpu.cfs_quota_us").read_text()
        return float(granted) / float((root / "cpu/cpu.cfs_period_us").read_text()) if float(granted) > 0 else None
    except (OSError, ValueError):
        return None
