"""What a widget's page needs to make the sound itself: binary traits, so that it survives a reload."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import traitlets

from terrain_widgets.audio.assets import MAPPING, Asset
from terrain_widgets.audio.page_host.page_setup import mapping_part, patch_part, plays_in_page, things_part
from terrain_widgets.audio.update import Setup, Update
from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import static_text
from terrain_widgets.widgets.base.ui_thread import ui

_LEAST_SECONDS = 0.25  # between two large mappings on their way to a page that plays: half a megabyte each
_RESTING_SECONDS = 2.0  # to a page that does not
_SMALL = 16_384  # bytes; a mapping of so many goes at once, as latent sliders' do


class EngineTraits(PageWidget):
    """A widget in whose page the engine is.

    Args:
        **traits: First values of its traits.

    Attributes:
        sound_on: Whether the sound is on; the page writes it, the kernel may only turn it off.
        volume_db: -60 (silent) to 0, behind everything else; for the page it is applied there.
        key: By which other views in the page find the engine that is in it.
    """

    _engine = traitlets.Unicode().tag(sync=True)
    _decoder = traitlets.Bytes().tag(sync=True)
    _mapping = traitlets.Bytes().tag(sync=True)
    _things = traitlets.Bytes().tag(sync=True)
    _patch = traitlets.Dict().tag(sync=True)
    _ready = traitlets.Bool(False).tag(sync=True)
    sound_on = traitlets.Bool(False).tag(sync=True)
    volume_db = traitlets.Float(-18.0, min=-60.0, max=0.0).tag(sync=True)
    key = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(_engine=static_text("engine_worklet.js"), **traits)


def engine_traits(setup: Setup) -> dict[str, Any]:
    """The traits of a setup, for a widget that is being made."""
    return {
        "_mapping": mapping_part(setup),
        "_things": things_part(setup),
        "_patch": patch_part(setup),
        "_ready": plays_in_page(setup),
    }


class SetupKeeper:
    """Keeps a widget's traits at a setup that changes; each part is sent again only if it has changed.

    Args:
        widget: Whose traits.
        wanted: Gives what an engine should be set to now.
        playing: Whether the page plays: else a mapping that changes all the time, as in training, is sent seldom.
    """

    def __init__(
        self, widget: EngineTraits, wanted: Callable[[], Setup], playing: Callable[[], bool] = lambda: True
    ) -> None:
        self._widget, self._wanted, self._playing = widget, wanted, playing
        self._mapping: Asset | None = None
        self._things: dict[str, Asset] | None = None
        self._sent_at = -_RESTING_SECONDS
        self._timer: threading.Timer | None = None
        self._closed = False

    def soon(self, _change: Any = None) -> None:
        """Follow on the UI thread; once for all that changes together."""
        ui.submit(self.follow, key=(id(self), "follow"))

    def follow(self) -> None:
        """Send what has changed. On the UI thread only."""
        if self._closed:
            return
        setup, widget = self._wanted(), self._widget
        mapping = setup.assets.get(MAPPING)
        things = {key: asset for key, asset in setup.assets.items() if key != MAPPING}
        with widget.hold_sync():
            if mapping is not self._mapping and self._is_time(mapping):
                widget._mapping, widget._ready = mapping_part(setup), plays_in_page(setup)
                self._mapping, self._sent_at = mapping, time.monotonic()
            if self._things is None or list(things) != list(self._things) or _others(things, self._things):
                widget._things, self._things = things_part(setup), things
            widget._patch = patch_part(setup)

    def close(self) -> None:
        """Send no more."""
        self._closed = True

    def _is_time(self, mapping: Asset | None) -> bool:
        if self._mapping is None or mapping is None or Update(assets={MAPPING: mapping}).bytes < _SMALL:
            return True
        early = (_LEAST_SECONDS if self._playing() else _RESTING_SECONDS) - (time.monotonic() - self._sent_at)
        if early <= 0:
            return True
        if self._timer is None or not self._timer.is_alive():
            self._timer = threading.Timer(early, self.soon)
            self._timer.daemon = True
            self._timer.start()
        return False


def _others(now: dict[str, Asset], before: dict[str, Asset]) -> bool:
    return any(asset is not before.get(key) for key, asset in now.items())
