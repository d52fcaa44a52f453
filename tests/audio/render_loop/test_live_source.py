"""What an engine of the kernel's machine listens to: encoded as it comes, heard with its own sound beside it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from terrain_widgets.audio.device.device import InputSettings, InputStatus
from terrain_widgets.audio.hosts.thread import ThreadHost
from terrain_widgets.audio.hosts.wire import packed_command, packed_news, unpacked_command, unpacked_news
from terrain_widgets.audio.render_loop.live_input import LiveEar, LiveInput, LiveSource
from terrain_widgets.audio.takes.render import replay
from terrain_widgets.audio.takes.take_file import read_take
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from tests.audio.doubles import ToneCodec
from tests.audio.hosts.test_hosts import collect, wait
from tests.golden.heard import heard_sound

RATIO = 1024


@pytest.fixture(scope="module")
def codec() -> PebbleCodec:
    return PebbleCodec()


class Microphone:
    """A double of a device: gives a sound."""

    def __init__(self, sound: np.ndarray) -> None:
        self.sound, self.closed = sound, False

    def take(self, count: int) -> np.ndarray:
        part, self.sound = self.sound[:count], self.sound[count:]
        return part

    def status(self) -> InputStatus:
        return InputStatus("playing", device="a double", latency_seconds=0.01)

    def close(self) -> None:
        self.closed = True


class LateEncoder:
    """A double: two frames late, latents are the mean of each frame."""

    delay_frames = 2

    def __init__(self) -> None:
        self._late = np.zeros((2, 1), np.float32)

    def encode(self, audio: np.ndarray) -> np.ndarray:
        known = np.concatenate([self._late, audio[0].reshape(-1, RATIO).mean(axis=1, keepdims=True)])
        self._late = known[-2:]
        return known[:-2]


def test_latents_are_those_of_a_stream_and_its_own_sound_waits_for_an_encoder_that_is_late(
    codec: PebbleCodec, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, settings = heard_sound()[: 8 * RATIO], InputSettings("desk")
    asked: list[Any] = []

    def opened(rate: int, given: InputSettings) -> Microphone:
        asked.append((rate, given))
        return Microphone(sound.copy())

    live = LiveInput(codec, LiveSource(settings), opened)
    blocks = [live.block(frames) for frames in (1, 3, 4)]
    assert asked == [(44100, settings)]
    whole = codec.encoder_stream().encode(sound[None])
    np.testing.assert_allclose(np.concatenate([b.latents for b in blocks]), whole, atol=1e-5)
    np.testing.assert_array_equal(np.concatenate([b.audio[0] for b in blocks]), sound)
    assert -60 < live.status().level_db < 0 and live.status().latency_seconds == pytest.approx(0.01 + RATIO / 44100)
    monkeypatch.setattr(codec, "encoder_stream", LateEncoder)
    late = LiveInput(codec, LiveSource(settings), opened)
    block = late.block(8)
    np.testing.assert_array_equal(block.audio[0, 2 * RATIO :], sound[: 6 * RATIO])
    means = block.audio[0].reshape(-1, RATIO).mean(axis=1)
    np.testing.assert_allclose(block.latents[:, 0], means, atol=1e-6)
    with pytest.raises(ValueError, match="cannot encode live sound"):
        LiveInput(ToneCodec(), LiveSource(settings), opened)


class SlowDevice(Microphone):
    """A double of a device that is not free before it may be."""

    may = threading.Event()
    open_now = most_open = 0

    def __init__(self, _rate: int, _settings: InputSettings) -> None:
        super().__init__(heard_sound())
        SlowDevice.open_now += 1
        SlowDevice.most_open = max(SlowDevice.most_open, SlowDevice.open_now)

    def close(self) -> None:
        self.may.wait(60.0)
        SlowDevice.open_now -= 1
        super().close()


def test_a_device_that_is_slow_to_close_holds_no_sound_up_and_is_free_before_the_next_opens(codec: PebbleCodec) -> None:
    ear = LiveEar(codec, SlowDevice)
    ear.use(LiveSource(InputSettings("first")))
    assert wait(lambda: ear.take() is None and ear.input is not None)
    ear.use(LiveSource(InputSettings("second")))  # returns, though the first cannot close
    ear.use(LiveSource(InputSettings("third")))
    assert ear.take() is None and ear.input is None and SlowDevice.open_now == 1
    SlowDevice.may.set()
    assert wait(lambda: ear.take() is None and ear.input is not None)
    ear.close()
    assert SlowDevice.open_now == 0 and SlowDevice.most_open == 1
    refused = LiveEar(ToneCodec())
    refused.use(LiveSource(InputSettings("desk")))
    why: list[Exception | None] = []
    assert wait(lambda: why.append(refused.take()) or why[-1] is not None)
    assert "cannot encode live sound" in str(why[-1])
    refused.close()


def test_a_sound_goes_round_to_the_sample_through_a_host_and_bad_samples_do_no_harm(
    codec: PebbleCodec, tmp_path: Path
) -> None:
    sound = (0.3 * np.sin(np.arange(3000) ** 1.2 * 0.02)).astype(np.float32)
    sound[100] = np.nan
    with ThreadHost(codec) as host:
        assert wait(lambda: host.status().ready)
        host.update(Update({"clip.sound": "live", "clip.modes": "keep", "clip.wet": 0.0}))
        host.listen(LiveSource(sound=sound, name="a loop"))
        assert wait(lambda: np.abs(collect(host, 0.1)).max() > 0.1)  # the reader has the engine go on
        assert wait(lambda: host.ear.status is not None and host.ear.status.level_db > -60)
        assert host.ear.status is not None and host.ear.status.device == "a loop"
        heard = collect(host, 0.5)[0]
        host.record(tmp_path / "live")
        assert wait(lambda: collect(host, 0.1).any() and host.status().recorded_seconds > 0.3)
        path = host.stop_recording()
        host.listen(None)
        assert wait(lambda: not collect(host, 0.1).any()) and host.ear.status is None
    clean = np.nan_to_num(sound)
    places = np.argmax([np.dot(np.roll(clean, -k), heard[:3000]) for k in range(3000)])
    np.testing.assert_allclose(
        heard[:9000], np.tile(np.roll(clean, -places), 3), atol=0.03
    )  # the filter against direct current moves it
    take, (recorded, _) = read_take(path), soundfile.read(path, dtype="float32")
    assert [(at, len(part.latents)) for at, part in take.live] == [(0, len(take))] and np.abs(recorded).max() > 0.1
    np.testing.assert_allclose(replay(take, codec)[0], recorded, atol=1e-5)


def test_what_is_listened_to_goes_to_the_audio_process_and_back_as_plain_data() -> None:
    for source in (
        LiveSource(InputSettings("desk", "low", 0.05)),
        LiveSource(sound=np.ones(5, np.float32), name="five"),
    ):
        back = unpacked_command("listen", packed_command("listen", source))
        assert back.device == source.device and back.name == source.name and (back.sound is source.sound)
    assert unpacked_command("listen", packed_command("listen", None)) is None
    status = InputStatus("lost", "gone", "desk", -20.0, 0.1, 3)
    assert unpacked_news("input", packed_news("input", status)) == status
