"""A sound beside what a codec makes of it: as long, in step and as loud, so that only the codec is heard."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import numpy as np
import soundfile
from numpy.typing import NDArray

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.frame_accounting import at_rate, with_channels
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.session.document.state import Clip

FloatArray = NDArray[np.float32]

_CEILING = 10 ** (-1 / 20)  # -1 dBFS, for both
_MOST_DB = 24.0  # of a reconstruction that is all but silent, nothing but noise would be raised further


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """Two sounds of equal length and loudness.

    Args:
        name: The clip's.
        sample_rate: Hz, the codec's.
        original: ``[A, S]``, one or two channels.
        reconstruction: ``[A, S]``, encoded and decoded; its first sample is the original's first.
        matched_db: By how much the reconstruction was raised (or, below 0, lowered) to be as loud as the original.
    """

    name: str
    sample_rate: int
    original: FloatArray
    reconstruction: FloatArray
    matched_db: float

    def wav(self) -> bytes:
        """Both in one WAV file of 16 bits: the original's channels, then the reconstruction's."""
        file, both = io.BytesIO(), np.concatenate([self.original, self.reconstruction])
        soundfile.write(file, both.T, self.sample_rate, format="WAV", subtype="PCM_16")
        return file.getvalue()


def reconstruct(clip: Clip, latents: LatentTrajectory, codec: Codec) -> Reconstruction:
    """A clip and the sound of latents, side by side.

    Loudness is the root of the mean square over the whole sound; neither of the two peaks above -1 dBFS.
    """
    info, sound = codec.info, clip.sound
    channels = min(2, max(len(sound.audio), info.channels))
    original = with_channels(at_rate(sound.audio, sound.sample_rate, info.sample_rate), channels)
    decoded = with_channels(np.asarray(codec.decode(latents), dtype=np.float32), channels)[:, info.delay :]
    samples = original.shape[1]
    decoded = np.pad(decoded[:, :samples], ((0, 0), (0, max(0, samples - decoded.shape[1]))))
    loud, heard = _rms(original), _rms(decoded)
    matched_db = 20 * math.log10(loud / heard) if loud > 0 and heard > 0 else 0.0
    matched_db = min(_MOST_DB, max(-_MOST_DB, matched_db))
    decoded = decoded * np.float32(10 ** (matched_db / 20))
    peak = max(float(np.abs(original).max()), float(np.abs(decoded).max()))
    both = np.float32(min(1.0, _CEILING / peak) if peak > 0 else 1.0)
    return Reconstruction(clip.name, info.sample_rate, original * both, decoded * both, matched_db)


def _rms(audio: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.square(audio, dtype=np.float64))))
