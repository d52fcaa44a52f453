"""Records what an engine plays: its sound to a WAV file, its gestures to a take beside it."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.engine.sources.hand import HandBlock
from terrain_widgets.audio.engine.sources.live_feed import LiveBlock
from terrain_widgets.audio.takes.heard_live import joined
from terrain_widgets.audio.takes.take import Stroke, Take
from terrain_widgets.audio.takes.take_file import write_take
from terrain_widgets.audio.update import Update

FloatArray = NDArray[np.float32]

MAX_SECONDS = 3600.0
MOST_BYTES = 256 << 20  # of mappings, clips and live sound (25 minutes) that came while recording


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
        self._settings, self._recipe = engine.snapshot(), engine.recipe
        self._places: dict[int, list[tuple[int, FloatArray]]] = {0: []}  # by hand: from which frame on
        self._last: dict[int, Stroke] = {}  # by hand
        self._strokes: list[Stroke] = []
        self._updates: list[tuple[int, Update]] = []
        self._live: list[tuple[int, LiveBlock]] = []
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
        if self._bytes > MOST_BYTES:
            return
        self._bytes += update.bytes
        self._updates.append((self._frames, update))

    def block(
        self,
        hands: Mapping[int, HandBlock],
        strokes: Sequence[Stroke],
        audio: FloatArray,
        live: LiveBlock | None = None,
    ) -> None:
        """A block was rendered.

        Args:
            hands: What they did; the first, 0, is always among them.
            strokes: Hands and gain for this block; their ``frame`` is ignored.
            audio: What came out, ``[A, S]``.
            live: What was heard live, if something was listened to.
        """
        for stroke in strokes:
            last = self._last.get(stroke.hand)
            new = replace(stroke, frame=self._frames)
            if stroke.onset or stroke.panic or last is None or (last.gate, last.gain) != (new.gate, new.gain):
                self._strokes.append(new)
                self._last[stroke.hand] = new
        frames = len(hands[0].places)
        for hand, block in hands.items():
            self._places.setdefault(hand, []).append((self._frames, np.array(block.places, dtype=np.float32)))
        if live is not None and self._bytes <= MOST_BYTES:
            self._bytes += live.latents.nbytes + live.audio.nbytes
            self._live.append((self._frames, LiveBlock(live.latents.copy(), live.audio.copy())))
        self._frames += frames
        self._blocks.put(audio)

    def finish(self) -> Path:
        """End the recording: when this returns, all three files are whole.

        Raises:
            OSError: If the disk refused something.
        """
        self._blocks.put(None)
        self._writer.join()
        info = self._engine.info
        places = {hand: self._table(parts) for hand, parts in self._places.items()}
        complete = self._bytes <= MOST_BYTES
        updates, live = (tuple(self._updates), joined(self._live)) if complete else ((), ())
        take = Take(
            info.name, info.sample_rate, info.ratio, self._seed, places.pop(0), tuple(self._strokes), self._settings,
            updates, complete, self._recipe, places, live,
        )  # fmt: skip
        write_take(self.path, take)
        if self.message:
            raise OSError(self.message)
        return self.path

    def _table(self, parts: list[tuple[int, FloatArray]]) -> FloatArray:
        """Places at every frame, 0 where there are none, ``[T, C]``."""
        width = max((places.shape[1] for _, places in parts), default=1)
        table = np.zeros((self._frames, width), dtype=np.float32)
        for at, places in parts:
            table[at : at + len(places), : places.shape[1]] = places
        return table

    def _write(self) -> None:
        with self._file as file:
            while (audio := self._blocks.get()) is not None:
                try:
                    if not self.message:
                        file.write(audio.T)
                except Exception as error:
                    self.message = f"recording stopped: {error}"
