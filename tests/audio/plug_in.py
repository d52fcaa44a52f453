"""Codecs of the tests and benchmarks as plug-ins, so that a child process finds them by name as it would anybody's."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def plug_ins(**codecs: str) -> Iterator[None]:
    """Install codecs for this process and the children that it starts, while the context lasts.

    Args:
        **codecs: ``module:object`` by name, an underscore standing for a hyphen; the object is called without
            arguments and returns a codec. The module is one of this checkout.
    """
    lines = [f"{name.replace('_', '-')} = {target}" for name, target in codecs.items()]
    before = os.environ.get("PYTHONPATH")
    with tempfile.TemporaryDirectory(prefix="plug-in-") as folder:
        info = Path(folder) / "test_codecs-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: test-codecs\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("\n".join(["[terrain_widgets.codecs]", *lines, ""]))
        os.environ["PYTHONPATH"] = os.pathsep.join([folder, *([before] if before else [])])
        sys.path.append(folder)
        importlib.invalidate_caches()
        try:
            yield
        finally:
            sys.path.remove(folder)
            if before is None:
                del os.environ["PYTHONPATH"]
            else:
                os.environ["PYTHONPATH"] = before
