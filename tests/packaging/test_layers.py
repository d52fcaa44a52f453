"""The rules on imports hold, and the tools that guard them would notice if they did not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPTS = Path(sys.executable).parent


def test_imports_go_one_way() -> None:
    done = subprocess.run([SCRIPTS / "lint-imports"], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "code", "allowed"),
    [
        ("audio/engine.py", "import torch\n\nmodel = torch.jit.load('x.ts')\n", False),
        ("widgets/panel.py", "import torch\n\nmodel = torch.jit.load('x.ts')\n", False),
        ("codecs/nn_tilde/codec.py", "import torch\n\nmodel = torch.jit.load('x.ts')\n", True),
        ("interop/nn_terrain.py", "import torch\n\nmodel = torch.jit.load('x.ts')\n", True),
        ("session/session.py", "def devices():\n    import sounddevice\n\n    return sounddevice\n", False),
        ("audio/device/portaudio.py", "def devices():\n    import sounddevice\n\n    return sounddevice\n", True),
        ("audio/device/portaudio.py", "import sounddevice\n\nprint(sounddevice)\n", False),
    ],
)
def test_ruff_guards_what_import_linter_cannot_see(file: str, code: str, allowed: bool) -> None:
    command = [SCRIPTS / "ruff", "check", "--no-cache", "--select=TID", f"--stdin-filename=terrain_widgets/{file}"]
    done = subprocess.run([*command, "-"], cwd=REPOSITORY, input=code, capture_output=True, text=True)
    assert (done.returncode == 0) is allowed, done.stdout + done.stderr
