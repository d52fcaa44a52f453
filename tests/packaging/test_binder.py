"""The Binder environment cannot be built here; what can be checked of it is."""

from __future__ import annotations

import os
import re
import subprocess
from importlib.metadata import requires
from pathlib import Path

import yaml
from packaging.requirements import Requirement

BINDER = Path(__file__).resolve().parents[2] / "binder"
ON_CONDA = {
    "torch": "pytorch-cpu",
    "sounddevice": "python-sounddevice",
    "soundfile": "pysoundfile",
    "soxr": "soxr-python",
}


def _plain(name: str) -> str:
    return re.split(r"[<>=!]", name)[0].lower().replace("-", "_")


def test_every_dependency_is_in_the_environment() -> None:
    environment = {_plain(line) for line in yaml.safe_load((BINDER / "environment.yml").read_text())["dependencies"]}
    for requirement in map(Requirement, requires("terrain_widgets") or []):
        if requirement.marker is None:
            name = requirement.name.replace("-", "_")
            assert _plain(ON_CONDA.get(name, name)) in environment, f"{name} would be missing on Binder"
    assert {"portaudio", "hatchling"} <= environment


def test_the_build_installs_this_checkout_and_a_start_does_nothing() -> None:
    script = BINDER / "postBuild"
    assert os.access(script, os.X_OK) and subprocess.run(["bash", "-n", script]).returncode == 0
    assert "pip install --no-deps --no-build-isolation ." in script.read_text()
    assert not (BINDER / "start").exists()
