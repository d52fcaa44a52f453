"""What can go wrong while one plays, end to end: the engine in its child, a message that says it, and sound again."""

from __future__ import annotations

import contextlib
import ctypes.util
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from terrain_widgets.audio.device.device import DeviceSettings, DeviceStatus
from terrain_widgets.audio.hosts.process import ProcessHost
from terrain_widgets.audio.page_stream.remote import RemoteSink
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.mapping import MappingState
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.session.session import Session
from tests.audio.doubles import Plane, ToneCodec, ToneStream
from tests.audio.plug_in import plug_ins
from tests.audio.pulse import PulseServer, pulse
from tests.real_time import ALONE, real_time

pytestmark = ALONE

__all__ = ["pulse"]

PATIENCE = 40.0  # another test may be training on the same cores
CEILING = 10 ** (-1 / 20)
HEARD = 0.1
# more than the defaults: these tests ask what the code does, not how long the machine stands still
SAFE = DeviceSettings(latency_seconds=0.2, buffer_seconds=0.3)
_SWITCH = "TERRAIN_TEST_FAULT"
FloatArray = NDArray[np.float32]


class BreakingStream(ToneStream):
    """Does what a file says: nothing while that is empty."""

    def decode(self, latents: FloatArray) -> FloatArray:
        audio: FloatArray = super().decode(latents)
        fault = Path(os.environ[_SWITCH]).read_text()
        half = audio.shape[2] // 2
        if fault == "raise":
            raise RuntimeError("the decoder lost its way")
        if fault == "nan":
            audio[..., half:] = np.nan
            self.phase[:] = np.nan  # as a recurrent decoder: once in its memory, for good
        elif fault == "loud":
            audio *= 1000.0
        elif fault == "short":
            audio = audio[..., :half]
        return audio


class BreakingCodec(ToneCodec):
    """A tone that fails on demand, in whatever process it is."""

    recipe = CodecRecipe("test-breaking", "0")

    def stream(self, voices: int = 1) -> BreakingStream:
        return BreakingStream(self.info, voices)


class NoLibraryCodec(ToneCodec):
    """A tone for a machine without PortAudio."""

    recipe = CodecRecipe("test-no-library", "0")


def without_library() -> NoLibraryCodec:
    """What the child loads: the codec, and no way to find the library."""
    ctypes.util.find_library = lambda name: None
    return NoLibraryCodec()


@pytest.fixture(scope="module", autouse=True)
def installed() -> Iterator[None]:
    here = "tests.audio.hosts.test_faults"
    with plug_ins(test_breaking=f"{here}:BreakingCodec", test_no_library=f"{here}:without_library"):
        yield


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("fault") / "fault"
    path.write_text("")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(_SWITCH, str(path))
        yield path


@pytest.fixture(scope="module")
def host(switch: Path) -> Iterator[ProcessHost]:
    host = ProcessHost(BreakingCodec(), Plane())
    with host:
        until(lambda: host.status().ready, host)
        yield host


def until(condition: Callable[[], object], said: object = "it did not happen", seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, said
        time.sleep(0.01)


class Page:
    """Everything that a page would be sent, from a sink with a pump of its own."""

    def __init__(self, host: ProcessHost) -> None:
        self.blocks: list[FloatArray] = []
        self.sink = RemoteSink(self._take, 0.2)
        self.sink.start(host)

    def _take(self, message: dict[str, object], buffers: list[bytes]) -> None:
        self.blocks.extend(np.frombuffer(buffer, np.float32) for buffer in buffers)

    def next(self, seconds: float) -> FloatArray:
        """So much of what comes from now on, but for a block that was under way."""
        start = len(self.blocks) + 1
        wanted = seconds * 16000
        until(lambda: sum(map(len, self.blocks[start:])) >= wanted, "the page gets no sound")
        return np.concatenate(self.blocks[start:])

    def heard_by(self, seconds: float = PATIENCE) -> None:
        """Wait until it sounds."""
        until(lambda: np.abs(self.next(0.1)).max() > HEARD, "nothing is heard", seconds)

    def all(self) -> FloatArray:
        return np.concatenate(self.blocks)


@contextlib.contextmanager
def page_of(host: ProcessHost) -> Iterator[Page]:
    page = Page(host)
    try:
        yield page
    finally:
        page.sink.close()


def check_never_hurts(audio: FloatArray) -> None:
    assert np.isfinite(audio).all()
    assert np.abs(audio).max() <= CEILING


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("raise", "RuntimeError: the decoder lost its way"),
        ("nan", "the decoder gave NaN or more than 24 dB above full scale: muted, its memory cleared"),
        ("loud", "the decoder gave NaN or more than 24 dB above full scale: muted, its memory cleared"),
        ("short", "the codec gave (1, 1, "),
    ],
)
def test_a_decoder_that_fails_is_muted_and_named_and_plays_on_when_it_is_well(
    host: ProcessHost, switch: Path, fault: str, says: str
) -> None:
    counted = host.status().nan_count
    with page_of(host) as page:
        host.move((0.0, 0.0), gate=True)
        page.heard_by()
        pid = host.pid
        switch.write_text(fault)
        try:
            until(lambda: says in host.status().message, host)
            page.next(0.2)  # what was rendered before
            assert not page.next(0.2).any()
            status = host.status()
            assert status.alive and status.ready and host.pid == pid
            assert (status.nan_count > counted) == (fault in ("nan", "loud"))
        finally:
            switch.write_text("")
        page.heard_by()
        # a codec that fails once in a while must not leave its message for ever: a new mapping takes it back
        host.set_mapping(Plane())
        until(lambda: host.status().message == "", host)
        host.move((0.0, 0.0), gate=False)
        check_never_hurts(page.all())
        own = 0.3 * 1.2 * 2 * np.pi * 240 / 16000  # the tone's largest step
        assert np.abs(np.diff(page.next(0.5))).max() < 3 * own


def test_a_decoder_far_too_loud_but_possible_is_held_at_the_ceiling(host: ProcessHost) -> None:
    with page_of(host) as page:
        host.update(Update({"latents.limits": "own", "latents.low": -50.0, "latents.high": 50.0}))
        host.set_mapping(Plane((45.0, 0.0)))  # 13.5: 22 dB above full scale
        host.move((0.0, 0.0), gate=True)
        page.heard_by()
        until(lambda: host.status().limiter_db > 10.0, host)
        host.move((0.0, 0.0), gate=False)
        check_never_hurts(page.all())
        assert host.status().message == ""
    host.update(Update({"latents.limits": "own", "latents.low": -4.0, "latents.high": 4.0}))
    host.set_mapping(Plane())


def test_a_mapping_that_the_child_cannot_rebuild_is_told_and_the_old_one_plays_on(host: ProcessHost) -> None:
    class Foreign(Plane):
        def to_state(self) -> MappingState:
            return MappingState("of-this-notebook-only", {})

    with page_of(host) as page:
        host.move((0.0, 0.0), gate=True)
        page.heard_by()
        host.set_mapping(Foreign())
        until(
            lambda: "a change was refused: unknown kind of mapping 'of-this-notebook-only'" in host.status().message,
            host,
        )
        page.heard_by()
        host.set_mapping(Plane())
        until(lambda: host.status().message == "", host)
        host.move((0.0, 0.0), gate=False)


def test_a_killed_child_is_told_and_revived_with_all_that_was_set(switch: Path) -> None:
    del switch
    session = Session("test-breaking", sounds=[])
    session.training.adopt(_terrain())
    fixed = np.array([1.0, 0.0], np.float32)
    session.stage.shape(limits=(fixed, fixed))
    host = session.sound.start()
    assert isinstance(host, ProcessHost)
    until(lambda: host.status().ready, host)
    with page_of(host) as page:
        session.move((0.2, 0.1))
        page.heard_by()
        assert host.pid is not None
        os.kill(host.pid, signal.SIGKILL)
        until(lambda: not host.status().alive, host)
        assert host.status().message.startswith("the sound process was killed by signal 9")
        assert "restart()" in host.status().message
        assert session.stage.sources.shown is not None and len(page.blocks) > 0, (
            "the kernel and its terrain are as they were"
        )
        assert session.sound.revive() and session.sound.engine is host
        until(lambda: host.status().ready, host)
        assert host.status().message == ""
        session.move((0.2, 0.1))
        page.heard_by()
        check_never_hurts(page.all())
    session.close()
    assert not host.status().alive


def _terrain() -> Terrain:
    return Terrain(2, 2, network_channel=16, feature_size=16)


def _loudest(pulse: PulseServer, seconds: float) -> float:
    recorder = pulse.recorder()
    recorder.start()
    time.sleep(seconds)
    heard = recorder.stop()
    check_never_hurts(heard)
    return float(np.abs(heard).max(initial=0.0))


def _device(host: ProcessHost) -> DeviceStatus:
    return host.device_status() or DeviceStatus("opening")


@real_time
def test_the_sound_server_dies_under_the_child_and_comes_back(pulse: PulseServer, switch: Path) -> None:
    del switch
    # a host of its own: the server's address is in the environment that a child starts with
    playing = ProcessHost(BreakingCodec(), Plane())
    with playing:
        playing.move((0.0, 0.0), gate=True)
        playing.use_device(SAFE)
        until(lambda: _device(playing).state == "playing", playing)
        assert _loudest(pulse, 0.5) > HEARD
        pid = playing.pid
        pulse.kill()
        until(lambda: _device(playing).state == "lost", playing, 5.0)
        assert "'default' stopped" in _device(playing).message or "no sound output" in _device(playing).message
        assert "plays on when it is back" in _device(playing).message or "connect one" in _device(playing).message
        assert playing.status().alive and playing.pid == pid
        time.sleep(0.8)  # a try or two in vain
        pulse.start()
        until(lambda: _device(playing).state == "playing", playing, 12.0)
        assert _device(playing).message == ""
        assert _loudest(pulse, 0.5) > HEARD
        playing.use_device(None)
        until(lambda: playing.device_status() is None, playing)
        with page_of(playing) as page:
            page.heard_by()


def _check_page_instead(host: ProcessHost, state: str, says: str) -> None:
    """A device that is not to be had is told in one sentence, and the page plays as if nobody had asked for it."""
    host.move((0.0, 0.0), gate=True)
    host.use_device(DeviceSettings())
    until(lambda: _device(host).state == state, host.device_status())
    message = _device(host).message
    assert says in message and "\n" not in message, message
    assert _device(host).ring_seconds + _device(host).latency_seconds == 0.0
    assert host.status().alive and host.status().ready and host.status().message == ""
    host.use_device(None)
    until(lambda: host.device_status() is None, host)
    with page_of(host) as page:
        page.heard_by()
        check_never_hurts(page.all())


def test_without_the_library_the_page_plays() -> None:
    host = ProcessHost(NoLibraryCodec(), Plane())
    with host:
        until(lambda: host.status().ready, host)
        _check_page_instead(host, "closed", "sudo apt-get install libportaudio2")


def test_without_a_device_the_page_plays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, switch: Path) -> None:
    cards = Path("/proc/asound/cards")
    if cards.exists() and "no soundcards" not in cards.read_text():
        pytest.skip("this machine has a sound card")
    # a server named, and not there: libpulse would start one of its own; and no settings of the user's
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path / 'none'}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("ALSA_CONFIG_PATH", raising=False)
    host = ProcessHost(BreakingCodec(), Plane())
    with host:
        until(lambda: host.status().ready, host)
        _check_page_instead(host, "lost", "this machine has no sound output: connect one")
