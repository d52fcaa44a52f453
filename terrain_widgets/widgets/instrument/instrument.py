"""The instrument as one widget: it plays wherever anywidget works, by the engine in the page."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import traitlets

from terrain_widgets.audio.hosts.page_setup import page_decoder
from terrain_widgets.io.picture_files import png_bytes
from terrain_widgets.session.session import Session
from terrain_widgets.session.sound import HandPosition
from terrain_widgets.session.stage.plane_content import plane_content
from terrain_widgets.widgets.base.static import STATIC
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.files.saved_cell import leave, resume
from terrain_widgets.widgets.plane.still import still_picture, with_still
from terrain_widgets.widgets.plane.terrain_picture import terrain_picture
from terrain_widgets.widgets.sound.engine_traits import EngineTraits, SetupKeeper, engine_traits

log = logging.getLogger(__name__)

_STILL = 480  # pixels


class Instrument(EngineTraits):
    """The plane with the terrain's picture and the paths, pointer, touch, pen and keys, playheads, volume and panic.

    The sound is made in the page: gestures never wait for the kernel, and a kernel that is busy or gone stops nothing.
    What the session plays is followed: a terrain in training, playheads, latent shaping.

    Args:
        session: What is played; a new one with the bundled sounds if none is given, or the one that the same cell of a
            saved notebook showed in an earlier kernel.
        volume_db: -60 (silent) to 0, dB.

    Raises:
        ValueError: If the session's codec cannot decode in a page.
    """

    _esm = STATIC / "instrument.js"
    _css = STATIC / "instrument.css"
    _picture = traitlets.Bytes().tag(sync=True)
    _content = traitlets.Dict().tag(sync=True)
    volume_db = traitlets.Float(-18.0, min=-60.0, max=0.0).tag(sync=True)

    def __init__(self, session: Session | None = None, *, volume_db: float = -18.0) -> None:
        self.session = session if session is not None else Session()
        if session is None:
            resume(self.session)
        self.session.files.autosave.start()  # who sees a session works on it
        # all at once: a page that is open makes the widget's model of what it is given first
        super().__init__(
            _decoder=page_decoder(self.session.codec),
            key=self.session.sound.key,
            volume_db=volume_db,
            **engine_traits(self.session.stage.setup),
        )
        self._keeper = SetupKeeper(self, lambda: self.session.stage.setup)
        self._keeper.follow()
        self._draw()
        self._watched = [
            (self.session.document, self._keeper.soon, ["state", "patch"]),
            (self.session.sounds, self._keeper.soon, ["latents"]),
            (self.session.stage.sources, self._keeper.soon, ["playing"]),
            (self.session.document, self._soon_drawn, ["state"]),
            (self.session.stage.sources, self._soon_drawn, ["shown", "shown_channel"]),
            (self.session.jobs, self._soon_drawn, ["working"]),
        ]
        for model, callback, names in self._watched:
            model.observe(callback, names=names)
        self.on_msg(self._from_page)

    def close(self) -> None:
        """Take the instrument off the page; the session lives on."""
        for model, callback, names in getattr(self, "_watched", []):
            model.unobserve(callback, names=names)
        self._watched = []
        if hasattr(self, "_keeper"):
            self._keeper.close()
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        picture = still_picture(self.session, _STILL)
        leave(self.session, picture)
        return with_still(super()._repr_mimebundle_(**kwargs), picture)

    # --- to the page

    def _soon_drawn(self, _change: Any = None) -> None:
        ui.submit(self._draw, key=(id(self), "draw"))

    def _draw(self) -> None:
        picture = terrain_picture(self.session)
        with self.hold_sync():
            self._content = plane_content(self.session.state, self.session.document.boundary)
            self._picture = b"" if picture is None else png_bytes(picture[0])

    # --- from the page

    def _from_page(self, _widget: Any, content: Any, _buffers: Any) -> None:
        kind = content.get("type") if isinstance(content, dict) else None
        if kind == "hand":
            place = np.asarray(content["place"], dtype=np.float64)
            if np.isfinite(place).all():
                self.session.sound.hand = HandPosition(place, bool(content["down"]))
            if content.get("ask"):
                self.send({"type": "here"})
        elif kind == "change":
            changes = {str(address): value for address, value in content["changes"].items()}
            ui.submit(lambda: self._change(changes))

    def _change(self, changes: dict[str, Any]) -> None:
        try:
            self.session.stage.set(changes, "instrument")
        except (KeyError, ValueError):
            # a playhead that has gone meanwhile: the page hears how it is
            log.info("a change from the page was not taken: %s", changes, exc_info=True)
            self._keeper.soon()
