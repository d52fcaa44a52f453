"""The codec in use, and the latents that it makes of the document's sounds."""

from __future__ import annotations

import os
from collections.abc import Callable
from weakref import WeakKeyDictionary

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.document.document import Document
from terrain_widgets.session.document.state import Clip, SessionState
from terrain_widgets.session.sounds.codec_loading import CodecLoading
from terrain_widgets.session.sounds.reconstruction import Reconstruction, reconstruct

_BUNDLED_FRAME_RATE = 44100 / 1024  # known before the codec is loaded, which takes a second


class LatentStore(traitlets.HasTraits):
    """What the document's sounds are in latent space.

    Args:
        document: Holds the sounds.
        codec_changed: Called, with the document's lock held, after another codec has taken the place of one.
        codec_rebuilt: Likewise, where the new codec plays the old one's latents.
    """

    latents = traitlets.Dict(help="Latent trajectory by clip id; replaced whole.")
    codec_name = traitlets.Unicode("", help="The codec in use, as it was asked for.")
    codec_errors = traitlets.Dict(help="Distance in dB of the sounds from what a codec makes of them, by its name.")

    def __init__(
        self, document: Document, codec_changed: Callable[[], None], codec_rebuilt: Callable[[], None]
    ) -> None:
        super().__init__()
        self.document, self._codec_changed, self._codec_rebuilt = document, codec_changed, codec_rebuilt
        self._codec: Codec | None = None
        self._loading = CodecLoading()
        self._unloaded: CodecRecipe | None = None  # what the codec was, and is again when it is needed
        # By sound and not by clip: a clip that is cut is another sound, and undo brings the first one back.
        self._known: WeakKeyDictionary[Sound, LatentTrajectory] = WeakKeyDictionary()
        self.observe(self._remember_latents, names="latents")
        document.observe(self._bring_latents, names="state")

    def __repr__(self) -> str:
        counts = f"{len(self.state.clips)} sounds, {len(self.encoded)} encoded"
        return f"{type(self).__name__}({counts}, codec {self.codec_name or 'bundled'})"

    @property
    def state(self) -> SessionState:
        """The document's."""
        return self.document.state

    # --- codec

    @property
    def codec(self) -> Codec:
        """The codec, loaded on first use (this imports torch, about a second)."""
        if (loaded := self._codec) is not None:
            return loaded  # without the lock: who asks may hold the sound's, which edits take after the document's
        name, unloaded = self.codec_name, self._unloaded
        codec = self._loading.load(lambda: self._codec or self._load(unloaded))  # without it too: this takes seconds
        with self.document.lock:
            if self._codec is None:
                self.use_loaded(codec, codec.info.name if unloaded is None else name)
            self._loading.taken(codec)  # not before: who holds the lock meanwhile and asks is given this one
            assert self._codec is not None
            return self._codec

    @property
    def loaded_codec(self) -> Codec | None:
        """The codec, if one has been loaded."""
        return self._codec

    def use_codec(self, source: str | os.PathLike[str] | CodecRecipe | None) -> None:
        """Change the codec. Sounds and paths stay; latents and terrain belong to the old codec and are discarded.

        Raises:
            CodecError: If there is no such codec; the old one stays.
        """
        codec = self._load(source)
        self.use_loaded(codec, codec.info.name)

    def _load(self, source: str | os.PathLike[str] | CodecRecipe | None) -> Codec:
        from terrain_widgets.codecs.loading import load_codec

        return load_codec(source, self.present_sounds)

    def use_loaded(self, codec: Codec, name: str) -> bool:
        """Change to a codec that is loaded already, as ``use_codec`` does; returns whether it is another one."""
        with self.document.lock:
            old = self._codec
            known = self._unloaded if old is None else old.recipe
            changed = (old is not None or known is not None) and codec.recipe != known
            self._codec, self.codec_name, self._unloaded = codec, name, None
            if old is not None and codec is not old and _same_latents(codec, old):
                self._codec_rebuilt()
                return False
            if changed:
                self.codec_errors = {}
                self._known.clear()
                self.latents = {}
                self._codec_changed()
            return changed

    def let_go(self) -> bool:
        """Free the codec, if it can be loaded again; it is, where it is needed. Returns whether it was freed."""
        with self.document.lock:
            if self._codec is None or self._codec.recipe is None:
                return False
            self._unloaded, self._codec = self._codec.recipe, None
            return True

    @property
    def present_sounds(self) -> tuple[Sound, ...]:
        """The sounds of all clips, as they are cut."""
        return tuple(clip.sound for clip in self.state.clips)

    # --- latents

    def reconstruct(self, clip_id: str) -> Reconstruction:
        """A sound and what the codec makes of it, to be heard side by side; see ``Reconstruction``.

        Raises:
            ValueError: If it is not encoded.
            KeyError: If there is no such clip.
        """
        return reconstruct(self.state.clip(clip_id), self.latents_of(clip_id), self.codec)

    def set_latents(self, clip_id: str, latent: LatentTrajectory | ArrayLike) -> None:
        """Say what a clip is in latent space: ``[T, D]``. Encoding does this; so may you.

        Raises:
            ValueError: If the latents are not a finite table, or of another codec's dimensions.
            KeyError: If there is no such clip.
        """
        trajectory = latent if isinstance(latent, LatentTrajectory) else LatentTrajectory(latent)
        expected = self.codec.info.latent_dim
        if trajectory.latent_dim != expected:
            raise ValueError(
                f"{self.codec_name} has {expected} latents, but these have {trajectory.latent_dim} columns"
            )
        with self.document.lock:
            self.state.clip(clip_id)
            self.latents = {**self.latents, clip_id: trajectory}

    @property
    def encoded(self) -> tuple[Clip, ...]:
        """The clips that have latents; ``latents`` also remembers those of removed clips, for undo."""
        return tuple(clip for clip in self.state.clips if clip.id in self.latents)

    def frames_needed(self, clip_id: str) -> int:
        """Latent frames of a clip: known once encoded, computed from its duration before."""
        if clip_id in self.latents:
            return len(self.latents[clip_id])
        frame_rate = self._codec.info.frame_rate if self._codec is not None else _BUNDLED_FRAME_RATE
        return max(1, int(np.ceil(self.state.clip(clip_id).sound.duration * frame_rate)))

    def latents_of(self, clip_id: str) -> LatentTrajectory:
        """A clip's latents.

        Raises:
            ValueError: If it is not encoded.
        """
        if clip_id not in self.latents:
            name = self.state.clip(clip_id).name
            raise ValueError(f"“{name}” is not encoded yet: call session.encode() first")
        trajectory: LatentTrajectory = self.latents[clip_id]
        return trajectory

    def frame(self, clip_id: str, frame: int) -> NDArray[np.float32]:
        """The latents of one frame of a sound, ``[D]``.

        Args:
            clip_id: An encoded clip.
            frame: From 0; negative from the end.

        Raises:
            KeyError: If there is no such clip.
            ValueError: If it is not encoded.
            IndexError: If it is shorter.
        """
        values = self.latents_of(clip_id).values
        if not -len(values) <= frame < len(values):
            name = self.state.clip(clip_id).name
            raise IndexError(f"“{name}” has {len(values)} frames, 0 to {len(values) - 1}, not {frame}")
        row: NDArray[np.float32] = values[frame]
        return row

    def _remember_latents(self, _change: object) -> None:
        with self.document.lock:
            for clip in self.state.clips:
                if clip.id in self.latents:
                    self._known[clip.sound] = self.latents[clip.id]
                else:
                    self._known.pop(clip.sound, None)

    def _bring_latents(self, _change: object) -> None:
        """Latents after an edit: those of each clip's present sound, or none."""
        with self.document.lock:
            wanted = {clip.id: self._known.get(clip.sound) for clip in self.state.clips}
            if any(self.latents.get(clip_id) is not latent for clip_id, latent in wanted.items()):
                latents = {k: v for k, v in self.latents.items() if k not in wanted}
                self.latents = {**latents, **{k: v for k, v in wanted.items() if v is not None}}


def _same_latents(codec: Codec, old: Codec) -> bool:
    """Whether one codec plays the other's latents: both are made of sounds, and mean the same."""
    both = codec.info.capabilities.made_of_sounds and old.info.capabilities.made_of_sounds
    return both and codec.recipe is not None and old.recipe is not None and codec.recipe.space == old.recipe.space
