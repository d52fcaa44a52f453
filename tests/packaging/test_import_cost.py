"""`import terrain_widgets` is quick and leaves nothing running."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

SECONDS = 0.3

MEASURE = """
import json, sys, time
import psutil
process = psutil.Process()
def open_things():
    return [process.num_threads(), process.num_fds(), len(process.net_connections()), len(process.children())]
before = open_things()
start = time.perf_counter()
import terrain_widgets
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "before": before, "after": open_things(), "modules": sorted(sys.modules)}))
"""


def _import_once(folder: Path) -> dict[str, Any]:
    answer = subprocess.check_output([sys.executable, "-c", MEASURE], cwd=folder, text=True)
    result: dict[str, Any] = json.loads(answer)
    return result


def test_importing_takes_less_than_a_third_of_a_second(tmp_path: Path) -> None:
    # The best of five: a busy machine can only make it slower.
    assert min(_import_once(tmp_path)["seconds"] for _ in range(5)) < SECONDS


@pytest.mark.parametrize("library", ["torch", "ipywidgets", "IPython", "bokeh", "sounddevice"])
def test_importing_does_not_import_what_is_heavy(tmp_path: Path, library: str) -> None:
    assert library not in _import_once(tmp_path)["modules"]


@pytest.mark.skipif(not hasattr(psutil.Process, "num_fds"), reason="open files are counted on Unix only")
def test_importing_opens_and_starts_nothing(tmp_path: Path) -> None:
    result = _import_once(tmp_path)
    assert result["after"] == result["before"], "threads, files, sockets, child processes"


FIRST_VIEW = """
import json, sys
import terrain_widgets as tw
after = {}
def note(step):
    after[step] = [name for name in ("torch", "scipy.spatial", "bokeh.models") if name in sys.modules]
tw.Session, tw.Studio
note("the names")
studio = tw.Studio()
studio._repr_mimebundle_()
note("the first view")
studio.session.arrange()
studio.session.undo()
note("drawing")
studio.session.encode(wait=True)
note("encoding")
studio.close()
print(json.dumps(after))
"""


def test_a_studio_opens_without_the_large_libraries(tmp_path: Path) -> None:
    answer = subprocess.check_output([sys.executable, "-c", FIRST_VIEW], cwd=tmp_path, text=True)
    after = json.loads(answer)
    assert after["the names"] == after["the first view"] == []
    # The last one shows that the test would notice.
    assert after["drawing"] == [] and "torch" in after["encoding"]
