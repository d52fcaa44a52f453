"""Sound files: reading with limits, writing in one piece, and the clips in the wheel."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import tempfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
import soundfile
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.io.other_sounds import HEAD, conversion, other_kind
from terrain_widgets.io.reading import reading
from terrain_widgets.io.wave_header import WaveHeader, wave_header

FloatArray = NDArray[np.float32]
MAX_CHANNELS = 64
MAX_SECONDS = 300.0  # of a sound that is read without being asked to
LONGEST_SECONDS = 3600.0  # of any: what a session file keeps
_MOST_VALUES = 1 << 28  # samples times channels: 1 GiB
_WARM_UP = 1 << 13  # samples before a part: MP3 and Opus decode the first ones after a jump wrongly


class SoundError(ValueError):
    """A sound that cannot be read or written; the message says what was given and what to do."""


class SoundTooLong(SoundError):
    """A sound that is longer than is read without being asked to; a part of it can be.

    Args:
        name: The sound's.
        seconds: Its length; at least so much, where its file does not tell.
        most: Seconds that are read.
    """

    def __init__(self, name: str, seconds: float, most: float) -> None:
        super().__init__(
            f"{name} lasts {seconds:.0f} s, but at most {most:.0f} s are read; take a part of it with start and "
            "seconds, or raise max_seconds"
        )
        self.name, self.seconds, self.most = name, seconds, most


@dataclass(frozen=True, eq=False)
class Sound:
    """A sound in memory.

    Args:
        name: Short name, shown to the user.
        audio: Samples ``[A, S]``, float32, full scale 1.
        sample_rate: Hz.
        source: Where it comes from.
        licence: SPDX identifier or a short sentence.

    Raises:
        SoundError: If the audio is not ``[A, S]``, empty or not finite, or the rate is not positive.
    """

    name: str
    audio: FloatArray
    sample_rate: int
    source: str = ""
    licence: str = ""

    def __post_init__(self) -> None:
        audio = np.array(self.audio, dtype=np.float32)  # a copy: nobody outside may change it later
        if audio.ndim != 2 or audio.size == 0:
            raise SoundError(
                f"{self.name}: a sound needs audio [channels, samples], not empty; got shape {audio.shape}"
            )
        if not np.isfinite(audio).all():
            raise SoundError(f"{self.name}: the sound holds NaN or infinity; export it again from where it was made")
        if not self.sample_rate > 0:
            raise SoundError(f"{self.name}: the sample rate must be above 0 Hz, got {self.sample_rate}")
        audio.setflags(write=False)
        object.__setattr__(self, "audio", audio)

    def __repr__(self) -> str:
        channels = {1: "mono", 2: "stereo"}.get(len(self.audio), f"{len(self.audio)} channels")
        peak = float(np.abs(self.audio).max())
        level = f"peak {20 * math.log10(peak):.1f} dBFS" if peak > 0 else "silent"
        return f"Sound({self.name!r}, {self.duration:.2f} s, {channels}, {self.sample_rate} Hz, {level})"

    @property
    def duration(self) -> float:
        """Seconds."""
        return int(self.audio.shape[1]) / self.sample_rate


def read_sound(
    file: str | os.PathLike[str] | bytes | BinaryIO,
    name: str | None = None,
    max_seconds: float = MAX_SECONDS,
    *,
    start: float = 0.0,
    seconds: float | None = None,
) -> Sound:
    """Read a sound file of any kind that libsndfile knows (WAV, AIFF, FLAC, OGG, MP3, ...).

    Args:
        file: A path, the file's content, or a readable and seekable binary file object.
        name: Name of the sound; the file's stem if left out.
        max_seconds: Longest sound or part that is read; checked before the samples are read.
        start: Where the part that is read begins, in seconds.
        seconds: Its length; up to the sound's end if left out.

    Raises:
        SoundTooLong: If there is more to read than ``max_seconds``.
        SoundError: If the file is missing, unreadable, empty, not finite, or ends before ``start``.
    """
    if not (0.0 <= start < math.inf) or (seconds is not None and not 0.0 < seconds < math.inf):
        raise SoundError(f"a part of a sound begins at 0 s or later and is longer than that, got {start}, {seconds}")
    path = Path(file).expanduser() if isinstance(file, str | os.PathLike) else None
    if path is not None and not path.is_file():
        raise SoundError(f"there is no sound file at {path}; check the path")
    given = path.stem if path is not None else Path(str(getattr(file, "name", "sound"))).stem
    shown = name or given
    with reading(SoundError, f"{shown} could not be read as sound; give a WAV, AIFF, FLAC, OGG or MP3 file"):
        with contextlib.ExitStack() as stack:
            content: Any = io.BytesIO(file) if isinstance(file, bytes | bytearray | memoryview) else file
            looked_at: Any = content if path is None else stack.enter_context(path.open("rb"))
            header = _checked_header(looked_at, shown, path.name if path is not None else "")
            reader = stack.enter_context(soundfile.SoundFile(content if path is None else str(path)))
            rate = int(reader.samplerate)
            length = reader.frames if header is None else header.samples_among(reader.frames)
            first = round(start * rate)
            if first > 0 and first >= length:
                raise SoundError(f"{shown} ends after {length / rate:.2f} s, so no part of it begins at {start:.2f} s")
            count = length - first if seconds is None else min(length - first, max(1, round(seconds * rate)))
            if count > max_seconds * rate:
                raise SoundTooLong(shown, length / rate, max_seconds)
            if reader.channels > MAX_CHANNELS:
                raise SoundError(f"{shown} has {reader.channels} channels, but at most {MAX_CHANNELS} are accepted")
            samples = _samples(reader, shown, first, count)
        if len(samples) == 0:
            raise SoundError(f"{shown} holds no samples; record or export it again")
        return Sound(shown, samples.T, rate, source="" if path is None else str(file))


def _checked_header(file: BinaryIO, shown: str, file_name: str) -> WaveHeader | None:
    """A WAV's header; what libsndfile does not read, or would read as noise, is refused with what to do."""
    begin = file.tell()
    kind = other_kind(file.read(HEAD))
    file.seek(begin)
    header = wave_header(file)
    file.seek(begin)
    if kind is not None:
        raise SoundError(
            f"{shown} is {kind.name}, which is not read here; convert it with "
            f"{conversion(file_name or shown + kind.suffix)}"
        )
    if header is not None and header.packed:
        raise SoundError(
            f"{shown} is a WAV file with {header.packed} in it, compressed sound that is not read here; convert it "
            f"with {conversion(file_name or shown + '.wav')}"
        )
    return header


def _samples(reader: soundfile.SoundFile, shown: str, first: int, count: int) -> FloatArray:
    """At most ``count`` samples ``[S, A]`` from the ``first`` on.

    In one call: soundfile jumps after every call, and after a jump an MP3's first samples are decoded wrongly. A header
    that promises more than there is costs no memory, as what is not written to is not there.
    """
    if count * reader.channels > _MOST_VALUES:
        raise SoundError(
            f"{shown} has more than {_MOST_VALUES >> 20} million samples in its {reader.channels} channels at "
            f"{reader.samplerate} Hz; take a part of it, or save it with fewer channels or at a lower rate"
        )
    before = min(first, _WARM_UP)
    # Before 1.2, libsndfile gave no sample at all of some MP3 files as float32, but all as float64.
    for dtype in ("float32", "float64"):
        if before:
            reader.seek(first - before)
        samples: FloatArray = reader.read(before + count, dtype=dtype, always_2d=True)[before:]
        if len(samples):
            break
    return samples.astype(np.float32, copy=False)


def write_wav(
    path: str | os.PathLike[str],
    audio: ArrayLike,
    sample_rate: int,
    subtype: Literal["FLOAT", "PCM_24", "PCM_16"] = "FLOAT",
) -> None:
    """Write a WAV file in one piece: an interrupted write leaves the old file, never half a new one.

    Args:
        path: Where to; an existing file is replaced.
        audio: ``[A, S]``, full scale 1. Integer formats clip beyond it; ``FLOAT`` keeps everything.
        sample_rate: Hz.
        subtype: Sample format.

    Raises:
        SoundError: If the audio is not ``[A, S]``, is empty or not finite, or the file cannot be written.
    """
    samples = np.asarray(audio, dtype=np.float32)
    if samples.ndim != 2 or samples.size == 0 or samples.shape[0] > MAX_CHANNELS:
        raise SoundError(f"a WAV file is written from audio [channels, samples], not empty; got shape {samples.shape}")
    if not np.isfinite(samples).all():
        raise SoundError("this audio holds NaN or infinity, which a WAV file should not; nothing was written")
    target = Path(path).expanduser()
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".part")
    except OSError as error:
        raise SoundError(f"cannot write into {target.parent} ({error.strerror}); choose another folder") from error
    try:
        with os.fdopen(handle, "wb") as file:
            soundfile.write(file, samples.T, sample_rate, format="WAV", subtype=subtype)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # mkstemp's own mode would hide the file from everyone else
        os.replace(temporary, target)
    except (OSError, soundfile.SoundFileError, ValueError, TypeError) as error:
        raise SoundError(f"{target} could not be written: {error}") from error
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def sounds() -> list[Sound]:
    """The clips in the wheel, always in the same order; free to use (MIT or CC0, see ``io/sounds/SOURCES.md``)."""
    folder = resources.files("terrain_widgets.io").joinpath("sounds")
    index = json.loads(folder.joinpath("sounds.json").read_text(encoding="utf-8"))
    clips = []
    for entry in index:
        clip = read_sound(folder.joinpath(entry["file"]).read_bytes(), name=entry["name"])
        clips.append(Sound(clip.name, clip.audio, clip.sample_rate, source=entry["source"], licence=entry["licence"]))
    return clips
