"""Hearing a sound and what the codec makes of it, in step and equally loud, in the page."""

from __future__ import annotations

from typing import Any

import traitlets

from terrain_widgets.widgets.base.static import STATIC
from terrain_widgets.widgets.controls.file_transfers import FileTransfers, Give, Take
from terrain_widgets.widgets.controls.made_files import MadeFiles, Make
from terrain_widgets.widgets.files.file_port import FilePort


class Listening(FilePort):
    """Plays two finished sounds in the page, one of them heard; one press changes over at the same place.

    The page fetches both when they are first played, as one WAV file in acknowledged pieces, and needs the kernel no
    more until other sounds are to be heard. Volume begins low, everything fades in and out, and Esc stops.

    Args:
        make: Called on a thread of its own when the page wants the sounds, because decoding may take long, with what
            says whether they are no longer wanted; returns a name and a WAV file with the channels of the one, then
            those of the other, see ``Reconstruction.wav``.
        **kwargs: Traits.

    Attributes:
        token: Names what would be heard; another one has the page drop what it fetched, ``""`` is nothing.
        rate: Hz, that of the sounds.
        volume_db: -60 (silent) to 0.
        about: A line on what is heard.
        sides: What the two are called.
        nothing: What is said where there is nothing to hear.
    """

    _esm = STATIC / "listening.js"
    _css = STATIC / "listening.css"
    part = True
    token = traitlets.Unicode("").tag(sync=True)
    rate = traitlets.Int(44100, min=1).tag(sync=True)
    volume_db = traitlets.Float(-18.0, min=-60.0, max=0.0).tag(sync=True)
    about = traitlets.Unicode("").tag(sync=True)
    sides = traitlets.List(traitlets.Unicode(), ["Original", "Reconstruction"], minlen=2, maxlen=2).tag(sync=True)
    nothing = traitlets.Unicode("Select a sound that is encoded, to hear it beside its reconstruction.").tag(sync=True)

    def __init__(self, make: Make, **kwargs: Any) -> None:
        self._make = make
        super().__init__(**kwargs)

    def _make_transfers(self, _take: Take | None, _give: Give | None) -> FileTransfers:
        return MadeFiles(lambda content, buffers: self.send(content, buffers), self._make, "This cannot be heard")
