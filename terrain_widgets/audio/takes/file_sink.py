"""A sink that writes a WAV file."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

from terrain_widgets.audio.hosts.host import Host
from terrain_widgets.audio.page_stream.sound_source import SinkStatus


class FileSink:
    """Records a host's sound; the file is whole after ``stop``.

    Args:
        path: Where the WAV goes; an existing file is replaced.
        realtime: Take at the wall clock, as if somebody listened; else as fast as the host renders.
        subtype: ``soundfile`` subtype: ``"PCM_16"``, ``"PCM_24"``, ``"FLOAT"``.
        max_seconds: Where recording ends by itself, so that a forgotten sink does not fill the disk.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        realtime: bool = True,
        subtype: str = "PCM_24",
        max_seconds: float = 3600.0,
    ) -> None:
        self.path = Path(path)
        self._realtime, self._subtype, self._max_seconds = realtime, subtype, float(max_seconds)
        self._stop: threading.Event | None = None
        self._thread: threading.Thread | None = None
        self._samples = 0
        self._message = ""

    def start(self, host: Host) -> None:
        """Begin to record.

        Raises:
            OSError: If the file cannot be written there.
        """
        import soundfile

        self.stop()
        self._samples, self._message = 0, ""
        try:
            file = soundfile.SoundFile(
                self.path, "w", host.sample_rate, host.channels, subtype=self._subtype, format="WAV"
            )
        except (soundfile.LibsndfileError, TypeError) as error:
            raise OSError(f"cannot write a sound file at {self.path}: {error}") from error
        stop = self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(host, stop, file), name="terrain-file-sink", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End the recording; the file is whole when this returns."""
        if self._stop is not None and self._thread is not None:
            self._stop.set()
            self._thread.join(timeout=5.0)
        self._stop = self._thread = None

    def close(self) -> None:
        """As ``stop``."""
        self.stop()

    def status(self) -> SinkStatus:
        """How it is doing."""
        running = self._thread is not None and self._thread.is_alive()
        return SinkStatus(running, self._message, self._samples)

    def _run(self, host: Host, stop: threading.Event, file: Any) -> None:
        limit = int(self._max_seconds * host.sample_rate)
        began = time.monotonic()
        with file:
            while not stop.is_set() and self._samples < limit:
                due = limit if not self._realtime else int((time.monotonic() - began) * host.sample_rate)
                audio = host.read(min(due, limit) - self._samples)
                if audio.shape[1] == 0:
                    stop.wait(0.005)
                    continue
                try:
                    file.write(audio.T)
                except Exception as error:
                    self._message = f"recording stopped: {error}"
                    return
                self._samples += audio.shape[1]
        if self._samples >= limit:
            self._message = f"recording ended at its limit of {self._max_seconds:g} s"
