"""bokeh's own script, put into the page without importing bokeh: that takes a second, and a page may show no chart."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from IPython.core.getipython import get_ipython
from IPython.display import display

_SCRIPT = "server/static/js/bokeh.min.js"  # the plots; its widgets, tables and formulas, twice as much, we do not use
_last: str | None = None  # the message that asked for the cell in which it was brought last


def bring_bokeh() -> None:
    """Put the script into the cell that runs; inline, because a classroom may have no way to a CDN.

    A chart that is made later, outside a cell, finds it there. Once in a cell is enough.
    """
    global _last
    cell = _running_cell()
    if cell is None or cell == _last:
        return
    _last = cell
    display({"application/javascript": _loader()}, raw=True)


def _running_cell() -> str | None:
    shell = get_ipython()
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return None
    message = kernel.get_parent().get("header", {}).get("msg_id", "")
    # a cell that is run twice is two messages; a terminal has none
    return str(message)


@cache
def _loader() -> str:
    spec = find_spec("bokeh")
    assert spec is not None and spec.submodule_search_locations
    text = Path(spec.submodule_search_locations[0], _SCRIPT).read_text(encoding="utf-8")
    return (
        "if (!window.Bokeh) { const script = document.createElement('script'); "
        f"script.textContent = {json.dumps(text, ensure_ascii=False)}; document.head.append(script); }}"
    )
