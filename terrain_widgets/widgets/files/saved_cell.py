"""What a cell leaves in a saved notebook for when no kernel is there, and how the same cell goes on from it later.

A widget's own output shows nothing but an error without its kernel. Beside it lies one that needs none: a picture and a
sentence in the place of that error, hidden while the widget lives, and made again whenever the session is saved by
itself. Its metadata names the session's autosaves. Run again in another kernel, the cell finds them in the notebook's
file.
"""

from __future__ import annotations

import base64
import html
import json
import os
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from terrain_widgets.io.autosaves import autosaves, is_own
from terrain_widgets.session.notices.events import CellNotResumed, CellResumed
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui

#: What a saved notebook keeps of a view for when no kernel is there.
Saved = Literal["picture", "piece"]

_KEY = "terrain_widgets"
_NOTEBOOK = "JPY_SESSION_NAME"  # set by Jupyter's server: the path of the notebook that a kernel belongs to
_LARGEST = 1 << 28  # bytes of a notebook
_SENTENCE = "Run this cell to go on where you were. If its kernel is still running, reload this page instead."
_PLAY, _PIECE = "Play it here, without a kernel", "The instrument as it was"
_FRAME = "width: 100%; max-width: 640px; height: 780px; border: 0"
# Where ipywidgets finds no model it writes "Error displaying widget: model not found" into the output, which then holds
# text alone; a widget is elements. A notebook that is not trusted loses this style, and shows the output's plain text
# in that place, which is empty (`with_still`).
_NO_ERROR = (
    ".jp-OutputArea-child:has(.tw-still) ~ .jp-OutputArea-child > .jp-OutputArea-output.jupyter-widgets:not(:has(*))"
    "{display:none}"
)


def leave(session: Session, picture: Callable[[Session], bytes], saved: Saved = "picture") -> bytes | None:
    """Show the output that needs no kernel, before the widget's own; nothing outside of Jupyter's own front ends.

    It follows the session: of several cells that show one, the last.

    Args:
        session: Whose autosaves are named.
        picture: Makes a PNG of the drawing.
        saved: What lies there: the picture, or beside it the piece, to be played there, if there is one yet.

    Returns:
        The picture as it is now, for the widget's own output; nothing where this output has it.

    Raises:
        ValueError: If ``saved`` is something else.
    """
    if saved not in ("picture", "piece"):
        raise ValueError(f"saved is 'picture' or 'piece', got {saved!r}")
    from IPython.display import display

    now, autosave = picture(session), session.files.autosave
    if not os.environ.get(_NOTEBOOK) or autosave.path is None:
        return now
    names = [path.name for path in (autosave.path, autosave.resumed) if path is not None]
    metadata = {_KEY: {"autosaves": names}}

    def output(session: Session, picture: bytes) -> dict[str, str]:
        page = _piece(session) if saved == "piece" else ""
        return {"text/html": still_block(picture, page), "text/plain": _SENTENCE}

    shown = display(output(session, now), raw=True, metadata=metadata, display_id=True)
    seen = weakref.ref(session)  # the autosave, which outlives none of its sessions, must not hold one

    def renew() -> None:
        session = seen()
        if session is not None and shown is not None:
            shown.update(output(session, picture(session)), raw=True, metadata=metadata)

    autosave.written = lambda: ui.submit(renew, key=(id(autosave), "still"))
    return None


def _piece(session: Session) -> str:
    try:
        return session.files.piece()
    except ValueError:
        return ""  # nothing to play yet


def still_block(picture: bytes, page: str = "") -> str:
    """HTML of an output that needs no kernel.

    A piece in it plays in a frame that reaches nothing of the notebook's page.

    Args:
        picture: A PNG.
        page: A piece's page, or nothing.
    """
    image = base64.b64encode(picture).decode("ascii")
    player = (
        f"<details><summary>{_PLAY}</summary>"
        f'<iframe title="{_PIECE}" sandbox="allow-scripts" allow="autoplay; fullscreen" '
        f'style="{_FRAME}" srcdoc="{html.escape(page)}"></iframe></details>'
    )
    return (
        f'<div class="tw-still"><style>{_NO_ERROR}</style>'
        f'<img alt="The drawing as it was" src="data:image/png;base64,{image}">'
        f"<p>{_SENTENCE}</p>{player if page else ''}</div>"
    )


def resume(session: Session) -> bool:
    """Bring back what this cell showed when the notebook was saved, if another kernel did; returns whether it did."""
    path = autosave_of_cell(os.environ.get(_NOTEBOOK, ""), _cell_id())
    if path is None:
        return False
    try:
        session.open(path)
    except (ValueError, OSError) as error:
        session.jobs.notices.say("files", CellNotResumed(str(error)))
        return False
    session.files.autosave.resumed = path
    session.jobs.notices.say("files", CellResumed())
    return True


def autosave_of_cell(notebook: str, cell: str) -> Path | None:
    """The newest autosave that a cell's saved output names and another process wrote.

    Args:
        notebook: Path of the notebook's file.
        cell: The cell's id.
    """
    if not notebook or not cell:
        return None
    try:
        file = Path(notebook)
        if file.stat().st_size > _LARGEST:
            return None
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        named = [name for entry in cells if entry.get("id") == cell for name in _named(entry)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # a notebook that is not saved yet, or something else
    there = {path.name: path for path in autosaves()}  # names only: a stranger's notebook opens no other file
    return next((there[name] for name in named if name in there and not is_own(name)), None)


def _named(cell: dict[str, Any]) -> list[str]:
    return [
        str(name)
        for output in cell.get("outputs", [])
        for name in output.get("metadata", {}).get(_KEY, {}).get("autosaves", [])
    ]


def _cell_id() -> str:
    """Of the cell that runs, as JupyterLab and Notebook say with each request."""
    from IPython.core.getipython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return ""
    return str(kernel.get_parent("shell").get("metadata", {}).get("cellId", ""))
