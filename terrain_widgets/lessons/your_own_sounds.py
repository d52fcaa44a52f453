"""Checks of notebook 07: a sound that was made here, one that was cut, and a session that keeps both."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from terrain_widgets.io.sound_files import Sound
from terrain_widgets.lessons.verdict import Hint, exercise

if TYPE_CHECKING:
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


@exercise("session.save('my-session.zip') writes it; keep the name in saved.")
def check_saved(saved: object, session: Session, name: str) -> str:
    """Whether a session file holds the sound of that name."""
    from terrain_widgets.io.session_file import read_session

    if not isinstance(saved, str | os.PathLike) or not Path(saved).exists():
        raise Hint("saved should be the name of a file that is there: session.save(saved).")
    names = [clip.name for clip in session.state.clips]
    if name not in names:
        raise Hint(f"Your sound is not in the session yet: session.add_sound(sound). It holds {', '.join(names)}.")
    if name not in [sound.name for sound in read_session(saved).sounds.values()]:
        raise Hint("The file was saved before your sound was in the session: save it again.")
    return f"{Path(saved).name}, {Path(saved).stat().st_size / 1e6:.1f} MB: sounds, paths, latents and terrain."
