"""What every process that this package starts is given."""

from __future__ import annotations

import os
from pathlib import Path


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
