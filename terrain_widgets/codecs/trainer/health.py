"""What is wrong with sounds that a model shall learn from: each fault found, and said in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.trainer.repairs import without_silence

FloatArray = NDArray[np.float32]
Fault = Literal["unreadable", "silent", "short", "clipped", "offset", "duplicate", "cut", "dull"]

QUIETEST_PEAK = 1e-3  # -60 dBFS
SHORTEST_SECONDS = 0.02
_CLIPPED_RUN = 3  # samples in a row at the peak
_MOST_RUNS = 3  # fewer such runs are a loud sound, not a clipped one
_EQUAL = 2e-5  # of the peak: less than a step of 16 bits
_QUIETEST_CLIPPED = 0.1
_LARGEST_OFFSET = 0.01  # of full scale
_OFFSET_SHARE = 0.2  # of the sound's own level
_PIECES = 64  # of a sound, whose levels are its print
_ALIKE = 5e-3  # distance of two prints
#: Faults that leave nothing to learn from.
UNUSABLE: frozenset[Fault] = frozenset(("unreadable", "silent", "short", "duplicate"))


@dataclass(frozen=True)
class Finding:
    """One fault of one sound.

    Args:
        sound: Its name.
        fault: Which.
        said: The sentence for it.
    """

    sound: str
    fault: Fault
    said: str


@dataclass(frozen=True)
class Health:
    """What was found in a set of sounds.

    Args:
        findings: All faults.
        seconds: Length of each sound that can be used.
        rates: Hz of each sound that was read, before it was resampled.
        kept_seconds: How much of them is used.
    """

    findings: tuple[Finding, ...] = ()
    seconds: tuple[float, ...] = ()
    rates: tuple[int, ...] = ()
    kept_seconds: float = 0.0

    def of(self, fault: Fault) -> list[str]:
        """Names of the sounds with that fault."""
        return [finding.sound for finding in self.findings if finding.fault == fault]

    def sentences(self, sample_rate: int) -> tuple[str, ...]:
        """All of it in words, the sum first.

        Args:
            sample_rate: Hz that the sounds are resampled to.
        """
        said = []
        if self.seconds:
            count, low, high = len(self.seconds), min(self.seconds), max(self.seconds)
            lengths = f"of {low:.2f} s" if high - low < 0.01 else f"of {low:.2f} to {high:.2f} s"
            said.append(f"{count} sound{'s' if count > 1 else ''} {lengths}, {_long(self.kept_seconds)} in all")
        rates = Counter(self.rates)
        if len(rates) > 1 or (rates and sample_rate not in rates):
            found = ", ".join(f"{rate} Hz ({count})" for rate, count in sorted(rates.items()))
            said.append(f"sample rates are {found}: all are resampled to {sample_rate} Hz")
        return (*said, *(finding.said for finding in self.findings))


def _long(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


@dataclass
class HealthCheck:
    """Looks at sounds one after the other and remembers of each only its print.

    Args:
        sample_rate: Hz of the sounds that it is shown.
    """

    sample_rate: int
    findings: list[Finding] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    rates: list[int] = field(default_factory=list)
    _prints: list[tuple[str, FloatArray]] = field(default_factory=list)

    def note(self, sound: str, fault: Fault, said: str) -> None:
        """One more fault."""
        self.findings.append(Finding(sound, fault, said))

    def look(self, name: str, audio: FloatArray, own: FloatArray, own_rate: int) -> bool:
        """Look at one sound; returns whether it can be used.

        Args:
            name: The sound's.
            audio: Mono ``[S]``, resampled.
            own: The samples that it was made of ``[A, S']``.
            own_rate: Hz of these.
        """
        self.rates.append(own_rate)
        before = len(self.findings)
        seconds, peak = len(audio) / self.sample_rate, float(np.abs(audio).max(initial=0.0))
        if peak < QUIETEST_PEAK:
            self.note(name, "silent", f"{name} is silent (peak below -60 dBFS): left out")
        elif seconds < SHORTEST_SECONDS:
            self.note(name, "short", f"{name} lasts {1000 * seconds:.0f} ms, too short to learn from: left out")
        elif (twin := self._twin(name, audio)) is not None:
            self.note(name, "duplicate", f"{name} is the same sound as {twin}: left out")
        else:
            self._look_at_samples(name, audio, own)
        if own_rate < 0.7 * self.sample_rate and len(self.findings) == before:
            self.note(name, "dull", f"{name} has a rate of {own_rate} Hz, so nothing above {own_rate / 2000:.1f} kHz")
        if any(finding.fault in UNUSABLE for finding in self.findings[before:]):
            return False
        self.seconds.append(seconds)
        return True

    def _look_at_samples(self, name: str, audio: FloatArray, own: FloatArray) -> None:
        runs = max(clipped_runs(channel) for channel in own)
        if runs >= _MOST_RUNS:
            self.note(name, "clipped", f"{name} is clipped in {runs} places: it will be learned with its distortion")
        offset, level = float(audio.mean(dtype=np.float64)), float(audio.std(dtype=np.float64))
        if abs(offset) > _LARGEST_OFFSET and abs(offset) > _OFFSET_SHARE * level:
            self.note(name, "offset", f"{name} has a constant offset of {offset:+.3f}: taken away")

    def _twin(self, name: str, audio: FloatArray) -> str | None:
        own = fingerprint(audio)
        for other, known in self._prints:
            if abs(own[0] - known[0]) < 0.01 * known[0] and float(np.abs(own[1:] - known[1:]).max()) < _ALIKE:
                return other
        self._prints.append((name, own))
        return None

    def done(self, kept_seconds: float) -> Health:
        """What was found."""
        return Health(tuple(self.findings), tuple(self.seconds), tuple(self.rates), kept_seconds)


def clipped_runs(audio: FloatArray) -> int:
    """How often three samples in a row or more stay at just the sound's highest or lowest value.

    Resampling makes clipped samples unequal, so these are a file's own.
    """
    runs = 0
    for end in (float(audio.max(initial=0.0)), float(audio.min(initial=0.0))):
        if abs(end) < _QUIETEST_CLIPPED:
            continue
        at = np.concatenate([[0], (np.abs(audio - end) <= _EQUAL * abs(end)).astype(np.int8), [0]])
        edges = np.flatnonzero(np.diff(at))
        runs += int(np.count_nonzero(edges[1::2] - edges[::2] >= _CLIPPED_RUN))
    return runs


def fingerprint(audio: FloatArray) -> FloatArray:
    """Length in samples, then levels of the sound and of its slope in 64 pieces, whatever its gain: ``[129]``."""
    loud = without_silence(audio).astype(np.float64)
    loud = loud - loud.mean()
    edges = np.linspace(0, len(loud), _PIECES + 1).astype(int)
    levels = [_levels(part, edges) for part in (loud, np.diff(loud, prepend=loud[:1]))]
    scale = max(1e-12, float(np.sqrt(np.mean(levels[0] ** 2))))
    return np.concatenate([[len(loud)], *(part / scale for part in levels)]).astype(np.float32)


def _levels(part: NDArray[np.float64], edges: Sequence[int] | NDArray[np.int_]) -> NDArray[np.float64]:
    return np.array(
        [np.sqrt(np.mean(part[a:b] ** 2)) if b > a else 0.0 for a, b in zip(edges[:-1], edges[1:], strict=True)]
    )
