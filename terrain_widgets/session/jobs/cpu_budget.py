"""How many processors this process may really use: thirty kernels may share one server."""

from __future__ import annotations

import math
import os
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")


def usable_cpus(cgroup_root: Path = CGROUPS, membership: Path = MEMBERSHIP) -> int:
    """Whole processors granted by affinity and by the cgroups' quota (v2 and v1), at least 1."""
    quota = cpu_quota(cgroup_root, membership)
    return max(1, affinity() if quota is None else min(affinity(), math.floor(quota)))


def affinity() -> int:
    """Processors that the scheduler may put this process on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cpu_quota(cgroup_root: Path = CGROUPS, membership: Path = MEMBERSHIP) -> float | None:
    """Processors' worth of time that this process's cgroups grant, or ``None`` where there is no quota.

    A container sees its own cgroup as the root; a spawner without containers, such as JupyterHub's SystemdSpawner, puts
    the kernel deeper, where every cgroup on the way may have a quota. The least of them counts.
    """
    found = []
    for controllers, path in _memberships(membership):
        if not controllers:
            tops = [cgroup_root, cgroup_root / "unified"]
        elif "cpu" in controllers.split(","):
            tops = [cgroup_root / controllers, cgroup_root / "cpu"]
        else:
            continue
        steps = [part for part in path.split("/") if part not in ("", ".", "..")]
        folders = [top.joinpath(*steps[:depth]) for top in tops for depth in range(len(steps) + 1)]
        found += [quota for folder in folders if (quota := _quota(folder)) is not None]
    return min(found, default=None)


def leave_a_processor_free() -> None:
    """Have torch use all processors but one in the calling thread, so that sound and page get on."""
    import torch

    torch.set_num_threads(max(1, usable_cpus() - 1))


def use_one_processor() -> None:
    """Have torch use one processor in the calling thread: for work so small that two would wait for each other."""
    import torch

    torch.set_num_threads(1)


def _memberships(file: Path) -> list[tuple[str, str]]:
    """Controllers (none for v2) and path of each hierarchy; the roots, where the file cannot be read."""
    try:
        rows = [line.split(":", 2) for line in file.read_text().splitlines()]
    except OSError:
        rows = []
    return [(row[1], row[2]) for row in rows if len(row) == 3] + [("", "/"), ("cpu", "/")]


def _quota(folder: Path) -> float | None:
    """What one cgroup grants."""
    try:
        granted, period = (folder / "cpu.max").read_text().split()[:2]
        return None if granted == "max" else float(granted) / float(period)
    except (OSError, ValueError):
        pass
    try:
        granted = (folder / "cpu.cfs_quota_us").read_text()
        return float(granted) / float((folder / "cpu.cfs_period_us").read_text()) if float(granted) > 0 else None
    except (OSError, ValueError):
        return None
