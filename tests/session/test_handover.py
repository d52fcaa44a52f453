"""Where the sound is made changes while it is heard: the old engine plays until the new one does, then both fade."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from terrain_widgets.audio.assets import MAPPING, MappingAsset
from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.hosts.thread import ThreadHost
from terrain_widgets.audio.page_host.page_host import PageHost
from terrain_widgets.audio.update import Setup
from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.session.engines import Engines
from terrain_widgets.session.handover import FADE_SECONDS, fades
from terrain_widgets.session.sound import Sound
from tests.audio.doubles import Plane, ToneCodec
from tests.audio.page_host.test_page_host import PageDouble

RATE, RATIO = 16000, 64


def wait(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 40
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


@pytest.mark.parametrize(("old_lag", "new_lag"), [(0.45, 0.05), (0.05, 0.3)])
def test_what_is_heard_of_both_is_never_more_than_one_never_nothing_and_no_click(
    old_lag: float, new_lag: float
) -> None:
    """Two engines' samples, each as late as it is heard."""
    codec, plane = ToneCodec(RATE, RATIO), Plane()
    engines, lags = [Engine(codec, plane) for _ in range(2)], (old_lag, new_lag)
    count = 2 * RATE // RATIO
    ear = np.zeros((2, count * RATIO + RATE))
    for frame in range(count):
        levels = fades(frame * RATIO / RATE - 1.0, old_lag, new_lag)
        for number, engine in enumerate(engines):
            audio = engine.render(np.array([[0.2, 0.1]]), 1.0, levels[number])
            at = frame * RATIO + int(lags[number] * RATE)
            ear[number, at : at + audio.shape[1]] += audio[0]
    whole = range(RATE, 2 * RATE)  # both have begun, and neither has ended
    steady = np.abs(ear[0, RATE - 1600 : RATE]).max()
    levels = [np.abs(ear[:, at : at + 160]).max(axis=1) / steady for at in whole[::160]]
    assert all(0.9 < each.sum() < 1.25 for each in levels), "together as loud as one"
    assert levels[0][0] > 0.95 and levels[0][1] < 0.05 and levels[-1][1] > 0.95 and levels[-1][0] < 0.05
    assert sum(0.05 < each[0] < 0.95 for each in levels) * 0.01 == pytest.approx(FADE_SECONDS, abs=0.05)
    mixed = ear.sum(axis=0)[whole.start : whole.stop]
    fastest = np.abs(np.diff(ear[0, RATE - 1600 : RATE])).max()
    assert np.abs(np.diff(mixed)).max() < 1.1 * fastest


class OnACard(ThreadHost):
    """A double: it is read as always, and said to play on a device."""

    on_device = True


class SilentHost:
    """A double of an engine: says whether it was closed, and how loud it was set."""

    def __init__(self, name: str) -> None:
        self.name, self.level, self.closed = name, 1.0, False

    def fade(self, level: float) -> None:
        self.level = level

    def close(self) -> None:
        self.closed = True


@pytest.fixture(name="sound")
def sound_of_two_places() -> Iterator[Sound]:
    codec, setup = ToneCodec(RATE, RATIO), Setup(assets={MAPPING: MappingAsset(Plane())})

    def begun(kind: type[ThreadHost]) -> Callable[[Codec], LocalHost]:
        def begin(codec: Codec) -> LocalHost:
            host = kind(codec)
            host.start()
            return host

        return begin

    sound = Sound(lambda: codec, lambda: setup, {"process": begun(ThreadHost), "thread": begun(OnACard)})
    engine = sound.start()
    assert wait(lambda: engine.status().ready)
    sound.listening = True
    yield sound
    sound.close()


def listened(engines: list[LocalHost], until: Callable[[], bool]) -> list[np.ndarray]:
    """Samples of all of them until something is so, and a little longer."""
    parts: list[list[np.ndarray]] = [[] for _ in engines]

    def look() -> bool:
        for engine, own in zip(engines, parts, strict=True):
            own.append(engine.read(480)[0])
        return until()

    assert wait(look)
    return [np.concatenate(own) for own in parts]


def test_the_old_engine_plays_until_the_new_one_sounds_and_holds_what_is_held(sound: Sound) -> None:
    old = sound.local
    assert old is not None
    sound.move((0.2, 0.1))
    listened([old], lambda: not old.status().silent)
    sound.run_in("thread")
    new = sound.local
    assert new is not None and new is not old and sound.leaving is old and old.status().alive
    before, after = listened([old, new], lambda: sound.leaving is None)
    assert not old.status().alive and new.status().alive and not new.status().silent
    steady = np.abs(before[: RATE // 20]).max()
    assert steady > 0.1 and np.abs(before[-20:]).max() < 1e-3 * steady, "it has faded out"
    sounding = after[np.abs(after) > 0]
    assert np.abs(sounding[:40]).max() < 0.1 * steady and np.abs(after[-RATE // 50 :]).max() > 0.9 * steady
    for own in (before, after):
        assert np.abs(np.diff(own)).max() < 1.2 * np.abs(np.diff(before[: RATE // 20])).max(), "no click"


def test_a_hand_that_lifts_and_a_panic_reach_both(sound: Sound) -> None:
    old = sound.local
    assert old is not None
    sound.move((0.2, 0.1))
    sound.run_in("thread")
    sound.lift()
    assert not old.gate_open and sound.local is not None and not sound.local.gate_open
    sound.panic()
    assert old.panics == 1 == sound.local.panics


def test_going_back_before_anything_is_heard_of_the_new_one_stays_with_the_old(sound: Sound) -> None:
    old = sound.engine
    sound.move((0.2, 0.1))
    with patch("terrain_widgets.session.handover.Handover._sounds", return_value=False):
        sound.run_in("thread")
        new = sound.engine
        sound.run_in("process")
    assert sound.engine is old and sound.leaving is None and old.status().alive and not new.status().alive
    sound.run_in("thread")
    sound.stop()
    assert sound.engine is None is sound.leaving and not old.status().alive


def test_a_recording_is_in_reach_again_where_its_engine_stays(sound: Sound, tmp_path: Path) -> None:
    sound.move((0.2, 0.1))
    path = sound.record(tmp_path / "take.wav")
    with patch("terrain_widgets.session.handover.Handover._sounds", return_value=False):
        sound.run_in("thread")
        assert sound.recording == ""
        sound.run_in("process")
    assert sound.recording == path
    old = sound.local
    listened([old], lambda: old.status().recorded_seconds > 0.1)
    assert sound.stop_recording() == path and sound.takes == (path,)


def test_going_back_while_the_first_silence_of_the_new_one_is_on_its_way_leaves_the_old_one_heard(sound: Sound) -> None:
    old = sound.engine
    sound.move((0.2, 0.1))
    waits = threading.Event()

    def lag(_engines: Engines, engine: object) -> float:
        waits.set()
        return 5.0

    with (
        patch("terrain_widgets.session.handover.Handover._sounds", return_value=True),
        patch.object(Engines, "_lag", lag),
    ):
        sound.run_in("thread")
        assert waits.wait(10.0)
        sound.run_in("process")
        [thread.join(10.0) for thread in threading.enumerate() if thread.name == "terrain-handover"]
    assert sound.engine is old and old._gestures.now.gain == 1.0


def test_an_end_that_comes_late_does_not_end_the_next_hand_over() -> None:
    """The first engine takes long to close; by then another has followed."""
    closing, may_close = threading.Event(), threading.Event()
    first, second, third = (SilentHost(name) for name in ("first", "second", "third"))
    first.close = lambda: (closing.set(), may_close.wait(10.0))
    engines, left = Engines(lambda: 0.0), []
    engines.take(first)
    engines.follow(second, lambda stays: left.append("first"))
    slow = threading.Thread(target=engines.settle)
    slow.start()
    assert closing.wait(10.0)
    engines.follow(third, lambda stays: left.append("second"))
    may_close.set()
    slow.join(10.0)
    assert engines.leaving is second and left == ["first"]
    engines.settle()
    assert engines.leaving is None and left == ["first", "second"] and third.level == 1.0 and second.closed


def test_what_a_page_hears_of_both_it_fades_itself_and_says_when_it_has(sound: Sound) -> None:
    old = sound.engine
    sound.add_place("another", sound._places["process"])
    sound.move((0.2, 0.1))
    sound.run_in("another")
    assert sound.leaving is old and old._gestures.now.gain == 1.0 == sound.engine._gestures.now.gain
    sound.handed_over()
    assert sound.leaving is None and not old.status().alive and sound.engine.status().alive


def test_where_nothing_is_heard_the_old_engine_ends_at_once(sound: Sound) -> None:
    old = sound.engine
    sound.run_in("thread")
    assert sound.leaving is None and not old.status().alive


def test_a_page_that_comes_to_an_engine_that_follows_begins_without_a_sound() -> None:
    host, page = PageHost(load_codec("pebble")), PageDouble()
    host.fade(0.0)
    host.play_in(page)
    host.fade(0.5)
    host.set_gain(0.5)
    assert [message["gain"] for message in page.told] == [0.0, 0.5, 0.25]
