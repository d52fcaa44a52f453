"""The instrument as one widget: it plays wherever anywidget works, by the session's engine in the page."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import traitlets

from terrain_widgets.audio.hosts.page import PageHost
from terrain_widgets.audio.hosts.page_setup import fits_page, page_decoder
from terrain_widgets.io.picture_files import png_bytes
from terrain_widgets.session.session import Session
from terrain_widgets.session.stage.plane_content import plane_content
from terrain_widgets.widgets.base.static import STATIC
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.files.saved_cell import Saved, leave, resume
from terrain_widgets.widgets.plane.still import still_picture, with_still
from terrain_widgets.widgets.plane.terrain_picture import terrain_picture
from terrain_widgets.widgets.sound.engine_traits import EngineTraits, engine_traits
from terrain_widgets.widgets.sound.page_engine import PageEngine

log = logging.getLogger(__name__)

_STILL = 480  # pixels


class Instrument(EngineTraits):
    """The plane with the terrain's picture and the paths, pointer, touch, pen and keys, playheads, volume and panic.

    The sound is made in the page: gestures never wait for the kernel, and a kernel that is busy or gone stops nothing.
    It is the session's one engine, so takes, traces and levels come from it, and of several views the last plays.
    What the session plays is followed: a terrain in training, playheads, latent shaping.

    Args:
        session: What is played; a new one with the bundled sounds if none is given, or the one that the same cell of a
            saved notebook showed in an earlier kernel.
        volume_db: -60 (silent) to 0, dB.
        saved: What a saved notebook keeps of it for when no kernel is there: ``"picture"``, or ``"piece"``, which can
            be played there too and takes a megabyte or more of the file. Where nothing is trained yet when the cell
            runs, it is the picture.

    Attributes:
        page_engine: What has the page make the sound.

    Raises:
        ValueError: If the session's codec cannot decode in a page.
    """

    _esm = STATIC / "instrument.js"
    _css = STATIC / "instrument.css"
    _picture = traitlets.Bytes().tag(sync=True)
    _content = traitlets.Dict().tag(sync=True)
    _line = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        session: Session | None = None,
        *,
        volume_db: float = -18.0,
        saved: Saved = "picture",
    ) -> None:
        self.session = session if session is not None else Session()
        if session is None:
            resume(self.session)
        self.session.files.autosave.start()  # who sees a session works on it
        # all at once: a page that is open makes the widget's model of what it is given first
        super().__init__(
            _decoder=page_decoder(self.session.codec, hears=True),
            key=self.session.sound.key,
            volume_db=volume_db,
            **engine_traits(self.session.stage.setup),
        )
        self.page_engine = PageEngine(self, self._displaced, lambda: self.session.stage.setup)
        self._saved = saved
        self._draw()
        follow = self.page_engine.follow
        self._watched = [
            (self.session.document, follow, ["state", "patch"]),
            (self.session.sounds, follow, ["latents"]),
            (self.session.stage.sources, follow, ["playing"]),
            (self.session.sound, self._soon_attached, ["engine"]),
            (self.session.document, self._soon_drawn, ["state"]),
            (self.session.stage.sources, self._soon_drawn, ["shown", "shown_channel"]),
            (self.session.jobs, self._soon_drawn, ["working"]),
        ]
        for model, callback, names in self._watched:
            model.observe(callback, names=names)
        self.observe(self._turned, "sound_on")
        self.on_msg(self._from_page)

    def close(self) -> None:
        """Take the instrument off the page; the session lives on."""
        for model, callback, names in getattr(self, "_watched", []):
            model.unobserve(callback, names=names)
        self._watched = []
        if hasattr(self, "page_engine"):
            self.page_engine.close()
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        picture = leave(self.session, lambda session: still_picture(session, _STILL), self._saved)
        return with_still(super()._repr_mimebundle_(**kwargs), picture)

    # --- the engine

    def _turned(self, change: Any) -> None:
        on = bool(change["new"])
        self.page_engine.switch(on)  # the view that played until now hears of it first
        ui.submit(self._start if on else self._rest)

    def _start(self) -> None:
        """Have the session's engine be in this page."""
        sound = self.session.sound
        why = fits_page(self.session.sounds.loaded_codec, self.session.stage.setup)
        if why:
            self._leave_to_kernel(why)
            return
        if sound.device is not None:
            sound.use_device(None)
        sound.run_in("page")
        sound.start()
        self._attach()
        sound.listening = self.sound_on

    def _rest(self) -> None:
        sound, engine = self.session.sound, self.session.sound.engine
        if engine is not None and (not isinstance(engine, PageHost) or engine.plays):
            return  # another view has taken it over, or the kernel makes the sound
        sound.listening = False
        sound.lift()  # a page that was closed under a finger has not said that it left

    def _displaced(self) -> None:
        self.sound_on = False

    def _soon_attached(self, _change: Any = None) -> None:
        ui.submit(self._attach, key=(id(self), "attach"))

    def _attach(self) -> None:
        engine = self.session.sound.engine
        if isinstance(engine, PageHost):
            self._line = ""
            self.page_engine.attach(engine)
        elif engine is not None:
            self._leave_to_kernel(fits_page(self.session.sounds.loaded_codec, self.session.stage.setup))

    def _leave_to_kernel(self, why: str) -> None:
        self._line = f"The kernel makes the sound{': ' + why if why else ''}. Play it with PlayWidget(session)."
        self.page_engine.attach(None)
        self.sound_on = False

    # --- to the page

    def _soon_drawn(self, _change: Any = None) -> None:
        ui.submit(self._draw, key=(id(self), "draw"))

    def _draw(self) -> None:
        picture = terrain_picture(self.session)
        with self.hold_sync():
            self._content = plane_content(self.session.state, self.session.document.boundary)
            self._picture = b"" if picture is None else png_bytes(picture[0])

    # --- from the page

    def _from_page(self, _widget: Any, content: Any, buffers: Any) -> None:
        kind = content.get("type") if isinstance(content, dict) else None
        if kind == "hand":
            place = np.asarray(content["place"], dtype=np.float64)
            if np.isfinite(place).all():
                how = float(content["pressure"])
                hand, played = int(content["hand"]), bool(content["played"])
                self.session.stage.hand.move(place, bool(content["down"]), how, hand=hand, played=played)
        elif kind == "change":
            changes = {str(address): value for address, value in content["changes"].items()}
            ui.submit(lambda: self._change(changes))
        elif kind == "panic":
            # its own engine is silent by now; one that plays elsewhere has heard nothing
            ui.submit(self.session.stage.silenced if self.sound_on else self.session.stage.panic)
        elif kind is not None:
            self.page_engine.hear(content, buffers)

    def _change(self, changes: dict[str, Any]) -> None:
        try:
            self.session.stage.set(changes, "instrument")
        except (KeyError, ValueError):
            # a playhead that has gone meanwhile: the page hears how it is
            log.info("a change from the page was not taken: %s", changes, exc_info=True)
            self.page_engine.follow()
