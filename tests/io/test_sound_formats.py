"""Kinds of sound files that people bring: each is read as it is, or refused in one sentence that says what to do."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from terrain_widgets.io.sound_files import SoundError, SoundTooLong, read_sound
from terrain_widgets.io.sound_sources import sound_files_in

PCM = struct.pack("<I", 1) + bytes.fromhex("000010008000 00aa00389b71".replace(" ", ""))
B_FORMAT = struct.pack("<I", 1) + bytes.fromhex("2107d3118644c8c1ca000000")
TONE = (0.5 * np.sin(np.arange(4410) * 0.05) * 32767).astype("<i2")


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def wav(*chunks: bytes, head: bytes = b"RIFF") -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return head + struct.pack("<I", len(body) if head == b"RIFF" else 0xFFFFFFFF) + body


def extensible(channels: int, guid: bytes, mask: int = 0) -> bytes:
    width = 2 * channels
    of = struct.pack("<HHIIHHHHI", 0xFFFE, channels, 44100, 44100 * width, width, 16, 22, 16, mask)
    return chunk(b"fmt ", of + guid)


def plain(channels: int = 2, rate: int = 44100) -> bytes:
    return chunk(b"fmt ", struct.pack("<HHIIHH", 1, channels, rate, rate * 2 * channels, 2 * channels, 16))


def channels_of(count: int) -> np.ndarray:
    """The tone in each channel, fainter from one to the next."""
    return (TONE[:, None] // np.arange(1, count + 1)).astype("<i2")


@pytest.mark.parametrize("channels", [1, 2, 4, 6])
def test_a_wav_that_does_not_say_where_its_channels_go_is_read(channels: int) -> None:
    table = channels_of(channels)
    sound = read_sound(wav(extensible(channels, PCM, mask=0), chunk(b"data", table.tobytes())))
    np.testing.assert_allclose(sound.audio, table.T / 32768, atol=1e-6)


def test_ambisonic_b_format_is_read_as_its_four_channels(tmp_path: Path) -> None:
    table = channels_of(4)
    file = tmp_path / "hall.amb"
    file.write_bytes(wav(extensible(4, B_FORMAT), chunk(b"data", table.tobytes())))
    np.testing.assert_allclose(read_sound(file).audio, table.T / 32768, atol=1e-6)
    assert sound_files_in(tmp_path) == [file]


def test_rf64_beyond_four_gigabytes_is_refused_by_its_header_alone(tmp_path: Path) -> None:
    size = 5 << 30
    sizes = chunk(b"ds64", struct.pack("<QQQI", size + 80, size, size // 4, 0))
    header = wav(sizes, plain(), b"data" + struct.pack("<I", 0xFFFFFFFF), head=b"RF64")
    file = tmp_path / "concert.wav"
    file.write_bytes(header + TONE.tobytes())
    # Cut off early, it is as long as what is there, whatever its header says.
    assert read_sound(file).audio.shape == (2, 2205)
    with file.open("r+b") as whole:
        whole.truncate(len(header) + size)  # takes no room on the disk
    with pytest.raises(SoundError, match="lasts 30435 s"):
        read_sound(file)


def test_ac3_in_a_wav_is_named_and_not_read_as_noise(tmp_path: Path) -> None:
    file = tmp_path / "surround mix.wav"
    tagged = chunk(b"fmt ", struct.pack("<HHIIHHH", 0x2000, 6, 48000, 48000, 1, 0, 0))
    file.write_bytes(wav(tagged, chunk(b"data", b"\x0b\x77" * 2000)))
    with pytest.raises(SoundError, match="AC-3.*ffmpeg -i 'surround mix.wav' -vn 'surround mix converted.wav'"):
        read_sound(file)
    burst = struct.pack("<HHHH", 0xF872, 0x4E1F, 1, 1536 * 8) + np.random.default_rng(0).bytes(6136)
    with pytest.raises(SoundError, match="AC-3 or DTS.*ffmpeg"):
        read_sound(wav(plain(rate=48000), chunk(b"data", burst * 5)), name="dvd")


def test_adpcm_is_as_long_as_it_was() -> None:
    for samples in (100, 4410, 44100):
        file = io.BytesIO()
        soundfile.write(file, np.sin(np.arange(samples) * 0.05), 44100, format="WAV", subtype="MS_ADPCM")
        content = file.getvalue()
        at = content.index(b"fact") + 8
        assert int.from_bytes(content[at : at + 4], "little") == samples
        assert read_sound(content).audio.shape == (1, samples)
        # A count that cannot be the filling of a block is not believed.
        with soundfile.SoundFile(io.BytesIO(content)) as whole:
            frames = whole.frames
        lying = content[:at] + struct.pack("<I", max(1, samples - 20_000)) + content[at + 4 :]
        if samples > 20_000:
            assert read_sound(lying).audio.shape == (1, frames)


def test_an_mp3_that_is_empty_as_float32_is_read_as_float64(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old(soundfile.SoundFile):
        """A double of libsndfile 1.1, which gave no sample of some MP3 files as float32."""

        def read(self, frames: int = -1, dtype: str = "float64", always_2d: bool = False, **more: object) -> np.ndarray:
            if dtype == "float32":
                return np.zeros((0, self.channels), np.float32)
            return super().read(frames, dtype, always_2d, **more)

    file = io.BytesIO()
    soundfile.write(file, TONE / 32768, 44100, format="MP3")
    as_ever = read_sound(file.getvalue()).audio
    monkeypatch.setattr(soundfile, "SoundFile", Old)
    np.testing.assert_allclose(read_sound(file.getvalue()).audio, as_ever, atol=1e-6)


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"\0\0\0\x1cftypM4A \0\0\0\0", "an M4A file.*ffmpeg -i memo.m4a -vn memo.wav"),
        (b"\0\0\0\x1cftypisom\0\0\0\0", "an MP4 file.*ffmpeg -i memo.mp4 -vn memo.wav"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "a QuickTime film.*ffmpeg -i memo.mov"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81", "a WebM or Matroska file.*ffmpeg -i memo.webm"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9", "a WMA or WMV file.*ffmpeg -i memo.wma"),
        (b"\xff\xf1\x50\x80\x2e\x7f\xfc", "an AAC file.*ffmpeg -i memo.aac"),
        (b"#!AMR\n\x3c", "an AMR file.*ffmpeg -i memo.amr"),
        (b"BW64\xff\xff\xff\xffWAVEds64", "a BW64 file.*ffmpeg -i memo.wav -vn 'memo converted.wav'"),
    ],
)
def test_what_phones_and_macs_record_is_refused_with_the_command_that_converts_it(head: bytes, says: str) -> None:
    with pytest.raises(SoundError, match=says):
        read_sound(head + bytes(500), name="memo")


def test_a_command_quotes_what_a_shell_would_take_apart(tmp_path: Path) -> None:
    file = tmp_path / "a'; rm -rf b.m4a"
    file.write_bytes(b"\0\0\0\x1cftypM4A " + bytes(100))
    with pytest.raises(SoundError) as raised:
        read_sound(file)
    import shlex

    assert shlex.split(str(raised.value).partition("convert it with ")[2])[2] == file.name


def test_a_folder_of_phone_recordings_says_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "one.m4a").write_bytes(b"\0\0\0\x1cftypM4A " + bytes(100))
    with pytest.raises(SoundError, match=r"no sound file.*ffmpeg -i one\.m4a"):
        sound_files_in(tmp_path)


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "MP3", "OGG"])
def test_a_part_of_a_long_sound_is_read_where_it_lies(kind: str) -> None:
    t = np.arange(8000 * 20) / 8000
    file = io.BytesIO()
    soundfile.write(file, 0.5 * np.sin(2 * np.pi * (100 + 40 * t) * t), 8000, format=kind)
    content = file.getvalue()
    with pytest.raises(SoundTooLong, match="lasts 20 s, but at most 5 s.*start and seconds") as raised:
        read_sound(content, "long", max_seconds=5.0)
    assert (raised.value.name, round(raised.value.seconds), raised.value.most) == ("long", 20, 5.0)
    whole = read_sound(content).audio
    part = read_sound(content, max_seconds=5.0, start=12.5, seconds=4.0).audio
    np.testing.assert_allclose(part, whole[:, 100_000:132_000], atol=2e-3)
    assert read_sound(content, start=18.0, seconds=100.0).audio.shape[1] == whole.shape[1] - 144_000
    with pytest.raises(SoundError, match="ends after 20.*no part of it begins at 30"):
        read_sound(content, start=30.0)
    with pytest.raises(SoundError, match="begins at 0 s or later"):
        read_sound(content, start=float("nan"))
