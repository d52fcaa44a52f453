"""Recording from the microphone of the machine that shows the page, which may be far from the kernel."""

from __future__ import annotations

import traitlets

from terrain_widgets.widgets.base.static import STATIC
from terrain_widgets.widgets.files.file_port import FilePort


class Microphone(FilePort):
    """A button that records; what was recorded arrives as a mono WAV file of 32-bit floats, like a chosen file.

    The browser asks its user before it listens, and only after a click; where it gives no microphone, the widget says
    why. Nothing is kept or sent before ``Stop and keep``.

    Args:
        take: As ``FilePort`` takes it.
        **kwargs: Traits.

    Attributes:
        longest: Seconds after which a recording stops by itself, and is kept.
    """

    _esm = STATIC / "microphone.js"
    _css = STATIC / "microphone.css"
    part = True
    longest = traitlets.Float(60.0, min=0.1, max=600.0).tag(sync=True)
