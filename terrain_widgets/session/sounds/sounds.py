"""The document's sounds and what becomes of them: encoding, another codec, cutting."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.session.document import commands
from terrain_widgets.session.document.document import Document
from terrain_widgets.session.jobs.jobs import Job, Jobs
from terrain_widgets.session.sounds.codec_lab import CodecLab
from terrain_widgets.session.sounds.encode_job import add_model, change_codec, compare_codecs, encode_all
from terrain_widgets.session.sounds.latent_store import LatentStore


class Sounds(LatentStore):
    """The latents of the document's sounds, and the jobs that make them.

    Args:
        document: Holds the sounds.
        jobs: Encoding and changing the codec are jobs.
        codec_changed: As ``LatentStore`` takes it.
        codec_rebuilt: Likewise.

    Attributes:
        codec_lab: Trains codecs of one's own sounds.
    """

    def __init__(
        self,
        document: Document,
        jobs: Jobs,
        codec_changed: Callable[[], None],
        codec_rebuilt: Callable[[], None],
    ) -> None:
        super().__init__(document, codec_changed, codec_rebuilt)
        self._jobs = jobs
        self.codec_lab = CodecLab(self, jobs.notices)
        self._followed: frozenset[int] = frozenset()
        document.observe(self._follow_sounds, names="state")

    def encode(self, wait: bool = False, clip_ids: Iterable[str] | None = None) -> Job:
        """Encode every sound that has no latents yet, in the background.

        Args:
            wait: Return only when it is done, and raise what went wrong.
            clip_ids: Only these of them.

        Returns:
            The running job: ``.cancel()``, ``.wait()``, ``.status``.
        """
        only = None if clip_ids is None else frozenset(clip_ids)
        return self._jobs.start("encode", lambda job: encode_all(self, self._jobs.notices, job, only), wait)

    def trim(self, clip_id: str, start: float = 0.0, end: float | None = None) -> Job | None:
        """Keep this part of a sound, in seconds of the sound as it was added; undo, or a wider part, brings it back.

        Its path stays. Its latents are those of the part: remembered ones, or made again in the background if it had
        some and nothing else is being worked on.

        Returns:
            The job that encodes it, if one was started.

        Raises:
            ValueError: If the part is not inside the sound, or shorter than ``SHORTEST_CLIP``.
        """
        with self.document.lock:
            had = clip_id in self.latents
            self.document.apply(commands.trim_clip, clip_id, start, end)
            again = had and clip_id not in self.latents
        return self.encode(clip_ids=[clip_id]) if again and not self._jobs.busy else None

    def change_codec(self, source: str | os.PathLike[str] | CodecRecipe | None, wait: bool = False) -> Job:
        """Change the codec in the background, and encode all sounds with it; a model is first tried out by itself.

        Args:
            source: As ``load_codec`` takes it.
            wait: Return only when it is done, and raise what went wrong.

        Returns:
            The running job.
        """
        return self._jobs.start("codec", lambda job: change_codec(self, self._jobs.notices, job, source), wait)

    def compare_codecs(self, wait: bool = False) -> Job:
        """Measure in the background what ``pebble``, ``mosaic`` and the codec in use make of the sounds.

        The result is ``codec_errors``; sounds that a user adds are compared when they are encoded by ``pebble``.

        Args:
            wait: As ``change_codec``.
        """
        return self._jobs.start("codec", lambda job: compare_codecs(self, job), wait)

    def add_model(self, name: str, content: bytes, wait: bool = False) -> Job:
        """Keep a model for nn~ or a trained codec that came as a file, by its name, and change to it in the background.

        It is kept in the first folder of ``TERRAIN_WIDGETS_MODELS``, or else in the user's data folder. A model that
        cannot be used is not kept.

        Args:
            name: File name; ``.ts`` or ``.safetensors`` at its end.
            content: The file.
            wait: As ``change_codec``.
        """
        return self._jobs.start("codec", lambda job: add_model(self, self._jobs.notices, job, name, content), wait)

    def _follow_sounds(self, _change: object) -> None:
        """Build a codec that is made of sounds again once they are others, unless some are still to be encoded."""
        with self.document.lock:
            codec = self.loaded_codec
            made_of_sounds = codec is not None and codec.info.capabilities.made_of_sounds
            sounds = frozenset(map(id, self.present_sounds))
            followed, self._followed = self._followed, sounds
            all_encoded = len(self.encoded) == len(self.state.clips)
            if made_of_sounds and sounds and sounds != followed and all_encoded and not self._jobs.busy:
                self.encode()
