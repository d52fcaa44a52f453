"""What a patch names, made of the session's paths and sounds: each once, as long as it stays the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from terrain_widgets.audio.assets import (
    CONTROL,
    MAPPING,
    Asset,
    ControlAsset,
    EditsAsset,
    MappingAsset,
    PathAsset,
    SoundAsset,
    path_key,
    sound_key,
    weights_key,
)
from terrain_widgets.audio.fitted_control_map import FittedControlMap
from terrain_widgets.audio.parameters import LIVE
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.update import Setup
from terrain_widgets.codecs.base import Codec, bendable_of, outputs_of
from terrain_widgets.core.bending.applied import AppliedBend
from terrain_widgets.core.bending.bend import Bend
from terrain_widgets.core.bending.edit import Edit
from terrain_widgets.core.bending.outputs import check_tables, is_output
from terrain_widgets.core.bending.terrain_layers import bent_arrays, fitting, is_terrain, terrain_layers
from terrain_widgets.core.exploration.endless_walk import EndlessWalk
from terrain_widgets.session.document.pairing_table import Pairable, paired
from terrain_widgets.session.document.state import SessionState

_NOTHING = MappingAsset(None)


class StageAssets:
    """Makes the assets of a patch.

    Args:
        made: Sounds, paths and latents.
        codec: Gives the codec; asked for sounds only, which are encoded.
        mapping: Gives what plays.
        control: Gives the control map as it was trained, if it was.
    """

    def __init__(
        self,
        made: Pairable,
        codec: Callable[[], Codec],
        mapping: Callable[[], MappingAsset | None],
        control: Callable[[], FittedControlMap | None],
    ) -> None:
        self._made, self._codec, self._mapping, self._control = made, codec, mapping, control
        self._known: dict[str, tuple[tuple[Any, ...], Asset]] = {}
        self._bends: tuple[Codec, AppliedBend] | None = None
        self._bending = threading.Lock()

    def wanted(self, patch: Patch, state: SessionState) -> Setup:
        """All that an engine should be set to: the patch with what it names, less what there is not.

        A playhead whose path is gone or of a single place, and a sound without latents, are left out.

        Args:
            patch: What is set.
            state: What was made, of which free paths and the bend count.
        """
        assets: dict[str, Asset] = {MAPPING: self._mapping_of(state.heard_bend)}
        missing: dict[str, None] = {}
        for name in patch.members("playheads"):
            path = patch[f"playheads.{name}.path"]
            free = state.free_paths.get(path)
            asset = self.path(path) if free is None else self._free(path, free)
            if asset is None:
                missing[f"playheads.{name}"] = None
            else:
                assets[path_key(path)] = asset
        sound = patch["clip.sound"]
        if sound and sound != LIVE:
            encoded = self.sound(sound)
            if encoded is None:
                missing["clip.sound"] = None
            else:
                assets[sound_key(sound)] = encoded
        control = self._control()
        if control is not None:
            assets[CONTROL] = self._once(CONTROL, (control,), lambda: ControlAsset(control))
        assets |= self._weights(state.heard_bend)
        self._known = {key: known for key, known in self._known.items() if key in assets}
        return Setup(patch.set(missing), assets)

    def forget_codec(self) -> None:
        """Free what is held of the codec: its layers, and what a bend made of them."""
        with self._bending:
            self._bends = None
        self._known = {key: known for key, known in self._known.items() if not key.startswith(weights_key(""))}

    def path(self, clip_id: str) -> PathAsset | None:
        """The path on which a sound lies, with the sound's frames on it; ``None`` if it cannot be played."""
        drawn = self._made.state.drawing_of(clip_id)
        if drawn is None or drawn.muted:
            return None
        latent = self._made.latents.get(clip_id)
        sources = (drawn.path, drawn.rule, drawn.density, latent, self._made.frames_needed(clip_id))
        try:
            made: PathAsset = self._once(
                path_key(clip_id), sources, lambda: PathAsset(paired(self._made, drawn).spatial.values)
            )
        except ValueError:  # a path of a single place: the pairing table says so, and nothing can be played
            return None
        return made

    def sound(self, clip_id: str) -> SoundAsset | None:
        """An encoded sound, with its own samples at the codec's rate, or a way through latent space."""
        way = self._made.state.explored.ways.get(clip_id)
        if way is not None:
            of_way: SoundAsset = self._once(sound_key(clip_id), (way,), lambda: _asset_of(way))
            return of_way
        latents = self._made.latents.get(clip_id)
        clip = next((clip for clip in self._made.state.clips if clip.id == clip_id), None)
        if latents is None or clip is None:
            return None
        info = self._codec().info

        def make() -> SoundAsset:
            audio = clip.sound.audio
            if audio.shape[0] != info.channels:
                audio = audio.mean(axis=0, keepdims=True)
            if clip.sound.sample_rate != info.sample_rate:
                audio = soxr.resample(audio.T, clip.sound.sample_rate, info.sample_rate).T
            return SoundAsset(latents.values, audio)

        made: SoundAsset = self._once(sound_key(clip_id), (latents, clip.sound, info.sample_rate, info.channels), make)
        return made

    def _weights(self, bend: Bend) -> dict[str, Asset]:
        """One asset for each layer of the codec that is bent, the same one as long as that layer stays as it is."""
        _, of_codec = bend.parted(is_terrain)
        if not of_codec.steps:
            return {}
        with self._bending:
            known = self._applied()
            every = of_codec.edits(known.original)
            known.keep(every)
        return {weights_key(name): self._layer(name, edits, known) for name, edits in every.items()}

    def _layer(self, name: str, edits: tuple[Edit, ...], known: AppliedBend) -> Asset:
        def applied() -> NDArray[np.float32]:  # of the codec of now, also where a page asks after it has changed
            with self._bending:
                return known.layer(name, edits)

        made: EditsAsset = self._once(weights_key(name), (known, *edits), lambda: EditsAsset(edits, applied))
        return made

    def _mapping_of(self, bend: Bend) -> MappingAsset:
        """What plays, with what a bend makes of it."""
        playing = self._mapping()
        steps = bend.parted(is_terrain)[0].steps
        if playing is None or playing.mapping is None or not steps:
            return playing or _NOTHING
        own = playing.mapping
        made: MappingAsset = self._once(
            MAPPING, (playing, *steps), lambda: MappingAsset(own, playing.low, playing.high, bent_arrays(own, bend))
        )
        return made

    def check(self, bend: Bend) -> None:
        """Whether a bend can be applied to the codec, which is not done here: it takes a large layer its time.

        Raises:
            ValueError: If the codec has no weights, there is no such layer, or an edit does not fit its layer.
        """
        _, of_codec = bend.parted(is_terrain)
        with self._bending:
            original = self._applied().original
        for layer, edits in of_codec.edits(original).items():
            for edit in edits:
                edit.check(original[layer])
        tables, _ = of_codec.parted(is_output)
        check_tables(tables.apply(original), outputs_of(self._codec()))

    def bent(self, bend: Bend) -> Mapping[str, NDArray[np.float32]]:
        """What a bend makes of the codec's layers and outputs, and of the terrain's, by name; to be read only.

        Edits that do not fit the terrain that plays wait for one that they fit.

        Raises:
            ValueError: If the codec has no weights, or there is no such layer.
        """
        of_terrain, of_codec = bend.parted(is_terrain)
        with self._bending:
            layers = self._of_terrain()
            return {**self._applied().of(of_codec), **fitting(of_terrain, layers).apply(layers)}

    @property
    def bendable(self) -> Mapping[str, NDArray[np.float32]]:
        """All that a bend can change, by name.

        The codec's own weights, neutral tables of its outputs, and the weights of the terrain that plays.

        Raises:
            ValueError: If the codec has no weights.
        """
        with self._bending:
            return {**self._applied().original, **self._of_terrain()}

    def _of_terrain(self) -> dict[str, NDArray[np.float32]]:
        playing = self._mapping()
        return terrain_layers(None if playing is None else playing.mapping)

    def _applied(self) -> AppliedBend:
        codec = self._codec()
        if self._bends is None or self._bends[0] is not codec:
            self._bends = codec, AppliedBend(bendable_of(codec))
        return self._bends[1]

    def _free(self, name: str, points: NDArray[np.float32]) -> PathAsset:
        made: PathAsset = self._once(path_key(name), (points,), lambda: PathAsset(points))
        return made

    def _once(self, key: str, sources: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        known = self._known.get(key)
        fits = known is not None and len(known[0]) == len(sources)
        if known is None or not fits or not all(_same(a, b) for a, b in zip(known[0], sources, strict=True)):
            known = (sources, make())
            self._known[key] = known
        return known[1]


def _asset_of(way: NDArray[np.float32] | EndlessWalk) -> SoundAsset:
    return SoundAsset(way.start[None], walk=way) if isinstance(way, EndlessWalk) else SoundAsset(way)


def _same(one: object, other: object) -> bool:
    """The same object, or an equal number or word."""
    return one is other or (isinstance(one, int | float | str) and one == other)
