"""Checks of notebook 07: a sound made here, one that was cut, one that comes back along its path, and a codec."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.own.file import read_own
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.lessons.verdict import Hint, exercise
from terrain_widgets.session.session import Session


@exercise("tw.Sound('bell', samples, 44100), and samples is a table of one row: np.array([...])[None].")
def check_sound(sound: object) -> str:
    """Whether a sound is one that a codec can make something of."""
    if not isinstance(sound, Sound):
        raise Hint("It should be a tw.Sound: tw.Sound(name, samples, sample_rate).")
    if not 1.0 <= sound.duration <= 10.0:
        raise Hint(f"It lasts {sound.duration:.2f} s; take one to ten seconds.")
    peak = float(np.abs(sound.audio).max())
    if not 0.05 <= peak <= 1.0:
        raise Hint(f"Its peak is {peak:.2f}; between 0.05 and 1 nothing is lost and nothing clips.")
    return f"{sound!r}: ready to be encoded."


@exercise("Cut with audio[:, a:b], multiply by a fade, and make a new tw.Sound of it.")
def check_cut(cut: object, original: Sound) -> str:
    """Whether a cut is two seconds long, comes from the original and ends without a click."""
    if not isinstance(cut, Sound):
        raise Hint("It should be a tw.Sound: tw.Sound(name, samples, sample_rate).")
    if cut.sample_rate != original.sample_rate:
        raise Hint(f"Keep the sample rate of {original.sample_rate} Hz, or it plays at another pitch.")
    if abs(cut.duration - 2.0) > 0.02:
        raise Hint(f"It lasts {cut.duration:.2f} s, not two. Two seconds are {2 * cut.sample_rate} samples.")
    spectrum = np.fft.rfft(original.audio[0], 2 * original.audio.shape[1])
    found = np.fft.irfft(spectrum * np.fft.rfft(cut.audio[0], 2 * original.audio.shape[1]).conj()).max()
    if found < 0.6 * float((cut.audio[0] ** 2).sum()):
        raise Hint("I cannot find it in the original: cut it out of original.audio, and change only its ends.")
    ends = float(np.abs(cut.audio[:, [0, -1]]).max())
    if ends > 1e-3:
        raise Hint(
            f"It begins or ends at {ends:.3f}, which clicks. Fade over some hundredths of a second at both ends."
        )
    return "Two seconds, and silent at both ends."


@exercise("session.training.dataset.pairs[0].spatial.values are the places of the first path: session.render them.")
def check_played(played: object, session: Session) -> str:
    """Whether what was played along a path is one of the session's sounds: what was recorded, or added."""
    sounds = [clip.sound for clip in session.state.clips]
    if not sounds:
        raise Hint("The session has no sound yet: record one in the panel, or session.add_sound(cut).")
    audio = np.asarray(played, dtype=np.float64)
    if audio.ndim != 2:
        raise Hint("It should be what session.render gives: audio of one row for each channel.")
    seconds = audio.shape[1] / session.codec.info.sample_rate
    sound = min(sounds, key=lambda each: abs(each.duration - seconds))
    if abs(sound.duration - seconds) > 0.1:
        raise Hint(
            f"It lasts {seconds:.2f} s, and the nearest of your sounds, “{sound.name}”, {sound.duration:.2f} s: render "
            "one place for each frame."
        )
    mono = sound.audio.mean(axis=0)
    rate = session.codec.info.sample_rate
    if sound.sample_rate != rate:
        times = np.arange(round(sound.duration * rate)) * (sound.sample_rate / rate)
        mono = np.interp(times, np.arange(len(mono)), mono)
    likeness = _likeness(mono, audio.mean(axis=0))
    if likeness < 0.8:
        raise Hint(
            f"Its spectrogram correlates with that of “{sound.name}” by {likeness:.2f}; by 0.8 it is the sound. Is the "
            "codec mosaic, is the path that of the sound, and was the terrain trained long enough?"
        )
    return f"Its spectrogram correlates with that of “{sound.name}” by {likeness:.2f}: you play what you brought."


@exercise('tw.train_codec([drums], recipe="one-shot", out="hits.safetensors", minutes=0.05) returns a path.')
def check_taught(taught: object) -> str:
    """Whether this is the file of a one-shot codec that has learned something."""
    if not isinstance(taught, str | PathLike):
        raise Hint("It should be what tw.train_codec returns: the path of a file.")
    path = Path(taught)
    if not path.is_file():
        raise Hint(f"There is no file at {path}: give tw.train_codec the name by out=.")
    try:
        card = read_own(path).card
    except CodecError as error:
        raise Hint(f"This is no file of a trained codec: {error}") from error
    if card.recipe != "one-shot":
        raise Hint(f'This is a codec of the recipe {card.recipe!r}; ask for recipe="one-shot".')
    if card.steps < 1:
        raise Hint("It has not learned a single step: give it more minutes.")
    begin = card.curve[0][1]
    return (
        f"On hits that it never learned it was {begin:.1f} dB off before the first step, and {card.error:.1f} dB after "
        f"{card.steps}."
    )


def _likeness(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Correlation of two spectrograms in dB, of what both have in time."""
    count = min(len(one), len(other)) // 512
    levels = []
    for audio in (one, other):
        frames = np.asarray(audio[: count * 512], dtype=np.float64).reshape(count, 512) * np.hanning(512)
        levels.append(20 * np.log10(np.abs(np.fft.rfft(frames)) + 1e-3).ravel())
    return float(np.corrcoef(levels[0], levels[1])[0, 1])
