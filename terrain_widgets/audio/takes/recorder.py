"""Records what an engine plays: its sound to a WAV file, its gestures to a take beside it."""

from __future__ import annotations

import os
import queue
import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.takes.take import Stroke, Take
from terrain_widgets.audio.takes.take_file import write_take
from terrain_widgets.audio.update import Update

FloatArray = NDArray[np.float32]

MAX_SECONDS = 3600.0
_MOST_BYTES = 256 << 20  # of mappings and clips that came while recording


class Recorder:
    """Takes note of every block that an engine renders; the disk is another thread's business.

    It begins with a fresh engine's state (``Engine.restart``), so that the take says everything.

    Args:
        path: Where the WAV goes; what is there is replaced.
        engine: Freshly restarted.
        seed: The engine's.
        max_seconds: Where recording ends by itself, so that a forgotten one does not fill the disk.

    Attributes:
        message: One sentence about what went wrong, or ``""``.

    Raises:
        OSError: If the file cannot be written there.
    """

    def __init__(
        self, path: str | os.PathLike[str], engine: Engine, seed: int = 0, max_seconds: float = MAX_SECONDS
    ) -> None:
        import soundfile

        self.path = Path(path).with_suffix(".wav")
        self.message = ""
        self._engine, self._seed = engine, seed
        self._most_frames = max(1, int(max_seconds * engine.info.frame_rate))
        self._settings = engine.snapshot()
        self._places: list[FloatArray] = []
        self._strokes: list[Stroke] = []
        self._updates: list[tuple[int, Update]] = []
        self._bytes = self._frames = 0
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = soundfile.SoundFile(
                self.path, "w", engine.info.sample_rate, engine.info.channels, subtype="PCM_24", format="WAV"
            )
        except (soundfile.LibsndfileError, TypeError) as error:
            raise OSError(f"cannot write a sound file at {self.path}: {error}") from error
        self._blocks: queue.SimpleQueue[FloatArray | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="terrain-recorder", daemon=True)
        self._writer.start()

    @property
    def full(self) -> bool:
        """Whether it has reached its limit, or cannot go on."""
        return self._frames >= self._most_frames or bool(self.message)

    @property
    def seconds(self) -> float:
        """Recorded so far."""
        return self._frames / self._engine.info.frame_rate

    def update(self, update: Update) -> None:
        """Something else than the hand has changed, before the next block."""
        if self._bytes > _MOST_BYTES:
            return
        self._bytes += update.bytes
        self._updates.append((self._frames, update))

    def block(self, places: FloatArray, stroke: Stroke, audio: FloatArray) -> None:
        """A block was rendered.

        Args:
            places: The hand's, ``[T, C]``.
            stroke: Hand and gain for this block; its ``frame`` is ignored.
            audio: What came out, ``[A, S]``.
        """
        last = self._strokes[-1] if self._strokes else None
        same = last is not None and (last.gate, last.gain) == (stroke.gate, stroke.gain)
        if not same or stroke.onset or stroke.panic:
            self._strokes.append(Stroke(self._frames, stroke.gate, stroke.gain, stroke.onset, stroke.panic))
        self._places.append(np.array(places, dtype=np.float32))
        self._frames += len(places)
        self._blocks.put(audio)

    def finish(self) -> Path:
        """End the recording: when this returns, all three files are whole.

        Raises:
            OSError: If the disk refused something.
        """
        self._blocks.put(None)
        self._writer.join()
        info = self._engine.info
        width = max((table.shape[1] for table in self._places), default=1)
        table = np.zeros((self._frames, width), dtype=np.float32)
        at = 0
        for places in self._places:
            table[at : at + len(places), : places.shape[1]] = places
            at += len(places)
        complete = self._bytes <= _MOST_BYTES
        updates = tuple(self._updates) if complete else ()
        take = Take(
            info.name, info.sample_rate, info.ratio, self._seed, table, tuple(self._strokes), self._settings, updates,
            complete, self._engine.recipe,
        )  # fmt: skip
        write_take(self.path, take)
        if self.message:
            raise OSError(self.message)
        return self.path

    def _write(self) -> None:
        with self._file as file:
            while (audio := self._blocks.get()) is not None:
                try:
                    if not self.message:
                        file.write(audio.T)
                except Exception as error:
                    self.message = f"recording stopped: {error}"
