"""The built JavaScript that the package carries is what its sources give, and a text that a page can load."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from terrain_widgets.widgets.base.static import STATIC

JS = Path(__file__).resolve().parents[2] / "js"


def test_what_is_committed_is_what_the_sources_give() -> None:
    if not shutil.which("node") or not (JS / "node_modules" / "esbuild").exists():
        assert not os.environ.get("CI"), "esbuild is missing: make test-environment fetches it"
        pytest.skip("esbuild is not in js/node_modules: make test-environment fetches it where there is npm")
    done = subprocess.run(["node", "build.js", "--check"], cwd=JS, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_widget_is_one_module_with_nothing_left_to_import() -> None:
    programs = {"engine_worklet.js", "line_worker.js", "piece.js", "sink_worklet.js"}
    for path in STATIC.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert 'from".' not in text and 'import"' not in text, path.name
        assert ("export{" in text) != (path.name in programs), path.name
