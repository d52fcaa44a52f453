"""The instrument as one widget: it plays wherever anywidget works, by the engine in the page."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

import anywidget
import numpy as np
import traitlets

from terrain_widgets.audio.assets import MAPPING
from terrain_widgets.interop.piece.page_setup import mapping_part, page_decoder, patch_part, plays_in_page, things_part
from terrain_widgets.io.png import png_bytes
from terrain_widgets.session.session import Session
from terrain_widgets.session.sound import HandPosition
from terrain_widgets.session.stage.plane_content import plane_content
from terrain_widgets.widgets.base.static import STATIC, static_text
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.plane.still import still_picture, with_still
from terrain_widgets.widgets.plane.terrain_picture import terrain_picture

log = logging.getLogger(__name__)

_LEAST_SECONDS = 0.25  # between two mappings on their way to the page: half a megabyte each
_STILL = 480  # pixels


class Instrument(anywidget.AnyWidget):
    """The plane with the terrain's picture and the paths, pointer, touch, pen and keys, playheads, volume and panic.

    The sound is made in the page: gestures never wait for the kernel, and a kernel that is busy or gone stops nothing.
    What the session plays is followed: a terrain in training, playheads, latent shaping.

    Args:
        session: What is played; a new one with the bundled sounds if none is given.
        volume_db: -60 (silent) to 0, dB.

    Raises:
        ValueError: If the session's codec cannot decode in a page.
    """

    _esm = STATIC / "instrument.js"
    _css = STATIC / "instrument.css"
    _worklet = traitlets.Unicode().tag(sync=True)
    _decoder = traitlets.Bytes().tag(sync=True)
    _mapping = traitlets.Bytes().tag(sync=True)
    _things = traitlets.Bytes().tag(sync=True)
    _patch = traitlets.Dict().tag(sync=True)
    _picture = traitlets.Bytes().tag(sync=True)
    _content = traitlets.Dict().tag(sync=True)
    _ready = traitlets.Bool(False).tag(sync=True)
    volume_db = traitlets.Float(-18.0, min=-60.0, max=0.0).tag(sync=True)

    def __init__(self, session: Session | None = None, *, volume_db: float = -18.0) -> None:
        self.session = session if session is not None else Session()
        self._sent: tuple[Any, Any] = (None, None)  # the mapping's asset and the other ones
        self._sent_at = -_LEAST_SECONDS
        self._timer: threading.Timer | None = None
        setup = self.session.stage.setup
        # all at once: a page that is open makes the widget's model of what it is given first
        super().__init__(
            _worklet=static_text("engine_worklet.js"),
            _decoder=page_decoder(self.session.codec),
            _mapping=mapping_part(setup),
            _things=things_part(setup),
            _patch=patch_part(setup),
            _ready=plays_in_page(setup),
            volume_db=volume_db,
        )
        self._follow()
        self._draw()
        self._watched = [
            (self.session.document, self._soon, ["state", "patch"]),
            (self.session.sounds, self._soon, ["latents"]),
            (self.session.stage.sources, self._soon, ["playing"]),
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
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return with_still(super()._repr_mimebundle_(**kwargs), still_picture(self.session, _STILL))

    # --- to the page

    def _soon(self, _change: Any = None) -> None:
        ui.submit(self._follow, key=(id(self), "follow"))

    def _soon_drawn(self, _change: Any = None) -> None:
        ui.submit(self._draw, key=(id(self), "draw"))

    def _follow(self) -> None:
        """Send what has changed of the setup, the mapping not too often."""
        setup = self.session.stage.setup
        mapping = setup.assets.get(MAPPING)
        things = {key: asset for key, asset in setup.assets.items() if key != MAPPING}
        sent_mapping, sent_things = self._sent
        with self.hold_sync():
            if mapping is not sent_mapping:
                early = _LEAST_SECONDS - (time.monotonic() - self._sent_at)
                if early > 0:
                    self._later(early)
                    mapping = sent_mapping
                else:
                    self._mapping, self._ready = mapping_part(setup), plays_in_page(setup)
                    self._sent_at = time.monotonic()
            if sent_things is None or list(things) != list(sent_things) or _others(things, sent_things):
                self._things = things_part(setup)
            self._patch = patch_part(setup)
        self._sent = (mapping, things)

    def _later(self, seconds: float) -> None:
        if self._timer is None or not self._timer.is_alive():
            self._timer = threading.Timer(seconds, self._soon)
            self._timer.daemon = True
            self._timer.start()

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
            self._soon()


def _others(now: dict[str, Any], before: dict[str, Any]) -> bool:
    return any(asset is not before.get(key) for key, asset in now.items())
