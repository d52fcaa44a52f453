"""The patch in use: its changes are checked against the codec, and the engine is kept at it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import traitlets

from terrain_widgets.audio.assets import path_key
from terrain_widgets.audio.engine.compatibility import check_update
from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.audio.engine.movers import is_there
from terrain_widgets.audio.engine.resolution import latent_settings, playheads
from terrain_widgets.audio.patch import Changes, Patch
from terrain_widgets.audio.update import Setup, Update
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.parameter import Value
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.session.document.state import SessionState
from terrain_widgets.session.sound import Sound
from terrain_widgets.session.sounds.latent_store import LatentStore
from terrain_widgets.session.stage.assets import StageAssets
from terrain_widgets.session.stage.source_selector import SourceSelector


class LivePatch(traitlets.HasTraits):
    """Changes the document's patch, and tells a running engine of it.

    Args:
        sounds: Codec and latents, and the document that holds the patch, with undo.
        sources: Which mapping plays.

    Attributes:
        sound: The engine.
        assets: What the patch names.
    """

    control = traitlets.Any(None, help="The control map as it was trained, FittedControlMap, or None.")
    heads = traitlets.Dict(help="Playhead by name; replaced whole when one of them changes.")

    def __init__(self, sounds: LatentStore, sources: SourceSelector) -> None:
        super().__init__()
        document = sounds.document
        self.document, self._sounds, self.sources = document, sounds, sources
        self._lock = threading.RLock()
        self.assets = StageAssets(sounds, lambda: sounds.codec, lambda: sources.playing, lambda: self.control)
        self.sound = Sound(lambda: sounds.codec, self._sounding)
        self._added: Changes = {}
        self._followed = Setup()
        document.observe(self._follow, names=["patch", "state"])
        sounds.observe(self._follow, names="latents")
        sources.observe(self._follow_source, names="playing")
        self.observe(self._follow, names="control")

    @property
    def codec(self) -> Codec:
        """What decodes, loaded on first use."""
        return self._sounds.codec

    @property
    def latents(self) -> Mapping[str, LatentTrajectory]:
        """What the session's sounds were encoded to, by clip."""
        return self._sounds.latents

    @property
    def patch(self) -> Patch:
        """All values that are set."""
        return self.document.patch

    @property
    def state(self) -> SessionState:
        """What was made."""
        return self.document.state

    def set(self, changes: Changes, gesture: str = "", *, state: SessionState | None = None) -> None:
        """Change values by address, as one step of undo.

        Args:
            changes: As ``Patch.set`` takes them.
            gesture: Changes in a row under one name are one step of undo.
            state: What was made, where that changes in the same step.

        Raises:
            KeyError: If there is no such parameter; nothing is changed.
            ValueError: If a value is out of its range or does not fit the codec; nothing is changed.
        """
        with self.document.lock:
            state = self.document.state if state is None else state
            wanted = self.assets.wanted(self.patch.set(changes), state)
            touched = Update(changes).groups
            if self._sounds.loaded_codec is not None or "latents" in touched:
                check_update(wanted.patch, wanted.assets, self.codec.info, touched)
            self.document.set_within(gesture, state, changes)

    def check(self, patch: Patch, state: SessionState) -> None:
        """Whether all of a patch fits the codec, with what was made.

        Raises:
            ValueError: If not; nothing is changed either way.
        """
        wanted, info = self.assets.wanted(patch, state), self.codec.info
        check_update(wanted.patch, wanted.assets, info, Update(wanted.patch.values, wanted.assets).groups)
        latents = {len(point.latent) for point in state.points if point.latent is not None}
        if latents - {info.latent_dim}:
            raise ValueError(f"these points have {latents.pop()} latents, and {info.name!r} has {info.latent_dim}")

    def wanted(self) -> Setup:
        """All that an engine should be set to now."""
        return self.assets.wanted(self.patch, self.state)

    @property
    def shaping(self) -> LatentSettings:
        """How latents are shaped, one number per latent; loads the codec if need be."""
        wanted = self.wanted()
        return latent_settings(wanted.patch, wanted.assets, self.codec.info.latent_dim)

    def add_for_now(self, values: Mapping[str, Value]) -> None:
        """Have the engine play these values in place of what is set, until others come: for what moves by itself.

        Args:
            values: By address; those of what is not there, such as a playhead that is gone, are left out.
        """
        self._added = values
        self.sound.passing = tuple(sorted(values))
        self.sound.follow()

    def _sounding(self) -> Setup:
        """What an engine is set to: what is wanted of it, with what was added for now."""
        wanted, added = self.wanted(), self._added
        there = {address: value for address, value in added.items() if is_there(wanted.patch, address)}
        return Setup(wanted.patch.set(there), wanted.assets) if there else wanted

    def _follow(self, _change: object = None) -> None:
        with self._lock:
            wanted = self.wanted()
            paths = {key: asset for key, asset in wanted.assets.items() if key.startswith(path_key(""))}
            before, self._followed = self._followed, Setup(wanted.patch, paths)  # others may hold a codec's memory
            if self._followed.since(before).groups & {"playheads", "paths"}:
                self.heads = playheads(wanted.patch, paths)
        self.sound.follow()

    def _follow_source(self, change: dict[str, Any]) -> None:
        if change["new"] is None:
            self.sound.lift()  # the hand would sound the latent origin
        self.sound.follow()
