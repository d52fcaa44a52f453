"""The exported instrument before the published tool of nn~, in an environment of its own: its licence is not ours."""

import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
import torch

from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.interop.nn_tilde.export import export

SCRIPT = Path(__file__).with_name("nn_tilde_tool.py")
PACKAGES = ("nn-tilde==1.5.6", "cached-conv==2.5.0")


@pytest.fixture(scope="module")
def tool(tmp_path_factory):
    """A Python that sees this one's torch, and nn-tilde besides."""
    home = tmp_path_factory.mktemp("nn-tilde")
    venv.create(home, with_pip=True)
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    where = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True
    ).stdout.strip()
    Path(where, "torch_of_the_tests.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", *PACKAGES]
    got = subprocess.run(pip, capture_output=True, text=True, timeout=120)
    if got.returncode != 0:
        pytest.skip(f"nn-tilde could not be fetched: {got.stderr.strip().splitlines()[-1:]}")
    return python


@pytest.mark.extra  # it makes an environment and fetches from the package index
def test_the_tool_of_nn_tilde_takes_every_method(tool, tmp_path):
    path = tmp_path / "island.ts"
    terrain = Terrain(2, 8, seed=4)
    with torch.no_grad():
        terrain.fc_out.weight.mul_(15)  # as loud as a trained one
        terrain.fc_out.bias[1] = 1.5
    export(terrain, PebbleCodec(), path, boundary=Boundary(-16, -4, 16, 4))
    run = subprocess.run([tool, SCRIPT, path], capture_output=True, text=True, timeout=170)
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads(run.stdout.strip().splitlines()[-1])
    assert found["methods"]["forward"] == [2, 1024, 1, 1]
    assert found["methods"]["terrain"] == [2, 1024, 8, 1024] and found["methods"]["decode"] == [8, 1024, 1, 1]
    assert found["peak"] > 0.05 and found["difference"] < 1e-6, (
        "scripted and saved once more by the tool, it plays the same"
    )
