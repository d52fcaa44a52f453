"""Processors and memory that this process may really use."""

from __future__ import annotations

import os
from collections.abc import Iterator

from terrain_widgets.doctor.finding import Finding
from terrain_widgets.session.jobs.cpu_budget import affinity, cpu_quota, usable_cpus

_ENOUGH_MB = 1000.0
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def processors() -> Iterator[Finding]:
    """How many there are, how many are granted, and what is used."""
    there, granted, quota = os.cpu_count() or 1, affinity(), cpu_quota()
    limit = "no quota" if quota is None else f"a quota of {quota:g}"
    text = f"{there} in the machine, {granted} for this process, {limit}: encoding uses {max(1, usable_cpus() - 1)}"
    if usable_cpus() < 2:
        yield Finding("processors", "note", text, "with one processor, train first and play after; two do both at once")
    elif usable_cpus() < granted and not any(os.environ.get(name) for name in _THREADS):
        yield Finding(
            "processors",
            "note",
            f"{text}; numpy's own libraries do not know of the quota",
            f"start kernels with OMP_NUM_THREADS={usable_cpus()} and OPENBLAS_NUM_THREADS={usable_cpus()}",
        )
    else:
        yield Finding("processors", "ok", text)


def memory() -> Iterator[Finding]:
    """What is free."""
    import psutil  # ipykernel brings it

    free = psutil.virtual_memory().available / 2**20
    if free < _ENOUGH_MB:
        cure = "close other kernels and pages; terrain-widgets doctor --memory measures what one session takes"
        yield Finding("memory", "problem", f"{free:.0f} MB are free, and a session needs up to {_ENOUGH_MB:.0f}", cure)
    else:
        yield Finding("memory", "ok", f"{free:.0f} MB are free")
