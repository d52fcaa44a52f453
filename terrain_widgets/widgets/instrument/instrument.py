"""The instrument as one widget: it plays wherever anywidget works, by the session's engine in the page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets

from terrain_widgets.audio.page_host.page_setup import page_decoder
from terrain_widgets.audio.preset import pads_of
from terrain_widgets.io.picture_files import png_bytes
from terrain_widgets.session.jobs.ticker import Ticker
from terrain_widgets.session.notices.silence import Silence
from terrain_widgets.session.session import Session
from terrain_widgets.session.stage.plane_content import plane_content
from terrain_widgets.widgets.base.static import STATIC
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.base.wording import why_silent
from terrain_widgets.widgets.files.saved_cell import Saved, leave, resume
from terrain_widgets.widgets.plane.still import still_picture, with_still
from terrain_widgets.widgets.plane.terrain_picture import terrain_picture
from terrain_widgets.widgets.sound.engine_traits import engine_traits
from terrain_widgets.widgets.sound.outputs import Outputs
from terrain_widgets.widgets.sound.sound_panel import PAGE, STREAM, SoundPanel

log = logging.getLogger(__name__)

_STILL = 480  # pixels
_LOOK_SECONDS = 0.5  # between two looks at whether the kernel's engine still lives


class Instrument(SoundPanel):
    """The plane with the terrain's picture and the paths, pointer, touch, pen and keys, playheads, volume and panic.

    The sound is made in the page: gestures never wait for the kernel, and a kernel that is busy or gone stops nothing.
    Where the codec cannot go into a page, or the machine is too slow for it, the kernel makes it and sends it there; an
    engine of the kernel's that dies meanwhile is started again.
    It is the session's one engine, so takes, traces and levels come from it, and of several views the last plays.
    What the session plays is followed: a terrain in training, playheads, latent shaping.

    Args:
        session: What is played; a new one with the bundled sounds if none is given, or the one that the same cell of a
            saved notebook showed in an earlier kernel.
        volume_db: -60 (silent) to 0, dB.
        saved: What a saved notebook keeps of it for when no kernel is there: ``"picture"``, or ``"piece"``, which can
            be played there too and takes a megabyte or more of the file.
    """

    _esm = STATIC / "instrument.js"
    _css = STATIC / "instrument.css"
    _picture = traitlets.Bytes().tag(sync=True)
    _content = traitlets.Dict().tag(sync=True)
    _line = traitlets.Unicode("").tag(sync=True)
    _presets = traitlets.List(traitlets.Dict()).tag(sync=True)

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
        self._watch = Ticker(_LOOK_SECONDS, self._look_after, "terrain_widgets instrument")
        codec, stage = self.session.codec, self.session.stage
        here = codec.info.capabilities.in_page
        # all at once: a page that is open makes the widget's model of what it is given first
        super().__init__(
            self.session.sound.lead,
            before=lambda: stage.setup,
            output=PAGE if here else STREAM,
            _decoder=page_decoder(codec, hears=True) if here else b"",
            key=self.session.sound.key,
            volume_db=volume_db,
            **engine_traits(stage.setup),
        )
        self._plays = Outputs(self.session, self)
        self._plays.connect(self._do)
        self._saved = saved
        self._refused = ""  # why a change of the page's was not taken, as it was said
        self._draw()
        self._show_presets()
        self._watched: list[tuple[traitlets.HasTraits, Callable[[Any], None], list[str]]] = [
            (self.session.document, self.page_engine.follow, ["state", "patch"]),
            (self.session.sounds, self.page_engine.follow, ["latents"]),
            (self.session.stage.sources, self.page_engine.follow, ["playing"]),
            (self.session.document, self._soon_drawn, ["state"]),
            (self.session.stage.sources, self._soon_drawn, ["shown", "shown_channel"]),
            (self.session.jobs, self._soon_drawn, ["working"]),
            (self.session.stage.presets, self._show_presets, ["now"]),
            (self.session.sounds, self._soon_presets, ["codec_name"]),
            (self.session.stage.territory, self._soon_drawn, ["learned"]),
            (self, self._shown, ["page_host"]),
            (self, self._watched_engine, ["sound_on", "output"]),
            *((model, self._later(act), [name]) for model, name, act in self._plays.followed),
        ]
        for model, callback, names in self._watched:
            model.observe(callback, names=names)

    def close(self) -> None:
        """Take the instrument off the page; the session lives on."""
        for model, callback, names in getattr(self, "_watched", []):
            model.unobserve(callback, names=names)
        self._watched = []
        self._watch.close()
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        picture = leave(self.session, lambda session: still_picture(session, _STILL), self._saved)
        return with_still(super()._repr_mimebundle_(**kwargs), picture)

    # --- the engine

    def _do(self, work: Callable[[], object]) -> None:
        """On the UI thread; what cannot be done is said in the page."""

        def tried() -> None:
            try:
                work()
                self._line = self._usual_line()
            except (RuntimeError, ValueError, OSError) as error:
                self._line, self.sound_on = str(error), False

        ui.submit(tried)

    def _usual_line(self) -> str:
        return self.output_line if self.output == STREAM else ""

    def _later(self, act: Callable[[], None]) -> Callable[[Any], None]:
        return lambda _change: self._do(act)

    def _shown(self, _change: Any) -> None:
        self._do(self._plays.settle)

    @property
    def _streams(self) -> bool:
        return bool(self.sound_on) and self.output == STREAM

    def _watched_engine(self, _change: Any) -> None:
        if self._streams:
            self._watch.start()

    def _look_after(self) -> bool:
        """Start the kernel's engine again if it has died, and say so; returns whether to look again."""
        revived = self.session.stage.hand.look_after() if self._streams else None
        if revived is not None:
            ui.submit(lambda: self.set_trait("_line", why_silent(revived)))
        elif self._line == why_silent(Silence.REVIVED):
            self._do(lambda: None)  # the engine is there again: the line is what it was
        return self._streams

    # --- to the page

    def _soon_drawn(self, _change: Any = None) -> None:
        ui.submit(self._draw, key=(id(self), "draw"))

    def _draw(self) -> None:
        picture = terrain_picture(self.session)
        with self.hold_sync():
            self._content = plane_content(self.session.state, self.session.document.boundary)
            self._picture = b"" if picture is None else png_bytes(picture[0])

    def _soon_presets(self, _change: Any) -> None:
        ui.submit(self._show_presets, key=(id(self), "presets"))

    def _show_presets(self, _change: Any = None) -> None:
        self._presets = pads_of(self.session.state.presets, self.session.codec.info.name)

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
            ui.submit(lambda: self._take(lambda: self.session.stage.set(changes, "instrument")))
        elif kind == "recall":
            name = str(content["name"])
            ui.submit(lambda: self._take(lambda: self.session.stage.presets.recall(name)))
        elif kind == "panic" and not self.sound_on:
            ui.submit(self.session.stage.panic)  # of what plays elsewhere
        else:
            super()._from_page(_widget, content, buffers)

    def _take(self, change: Callable[[], None]) -> None:
        try:
            change()
        except (KeyError, ValueError) as error:
            # such as a playhead that has gone meanwhile: the page, which plays it already, goes back to how it is
            log.info("a change from the page was not taken", exc_info=True)
            self._line = self._refused = str(error.args[0] if error.args else error)
            self.page_engine.tell({"type": "refused"})
        else:
            if self._refused and self._line == self._refused:
                self._line = self._usual_line()
            self._refused = ""
