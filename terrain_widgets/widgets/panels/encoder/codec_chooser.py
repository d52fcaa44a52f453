"""Which codec: a menu of those that are found, or the path of a file; and what is known of it."""

from __future__ import annotations

import threading

from terrain_widgets.codecs.loading import DEFAULT_CODEC
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.codecs.registry import codec_names
from terrain_widgets.session.session import Session
from terrain_widgets.session.sounds.codec_errors import better_codec, codec_sentence
from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.words import TextField, Words

_FILE = "a file…"
#: What each codec that comes with the package is for; said before one is chosen, as a choice encodes all sounds again.
_FOR = {
    "pebble": "single notes and hits",
    "brook": "anything: chords, voices, bells, textures",
    "mosaic": "your own sounds, cut into frames and mixed",
}


class CodecChooser(Part):
    """The codec in use, and the way to another one.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._using, self._showing, self._better = "", 0, ""
        self._read = ""  # advice that the user has put away
        self._recipes: dict[str, CodecRecipe] = {}  # of codecs that no name leads to
        self._menu = Dropdown(
            [DEFAULT_CODEC],
            description="Codec",
            tooltip="What encodes the sounds and makes new ones; another one encodes all of them again. "
            "Models and trained codecs of yours are listed too (a folder in TERRAIN_WIDGETS_MODELS)",
            wide=True,
        )
        self._file = TextField(
            placeholder="path of a .ts or .safetensors file, or drop it here",
            description="Model file",
            tooltip="A model for nn~ (RAVE and its kin) or a trained codec on the kernel's machine; Enter loads it",
            visible=False,
        )
        self._purposes = [Words(f"{name}: {purpose}.", "quiet") for name, purpose in _FOR.items()]
        self._card = Words(tone="quiet")
        take = Action(
            "take-codec",
            "Take the better codec",
            "Change to the codec that suits these sounds better",
            lambda: self._change(self._better),
            enabled=lambda: not self.session.jobs.working,
            offered=lambda: bool(self._better),
            face=lambda: Face(f"Take {self._better}", "check"),
        )
        away = Action(
            "hide-codec-advice",
            "Hide the comparison of codecs",
            "Put it away; it comes again when other sounds are compared",
            self._put_away,
            offered=lambda: bool(self._advice()),
            face=lambda: Face("", "times", hint="Put the comparison away; it comes again with other sounds"),
        )
        unload = Action(
            "unload-codec",
            "Unload",
            "End the sound and free the codec's memory; both come back when they are needed",
            self._free,
            enabled=lambda: not self.session.jobs.working and self.session.sounds.loaded_codec is not None,
            face=lambda: Face("", "eject"),
        )
        self._freed = Words(tone="quiet")
        better, hide, free = self.offers(take, away, unload)
        self._compared = Words(tone="quiet")
        self.children = (
            Row([self._menu, free]),
            self._file,
            *self._purposes,
            self._card,
            self._compared,
            Row([better, hide]),
            self._freed,
        )
        self.show()
        self._menu.observe(self._chosen, names="value")
        self._file.observe(lambda change: self._change(change["new"].strip()), names="value")

    def show(self) -> None:
        """Show the codec as it is now. On the UI thread."""
        session = self.session
        using = session.sounds.codec_name or DEFAULT_CODEC
        names = codec_names()
        recipe = session.sounds.loaded_codec.recipe if session.sounds.loaded_codec is not None else None
        if using not in names and recipe is not None:
            self._recipes[using] = recipe
        options = tuple(dict.fromkeys([*names, *self._recipes, using, _FILE]))
        self._menu.disabled = self._file.disabled = bool(session.jobs.working)
        if not session.jobs.working:
            shown = _FILE if self._menu.value == _FILE and using == self._using else using
            self._showing = threading.get_ident()
            if self._menu.options != options:
                self._menu.options = options
            self._menu.value, self._using = shown, using
            self._file.visible = shown == _FILE
            self._showing = 0
        self._compared.value = advice = self._advice()
        self._better = better_codec(session.sounds.codec_errors, using) if advice else ""
        self.offers.show()
        self._card.value = codec_words(session)

    def _advice(self) -> str:
        """What was measured of codecs, unless it was put away."""
        session = self.session
        said = codec_sentence(session.sounds.codec_errors, session.sounds.codec_name or DEFAULT_CODEC)
        return "" if said == self._read else said

    def _put_away(self) -> None:
        self._read = self._advice()
        self.show()

    def _free(self) -> None:
        self._freed.value = f"{self.session.stage.unload() / 1e6:.0f} MB of memory are free again."
        self.show()

    def _chosen(self, change: dict[str, str]) -> None:
        chosen = change["new"]
        if self._showing == threading.get_ident():
            return  # nobody chose: the menu follows the session

        def reveal() -> None:
            self._file.visible = chosen == _FILE

        ui.submit(reveal)
        if chosen not in (_FILE, None):
            self._change(chosen)

    def _change(self, name: str) -> None:
        using = self.session.sounds.codec_name or DEFAULT_CODEC
        if not name or name == using:
            return

        def change() -> None:
            try:
                self.session.sounds.change_codec(self._recipes.get(name, name))
            except RuntimeError:
                self.show()
                raise

        self.do(change)


def codec_words(session: Session) -> str:
    """What is known of a model of others, in one line; nothing of the bundled codec, which has a card of its own."""
    return session.sounds.loaded_codec.info.about if session.sounds.loaded_codec is not None else ""
