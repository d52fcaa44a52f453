"""Sound files: what is read, what is refused, what is written, and the clips in the wheel."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from terrain_widgets.io.sound_files import Sound, SoundError, read_sound, sounds, write_wav


def _tone(channels: int = 1, samples: int = 2000) -> np.ndarray:
    tone = 0.5 * np.sin(np.arange(samples) * 0.05)
    return (
        np.tile(tone, (channels, 1)).astype(np.float32)
        * np.arange(1, channels + 1)[:, None].astype(np.float32)
        / channels
    )


def test_float_wav_round_trip_is_exact_and_keeps_channels_apart(tmp_path: Path) -> None:
    audio = _tone(2) * 1.7  # beyond full scale: float keeps it
    write_wav(tmp_path / "a.wav", audio, 48000)
    back = read_sound(tmp_path / "a.wav")
    assert back.name == "a" and back.sample_rate == 48000
    np.testing.assert_array_equal(back.audio, audio)
    assert back.duration == pytest.approx(2000 / 48000)


def test_pcm24_wav_round_trip_is_close(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", _tone(), 44100, subtype="PCM_24")
    assert soundfile.info(tmp_path / "a.wav").subtype == "PCM_24"
    np.testing.assert_allclose(read_sound(tmp_path / "a.wav").audio, _tone(), atol=1e-6)


def test_bytes_and_file_objects_are_read() -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, _tone()[0], 22050, format="FLAC")
    from_bytes = read_sound(buffer.getvalue(), name="one")
    buffer.seek(0)
    from_file = read_sound(buffer)
    assert from_bytes.name == "one"
    np.testing.assert_array_equal(from_bytes.audio, from_file.audio)


def test_the_limit_applies_before_reading() -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.zeros(44100, np.float32), 22050, format="WAV")
    with pytest.raises(SoundError, match="2 s.*at most 1 s.*start and seconds"):
        read_sound(buffer.getvalue(), max_seconds=1.0)
    assert read_sound(buffer.getvalue(), max_seconds=2.0).duration == 2.0


@pytest.mark.parametrize("content", [b"", b"not a sound at all", b"RIFF\x00\x00\x00\x00WAVE"])
def test_what_is_no_sound_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(SoundError, match="could not be read as sound") as refused:
        read_sound(content, name="odd")
    assert "object at 0x" not in str(refused.value)


def test_missing_empty_and_infinite_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SoundError, match="no sound file"):
        read_sound(tmp_path / "none.wav")
    soundfile.write(tmp_path / "empty.wav", np.zeros((0, 1), np.float32), 44100)
    with pytest.raises(SoundError, match="no samples"):
        read_sound(tmp_path / "empty.wav")
    broken = _tone()
    broken[0, 5] = np.nan
    soundfile.write(tmp_path / "broken.wav", broken[0], 44100, subtype="FLOAT")
    with pytest.raises(SoundError, match="NaN"):
        read_sound(tmp_path / "broken.wav")


def test_a_refused_write_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", _tone(), 44100)
    before = (tmp_path / "a.wav").read_bytes()
    broken = _tone()
    broken[0, 0] = np.inf
    for audio, subtype in ((broken, "FLOAT"), (np.zeros(5), "FLOAT"), (_tone(), "NO_SUCH")):
        with pytest.raises(SoundError):
            write_wav(tmp_path / "a.wav", audio, 44100, subtype=subtype)
    assert (tmp_path / "a.wav").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.wav"]
    with pytest.raises(SoundError, match="another folder"):
        write_wav(tmp_path / "nowhere" / "a.wav", _tone(), 44100)


def test_a_sound_owns_its_samples_and_says_what_it_is() -> None:
    audio = _tone()
    sound = Sound("tone", audio, 44100)
    audio[:] = 0
    assert np.abs(sound.audio).max() > 0.4
    with pytest.raises(ValueError):
        sound.audio[0, 0] = 1
    assert repr(sound) == "Sound('tone', 0.05 s, mono, 44100 Hz, peak -6.0 dBFS)"
    with pytest.raises(SoundError, match="shape"):
        Sound("flat", np.zeros(5, np.float32), 44100)


def test_the_bundled_clips_are_short_clean_and_free() -> None:
    clips = sounds()
    assert [c.name for c in clips] == [c.name for c in sounds()]
    assert 8 <= len(clips) <= 10
    for clip in clips:
        assert clip.licence in ("MIT", "CC0-1.0") and clip.source
        assert 1.0 <= clip.duration <= 4.0
        peak = np.abs(clip.audio).max()
        assert 10 ** (-6.1 / 20) <= peak <= 10 ** (-2.9 / 20)
        assert np.abs(clip.audio[:, 0]).max() < 1e-3 and np.abs(clip.audio[:, -20:]).max() < 1e-3
        assert abs(float(clip.audio.mean())) < 2e-3
