"""Random monophonic phrases and drum patterns as MIDI, with the pitch they sound at every moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

TICKS_PER_SECOND = 960  # 480 ticks per quarter note at 120 beats per minute
BEND_SEMITONES = 2.0  # FluidSynth's default pitch-bend range

#: Programs whose samples do not sound the note that is asked for (harmonics, fifths, hits, effects), or no pitch.
UNPITCHED_PROGRAMS: frozenset[int] = frozenset({31, 55, 86, *range(96, 104), *range(112, 128)})

#: Lowest and highest note by program where the usual range would sound wrong.
_RANGES: dict[int, tuple[int, int]] = {
    **{p: (26, 62) for p in range(32, 40)},
    43: (28, 62),
    58: (28, 65),
    47: (36, 60),
    **{p: (60, 103) for p in (8, 9, 10, 72)},
    **{p: (53, 96) for p in (73, 74, 75, 78, 79)},
    56: (50, 86),
    14: (48, 84),
}
_USUAL_RANGE = (31, 98)


def _mido() -> Any:
    try:
        import mido
    except ImportError as error:
        raise ImportError(
            'training data is rendered from MIDI with mido, which is missing; pip install "terrain_widgets[train]"'
        ) from error
    return mido


@dataclass
class Phrase:
    """MIDI events of one segment and its pitch curve.

    Args:
        events: ``(seconds, kind, a, b)`` with kind ``on``, ``off``, ``bend``, ``program`` or ``control``.
        times: Break points of the pitch curve, seconds.
        notes: Pitch from each break point on, MIDI note numbers with fractions.
        channel: MIDI channel, 9 for drums.
    """

    events: list[tuple[float, str, int, int]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    notes: list[float] = field(default_factory=list)
    channel: int = 0

    def bend(self, seconds: float, note: int, semitones: float) -> None:
        """Bend the sounding note from here on, and note the pitch that this gives."""
        value = int(np.clip(round(semitones / BEND_SEMITONES * 8192), -8192, 8191))
        self.events.append((seconds, "bend", value, 0))
        self.times.append(seconds)
        self.notes.append(note + value / 8192 * BEND_SEMITONES)

    def pitch_at(self, seconds: NDArray[np.float64]) -> NDArray[np.float32]:
        """MIDI pitch at the given times, NaN before the first note and for drums."""
        if not self.times:
            return np.full(len(seconds), np.nan, np.float32)
        places = np.searchsorted(np.asarray(self.times), seconds, side="right") - 1
        pitch = np.asarray(self.notes)[np.maximum(places, 0)]
        return np.where(places >= 0, pitch, np.nan).astype(np.float32)


def melody(
    program: int, seconds: float, seed: int, *, forbidden: tuple[int, ...] = (), only: tuple[int, ...] = ()
) -> Phrase:
    """A monophonic phrase: steps and leaps, short and long notes, rests, detuning and glides.

    Args:
        program: General MIDI program, 0 to 127.
        seconds: Length; the last second is left to the release.
        seed: Same seed, same phrase.
        forbidden: Notes that must not be struck.
        only: If given, the only notes that may be struck.
    """
    rng = np.random.default_rng([seed, program])
    phrase = Phrase()
    low, high = _RANGES.get(program, _USUAL_RANGE)
    allowed = [n for n in (only or range(low, high + 1)) if n not in forbidden and low <= n <= high]
    phrase.events.append((0.0, "program", program, 0))
    now, note = 0.05, int(rng.choice(allowed))
    while now < seconds - 1.2:
        length = float(
            rng.choice([rng.uniform(0.12, 0.3), rng.uniform(0.3, 0.9), rng.uniform(0.9, 2.4)], p=[0.35, 0.4, 0.25])
        )
        length = min(length, seconds - 1.0 - now)
        near = [n for n in allowed if abs(n - note) <= 7]
        note = int(rng.choice(near if near and rng.random() < 0.6 else allowed))
        detune = float(rng.uniform(-0.5, 0.5)) if rng.random() < 0.5 else 0.0
        phrase.bend(now - 0.004, note, detune)
        phrase.events.append((now, "on", note, int(rng.integers(25, 128))))
        if length > 0.4 and rng.random() < 0.2:  # a glide in the middle of the note
            goal = detune + float(rng.uniform(-1.5, 1.5))
            for part in np.linspace(0, 1, 24)[1:]:
                phrase.bend(now + length * (0.2 + 0.6 * float(part)), note, detune + (goal - detune) * float(part))
        now += length
        phrase.events.append((now - 0.002, "off", note, 0))
        now += float(rng.uniform(0.08, 0.6)) if rng.random() < 0.5 else 0.004
    return phrase


def drums(kit: int, seconds: float, seed: int) -> Phrase:
    """Hits on General MIDI channel 10: single hits with room to ring, and quick patterns."""
    rng = np.random.default_rng([seed, 1000 + kit])
    phrase = Phrase(channel=9)
    phrase.events.append((0.0, "program", kit, 0))
    common = [36, 36, 35, 38, 38, 40, 42, 42, 46, 44, 49, 51, 41, 43, 45, 47, 48, 50, 37, 39]
    now = 0.05
    while now < seconds - 1.2:
        key = int(rng.choice(common)) if rng.random() < 0.7 else int(rng.integers(35, 82))
        phrase.events.append((now, "on", key, int(rng.integers(40, 128))))
        phrase.events.append((now + 0.1, "off", key, 0))
        if rng.random() < 0.25:
            other = int(rng.choice([42, 46, 49, 51, 36]))
            phrase.events.append((now + 0.001, "on", other, int(rng.integers(40, 110))))
            phrase.events.append((now + 0.1, "off", other, 0))
        now += float(rng.choice([0.125, 0.167, 0.25, 0.375, 0.5, 0.9], p=[0.2, 0.15, 0.25, 0.15, 0.15, 0.1]))
    return phrase


def drum_loop(bars: int = 2, beat: float = 0.5) -> Phrase:
    """A plain four-in-a-bar loop with kick, snare and hats, for the bundled clip."""
    phrase = Phrase(channel=9)
    phrase.events.append((0.0, "program", 0, 0))
    for step in range(bars * 8):
        now = 0.02 + step * beat / 2
        hits = [(42, 80 if step % 2 else 60)]
        if step % 8 in (0, 3, 6):
            hits.append((36, 118))
        if step % 8 in (2, 6):
            hits.append((38, 110))
        for key, velocity in hits:
            phrase.events.append((now, "on", key, velocity))
            phrase.events.append((now + 0.1, "off", key, 0))
    return phrase


def write_midi(path: str, phrases: list[Phrase], starts: list[float]) -> None:
    """Write phrases one after another into one MIDI file.

    Args:
        path: Where to write.
        phrases: The segments.
        starts: Start of each segment in seconds.
    """
    mido = _mido()
    timed: list[tuple[int, int, Any]] = []
    for phrase, start in zip(phrases, starts, strict=True):
        channel = phrase.channel
        opening = [mido.Message("control_change", channel=c, control=120, value=0) for c in (0, 9)]  # all sound off
        timed += [(round(max(start - 0.002, 0) * TICKS_PER_SECOND), 0, m) for m in opening]
        for seconds, kind, a, b in phrase.events:
            if kind == "on":
                message = mido.Message("note_on", channel=channel, note=a, velocity=b)
            elif kind == "off":
                message = mido.Message("note_off", channel=channel, note=a, velocity=0)
            elif kind == "bend":
                message = mido.Message("pitchwheel", channel=channel, pitch=a)
            elif kind == "program":
                message = mido.Message("program_change", channel=channel, program=a)
            else:
                message = mido.Message("control_change", channel=channel, control=a, value=b)
            timed.append((round((start + seconds) * TICKS_PER_SECOND), 1, message))
    timed.sort(key=lambda item: item[:2])
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("set_tempo", tempo=500_000, time=0))
    before = 0
    for tick, _, message in timed:
        track.append(message.copy(time=tick - before))
        before = tick
    midi = mido.MidiFile(ticks_per_beat=480)
    midi.tracks.append(track)
    midi.save(path)
