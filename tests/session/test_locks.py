"""Nothing that takes long is done under the document's lock, and locks are taken in one order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from terrain_widgets.codecs import loading
from terrain_widgets.codecs.base import CodecError
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.session.session import Session
from terrain_widgets.session.sounds.codec_loading import CodecLoading
from tests.audio.doubles import ToneCodec
from tests.session.doubles import LevelCodec, tones

LINE = [[-0.5, 0.0], [0.5, 0.3]]


class Held:
    """What takes long, held until the test lets it go on."""

    def __init__(self, inner: Callable[..., Any]) -> None:
        self.begun, self.goes_on = threading.Event(), threading.Event()
        self._inner = inner

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.begun.set()
        assert self.goes_on.wait(60)
        return self._inner(*args, **kwargs)


def at_once(*acts: Callable[[], object]) -> None:
    """Each is done by another thread, which must not have to wait for what is held."""
    done: list[int] = []

    def work() -> None:
        for number, act in enumerate(acts):
            act()
            done.append(number)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(30)
    assert done == list(range(len(acts)))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = Session(codec=LevelCodec(), sounds=tones(2))
    yield made
    made.close()


def gesture_edit_save_and_picture(session: Session, folder: Path) -> list[Callable[[], object]]:
    return [
        lambda: session.draw("c1", LINE),
        lambda: session.move((0.1, 0.2)),
        lambda: session.stage.hand.steer((0.1, 0.2)),
        lambda: session.stage.shape(scale=0.5),
        session.undo,
        lambda: session.save(folder / "while.zip"),
        lambda: session.stage.sources.shown and session.stage.sources.shown(np.zeros((4, 2), np.float32)),
    ]


def test_who_edits_plays_and_saves_does_not_wait_for_a_sound_that_is_encoded(session: Session, tmp_path: Path) -> None:
    held = Held(session.codec.encode)
    session.codec.encode = held
    job = session.encode()
    assert held.begun.wait(60)
    at_once(*gesture_edit_save_and_picture(session, tmp_path))
    assert not session.latents
    held.goes_on.set()
    job.wait(60)
    assert len(session.latents) == 2 and (tmp_path / "while.zip").is_file()


def test_nor_for_a_terrain_that_is_trained_and_copied(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.encode(wait=True)
    session.arrange()
    held = Held(Terrain.from_state)
    monkeypatch.setattr(Terrain, "from_state", held)
    job = session.train(seconds=None, epochs=20)
    assert held.begun.wait(120), "a snapshot is copied"
    at_once(*gesture_edit_save_and_picture(session, tmp_path)[:-1])
    held.goes_on.set()
    job.wait(120)
    assert session.stage.sources.shown is not None


def test_nor_for_a_codec_that_is_loaded_and_that_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(sounds=tones(2))
    loaded: list[object] = []
    held = Held(lambda *_: loaded.append(1) or ToneCodec())
    monkeypatch.setattr(loading, "load_codec", held)
    first = threading.Thread(target=lambda: session.codec, daemon=True)
    first.start()
    assert held.begun.wait(60)
    at_once(lambda: session.draw("c1", LINE), lambda: session.move((0.1, 0.2)), session.undo)
    got: list[object] = []

    def with_the_lock() -> None:
        with session.document.lock:  # who holds it may ask, too: the thread that loads needs none
            got.append(session.codec)

    second = threading.Thread(target=with_the_lock, daemon=True)
    second.start()
    second.join(0.2)
    held.goes_on.set()
    for thread in (first, second):
        thread.join(30)
    assert got == [session.codec] and loaded == [1] and session.sounds.codec_name == "tone"
    session.close()


def test_who_holds_the_lock_when_the_codec_has_come_is_given_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    session, loaded = Session(sounds=tones(2)), threading.Event()
    came: list[ToneCodec] = []

    def load(*_: object) -> ToneCodec:
        came.append(ToneCodec())
        loaded.set()
        return came[-1]

    monkeypatch.setattr(loading, "load_codec", load)
    first = threading.Thread(target=lambda: session.codec, daemon=True)
    with session.document.lock:
        first.start()
        assert loaded.wait(60)
        first.join(0.2)  # it waits for the lock, to put the codec where everyone finds it
        assert first.is_alive() and session.codec is came[0]
    first.join(30)
    assert len(came) == 1 and session.sounds._loading._loading is None
    session.close()


def test_what_cannot_be_loaded_is_said_to_all_who_asked_and_tried_again() -> None:
    once, heard = CodecLoading(), list[str]()

    def fails() -> Any:
        raise CodecError("no such codec")

    held = Held(fails)

    def ask() -> None:
        try:
            once.load(held)
        except CodecError as error:
            heard.append(str(error))

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert held.begun.wait(60)
    held.goes_on.set()
    for thread in threads:
        thread.join(30)
    assert heard == ["no such codec"] * 3
    tone = ToneCodec()
    assert once.load(lambda: tone) is tone
    once.taken(tone)

    def interrupted() -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        once.load(interrupted)
    assert once.load(lambda: tone) is tone


# --- the order


class Ranked:
    """A lock that notes where it is taken inside one of a higher rank."""

    held = threading.local()

    def __init__(self, rank: int, name: str, wrong: list[str]) -> None:
        self._lock, self.rank, self.name, self._wrong = threading.RLock(), rank, name, wrong

    def __enter__(self) -> None:
        mine = self.held.__dict__.setdefault("locks", [])
        inside = max(mine, key=lambda lock: lock.rank, default=None)
        if inside is not None and inside.rank > self.rank and self not in mine:
            self._wrong.append(f"{self.name} inside {inside.name}")
        self._lock.acquire()
        mine.append(self)

    def __exit__(self, *_: object) -> None:
        self.held.locks.remove(self)
        self._lock.release()


def ranked(session: Session) -> list[str]:
    """Has all locks of a session note a wrong order; returns what they note."""
    wrong: list[str] = []
    live = session.stage._live
    document = Ranked(0, "document", wrong)
    session.document._lock = document
    session.training._lock = document
    live._lock = Ranked(1, "patch in use", wrong)
    session.sound._lock = Ranked(2, "sound", wrong)
    session.sound._engines._lock = Ranked(3, "engines", wrong)
    return wrong


def test_the_search_finds_a_wrong_order() -> None:
    wrong: list[str] = []
    first, second = Ranked(0, "document", wrong), Ranked(2, "sound", wrong)
    with first, second, first:
        pass
    assert wrong == []
    with second, first:
        pass
    assert wrong == ["document inside sound"]


def test_locks_are_taken_in_one_order_whatever_is_done(session: Session, tmp_path: Path) -> None:
    wrong = ranked(session)
    session.encode(wait=True)
    session.arrange()
    session.sound.run_in("thread")
    session.sound.start()
    session.train(seconds=None, epochs=20, wait=True)
    session.stage.playheads.play("c1")
    session.move((0.1, 0.2))
    session.stage.shape(scale=0.7)
    session.undo()
    session.redo()
    for place in np.eye(3)[:, :2]:
        session.stage.points.place(place, np.ones(3))
    session.stage.points.play()
    session.stage.sliders.hear()
    session.stage.points.play_terrain()
    session.compare.keep()
    session.compare.hear("a")
    session.training.reset()
    session.training.restore()
    session.stage.presets.keep("one")
    session.stage.presets.recall("one")
    session.save(tmp_path / "s.zip")
    session.stage.render(0.2)
    session.sounds.use_loaded(ToneCodec(), "tone")
    session.document.remove_sound("c2")
    session.panic()
    assert wrong == []
