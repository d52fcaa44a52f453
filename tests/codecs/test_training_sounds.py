"""Sounds to learn from: every planted fault is found and said, repairs repair, and memory is bounded."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.trainer.dataset import STRETCH_SECONDS, dataset_of
from terrain_widgets.codecs.trainer.health import clipped_runs
from terrain_widgets.codecs.trainer.repairs import at_peak, upright, without_silence
from terrain_widgets.io.sound_files import Sound

RATE = 44100


def _hit(seed: int, seconds: float = 0.4, rate: int = RATE) -> np.ndarray:
    """A tone of its own that dies away."""
    random, t = np.random.default_rng(seed), np.arange(round(seconds * rate)) / rate
    tone = np.sin(2 * np.pi * random.uniform(100, 900) * t) + 0.3 * np.sin(2 * np.pi * random.uniform(900, 3000) * t)
    return np.asarray(0.5 * tone * np.exp(-random.uniform(4, 12) * t), np.float32)


def _sound(name: str, audio: np.ndarray, rate: int = RATE) -> Sound:
    return Sound(name, np.atleast_2d(audio), rate, licence="CC0-1.0")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six good hits, and one of each fault."""
    for k in range(6):
        soundfile.write(tmp_path / f"good {k}.wav", _hit(k), RATE, subtype="FLOAT")
    faulty = {
        "silent": np.zeros(RATE, np.float32),
        "clipped": np.clip(4 * _hit(10), -0.9, 0.9),
        "offset": _hit(11) * 0.5 + 0.2,
        "duplicate": np.concatenate([np.zeros(300, np.float32), 0.3 * _hit(2)]),
        "short": _hit(12)[:200],
        "inverted": -_hit(13),
    }
    for name, audio in faulty.items():
        soundfile.write(tmp_path / f"{name}.wav", audio, RATE, subtype="FLOAT")
    soundfile.write(tmp_path / "slow.wav", _hit(14, rate=22050), 22050, subtype="FLOAT")
    (tmp_path / "broken.wav").write_bytes(b"RIFF this is no sound")
    return tmp_path


def test_each_planted_fault_is_found_and_nothing_else(folder: Path) -> None:
    health = dataset_of(folder, RATE).health
    found = {finding.fault: health.of(finding.fault) for finding in health.findings}
    assert found.pop("duplicate") in (["duplicate.wav"], ["good 2.wav"])  # the second of the two, by name
    assert found == {
        "silent": ["silent.wav"],
        "clipped": ["clipped.wav"],
        "offset": ["offset.wav"],
        "short": ["short.wav"],
        "unreadable": ["broken.wav"],
        "dull": ["slow.wav"],
    }
    assert sorted(set(health.rates)) == [22050, 44100]


def test_the_report_says_it_in_sentences(folder: Path) -> None:
    report = dataset_of(folder, RATE).report
    assert report[0].startswith("10 sounds of ")
    assert report[1] == "sample rates are 22050 Hz (1), 44100 Hz (12): all are resampled to 44100 Hz"
    said = " ".join(report)
    for words in (
        "silent.wav is silent",
        "is clipped in",
        "constant offset of +0.2",
        "is the same sound as",
        "ms, too",
    ):
        assert words in said
    assert "broken.wav cannot be read" in said


def test_good_sounds_have_no_faults_and_are_split_by_file(tmp_path: Path) -> None:
    sounds = [_sound(f"hit {k}", _hit(k)) for k in range(20)]
    dataset = dataset_of(sounds, RATE, share=0.2, seed=4)
    assert not dataset.health.findings
    names = [{sound.name for sound in part} for part in (dataset.train, dataset.validation)]
    assert [len(part) for part in names] == [16, 4] and not names[0] & names[1]
    assert dataset.licences == ("CC0-1.0",)
    again, other = (dataset_of(sounds, RATE, share=0.2, seed=seed) for seed in (4, 5))
    assert {s.name for s in again.validation} == names[1] != {s.name for s in other.validation}


def test_repairs_trim_level_and_centre(folder: Path) -> None:
    dataset = dataset_of(folder, RATE)
    by_name = {sound.name: sound.audio for sound in (*dataset.train, *dataset.validation)}
    for audio in by_name.values():
        assert np.abs(audio).max() == pytest.approx(10 ** (-0.1 / 20), abs=1e-5)
        assert abs(audio[0]) > 0.5 * 10 ** (-60 / 20) or abs(audio[1]) > 1e-3  # begins at once
    assert abs(by_name["offset.wav"].mean()) < 0.02
    loud = np.concatenate([np.zeros(1000), _hit(1), np.zeros(1000)]).astype(np.float32)
    assert len(without_silence(loud)) <= len(_hit(1))
    assert upright(-_hit(3)) == pytest.approx(upright(_hit(3)))
    assert not at_peak(np.zeros(9, np.float32)).any()


def test_a_loud_sound_is_not_called_clipped() -> None:
    assert clipped_runs(at_peak(_hit(1), 0.0)) < 3
    assert clipped_runs(np.clip(2 * at_peak(_hit(1), 0.0), -1, 1)) >= 3


def test_one_silent_file_is_refused_with_the_reason(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "nothing.wav", np.zeros(RATE), RATE)
    with pytest.raises(CodecError, match="nothing to learn from: nothing.wav is silent"):
        dataset_of(tmp_path, RATE)
    with pytest.raises(CodecError, match="holds no sound file"):
        (tmp_path / "nothing.wav").unlink()
        dataset_of(tmp_path, RATE)
    with pytest.raises(CodecError, match="no sound was given"):
        dataset_of([], RATE)


def test_of_a_single_file_the_last_part_is_held_back() -> None:
    audio = np.concatenate([_hit(k) + 0.01 for k in range(10)])
    dataset = dataset_of(_sound("loop", audio), RATE, share=0.25)
    learnt, held = dataset.train[0].audio, dataset.validation[0].audio
    assert len(held) == pytest.approx(0.25 * (len(learnt) + len(held)), rel=0.01)


def test_two_hours_are_cut_to_what_memory_holds_and_that_is_said(tmp_path: Path) -> None:
    rate, file = 8000, tmp_path / "evening.wav"
    noise = np.random.default_rng(0).normal(0, 0.1, 60 * rate).astype(np.float32)
    with soundfile.SoundFile(file, "w", rate, 1, subtype="PCM_16") as writer:
        for minute in range(120):
            writer.write(noise * (1 + minute % 7) / 7)
    soundfile.write(tmp_path / "hit.wav", _hit(1, rate=rate), rate, subtype="FLOAT")
    tracemalloc.start()
    dataset = dataset_of(tmp_path, rate, most_seconds=300.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    kept = sum(len(sound.audio) for sound in (*dataset.train, *dataset.validation)) / rate
    assert 240 <= kept <= 301 and peak < 4 * 300 * rate * 4  # of 7200 s: 230 MB as float32
    assert any("evening.wav lasts 7200 s" in line and "evenly spread" in line for line in dataset.report)
    assert max(len(sound.audio) for sound in dataset.train) <= STRETCH_SECONDS * rate
    assert "hit.wav" in {sound.name for sound in (*dataset.train, *dataset.validation)}
