"""A take that a page plays and the kernel writes: sound as it comes, gestures at the end."""

from __future__ import annotations

import itertools
import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save as save_arrays

from terrain_widgets.audio.takes.heard_live import AUDIO, LATENTS
from terrain_widgets.audio.takes.recorder import MOST_BYTES
from terrain_widgets.audio.takes.take_file import TakeError, read_take
from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.io.atomic import replacing
from terrain_widgets.io.reading import tensors_of

_numbers = itertools.count(1)
_LARGEST_GESTURES, _LARGEST_ARRAYS = 1 << 27, 1 << 30  # bytes


class PageRecording:
    """Writes what a page records: the page counts the frames and stamps the gestures.

    Args:
        path: Where the WAV goes; what is there is replaced.
        info: The codec's.
        recipe: How the codec is built, for the take.
        max_seconds: Where recording ends by itself.

    Attributes:
        number: Names it in what page and kernel say of it; no two of a kernel's are alike.

    Raises:
        OSError: If the file cannot be written there.
    """

    def __init__(
        self, path: str | os.PathLike[str], info: CodecInfo, recipe: CodecRecipe | None, max_seconds: float
    ) -> None:
        import soundfile

        self.path, self.number = Path(path).with_suffix(".wav"), next(_numbers)
        self._recipe, self._channels = recipe, info.channels
        self._samples = 0
        self._live: list[tuple[bytes, bytes]] = []  # latents and samples, as they came
        self._live_bytes = 0
        self._latent_dim = info.latent_dim
        self._left = max(1, int(max_seconds * info.sample_rate))
        self._problem = ""
        self._ended = threading.Event()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = soundfile.SoundFile(
                self.path, "w", info.sample_rate, info.channels, subtype="PCM_24", format="WAV"
            )
        except (soundfile.LibsndfileError, TypeError) as error:
            raise OSError(f"cannot write a sound file at {self.path}: {error}") from error

    @property
    def problem(self) -> str:
        """Why it is not whole, or nothing."""
        return self._problem

    @property
    def ended(self) -> bool:
        """Whether nothing more is written."""
        return self._ended.is_set()

    def take(self, buffers: Sequence[Any], live: bool) -> bool:
        """Some more samples; returns whether it is as long as it may be.

        Args:
            buffers: One of float32 for each channel, ``[S]``; then, if there is live sound, its latents ``[T, D]``
                and its samples ``[T * ratio]``.
            live: Whether there is.

        Raises:
            ValueError: If the buffers are not the codec's channels.
        """
        if not live:
            return self._sound(buffers)
        *channels, latents, audio = buffers
        self._heard(bytes(latents), bytes(audio))
        return self._sound(channels)

    def _sound(self, buffers: Sequence[Any]) -> bool:
        if self._ended.is_set():
            return False
        audio = np.stack([np.frombuffer(bytes(buffer), dtype="<f4") for buffer in buffers])
        if len(audio) != self._channels:
            raise ValueError(f"{self._channels} channels are recorded, got {len(audio)}")
        try:
            if not self._problem:
                self._file.write(audio.T)
        except Exception as error:  # a full disk, in libsndfile's words
            self._problem = f"recording stopped: {error}"
        self._samples += audio.shape[1]
        self._left -= audio.shape[1]
        return self._left <= 0 or bool(self._problem)

    def _heard(self, latents: bytes, audio: bytes) -> None:
        self._live_bytes += len(latents) + len(audio)
        if self._live_bytes <= MOST_BYTES:
            self._live.append((latents, audio))

    def finish(self, gestures: str, arrays: bytes) -> None:
        """The page has ended: write the gestures beside their sound.

        Args:
            gestures: The take's JSON file as the page made it; name of the sound and recipe are filled in here.
            arrays: The take's safetensors file.
        """
        if self._ended.is_set():
            return
        self._file.close()
        try:
            if len(gestures) > _LARGEST_GESTURES or len(arrays) > _LARGEST_ARRAYS:
                raise ValueError("it is too large")
            content = json.loads(gestures)
            content |= {
                "sound": self.path.name,
                "recipe": None if self._recipe is None else self._recipe.to_json(),
            }
            if content.get("live"):
                arrays = self._with_live(content, arrays)
            with replacing(self.path.with_suffix(".safetensors")) as temporary:
                temporary.write_bytes(arrays)
            with replacing(self.path.with_suffix(".json")) as temporary:
                temporary.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")
            read_take(self.path)
        except (ValueError, TypeError, OSError, TakeError) as error:
            self._problem = self._problem or f"the take's gestures could not be written: {error}"
        self._ended.set()

    def _with_live(self, content: dict[str, Any], arrays: bytes) -> bytes:
        """The take's arrays with what was heard live, of which the page may have sent a frame more."""
        if self._live_bytes > MOST_BYTES:
            content |= {"complete": False, "live": []}
            return arrays
        frames = sum(count for _, count in content["live"])
        latents, audio = (np.frombuffer(b"".join(part), dtype="<f4") for part in zip(*self._live, strict=True))
        own = {
            LATENTS: latents[: frames * self._latent_dim].reshape(frames, self._latent_dim),
            AUDIO: audio[None, : frames * int(content["ratio"])],
        }
        return save_arrays({**tensors_of(arrays)[0], **own})

    def wait(self, timeout: float) -> None:
        """Until all three files are there; a page that has gone leaves the sound so far, without its gestures.

        Raises:
            OSError: If something could not be written, or the page does not answer.
        """
        if not self._ended.wait(timeout):
            self._end("the page that recorded does not answer: its sound is kept, how it was played is not")
        if self._problem:
            raise OSError(self._problem)

    def give_up(self, problem: str) -> None:
        """Nothing more will come; without any sound no file is left."""
        self._end(problem)
        if not self._samples:
            self.path.unlink(missing_ok=True)

    def _end(self, problem: str) -> None:
        if not self._ended.is_set():
            self._file.close()
            self._problem = self._problem or problem
            self._ended.set()
