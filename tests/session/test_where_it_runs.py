"""Where the engine runs, where it sounds and how much is kept ready: the session's sound says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from terrain_widgets.audio.device.device import DeviceSettings
from terrain_widgets.audio.hosts.handle import EngineHandle
from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.hosts.process import ProcessHost
from terrain_widgets.audio.hosts.status import HostStatus
from terrain_widgets.audio.hosts.thread import ThreadHost
from terrain_widgets.audio.update import Setup, Update
from terrain_widgets.codecs.base import Codec
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.panels.play.play_widget import PlayWidget
from tests.session.doubles import LevelCodec, tones


class ElsewhereDouble:
    """An engine that no kernel reads: it remembers what it was told."""

    kind = "elsewhere"

    def __init__(self, codec: Codec) -> None:
        self.info = codec.info
        self.setup = Setup()
        self.moves: list[tuple[list[float], bool, int]] = []
        self.closed = False

    def start(self) -> None: ...

    def restart(self) -> None: ...

    def close(self) -> None:
        self.closed = True

    def status(self) -> HostStatus:
        return HostStatus(
            kind=self.kind, alive=not self.closed, ready=True, message="", place=(0.5, 0.0), latents=(1.0, 2.0, 3.0)
        )

    def update(self, update: Update) -> None:
        self.setup = self.setup.then(update)

    def move(self, coordinates: Any, gate: bool, pressure: float = 1.0, *, hand: int = 0, **_how: Any) -> None:
        self.moves.append((np.asarray(coordinates).tolist(), gate, hand))

    @property
    def gate_open(self) -> bool:
        return False

    def set_gain(self, linear: float) -> None: ...

    def fade(self, level: float) -> None: ...

    def panic(self) -> None: ...

    def use_codec(self, codec: Codec) -> bool:
        return False

    def record(self, path: Any, max_seconds: float = 3600.0) -> None: ...

    def stop_recording(self, timeout: float = 10.0) -> str:
        return ""

    def trace(self, latents: str, limit: int, heard: Any) -> None: ...

    def stop_trace(self) -> None: ...


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(codec=LevelCodec(), sounds=tones(1))
    for place in ((-1, -1), (1, -1), (0, 1)):
        made.stage.points.place(place, [*place, 0.5])
    made.stage.points.train("idw")
    made.stage.points.play()
    yield made
    made.close()


def test_an_engine_elsewhere_drops_in(session: Session) -> None:
    sound, made = session.sound, list[ElsewhereDouble]()

    def start(codec: Codec) -> EngineHandle:
        made.append(ElsewhereDouble(codec))
        return made[-1]

    sound.add_place("elsewhere", start)
    assert sound.places == ("process", "thread", "page", "elsewhere")
    session.stage.shape(scale=0.5)
    sound.run_in("elsewhere")
    assert sound.runs == "elsewhere" and not made, "none ran before"
    engine = sound.start()
    assert isinstance(engine, EngineHandle) and engine is made[0] and sound.local is None
    assert (
        engine.setup.patch["latents.scale"] == 0.5
        and engine.setup.assets["mapping"].mapping is session.stage.sources.mapping
    )
    session.stage.shape(offset=0.1)
    assert engine.setup.patch["latents.offset"] == 0.1
    sound.move((0.1, 0.2), hand=2)
    assert made[0].moves == [([0.1, 0.2], True, 2)]
    assert session.stage.points.playing().tolist() == [1.0, 2.0, 3.0], "what sounded there is told back"
    with pytest.raises(RuntimeError, match="in the elsewhere reaches no device of the kernel"):
        sound.use_device(DeviceSettings())
    sound.run_in("thread")
    assert made[0].closed and isinstance(sound.engine, ThreadHost) and sound.local is sound.engine
    assert sound.engine.setup.patch["latents.offset"] == 0.1
    with pytest.raises(ValueError, match="one of process, thread, page, elsewhere, not 'moon'"):
        sound.run_in("moon")


def test_every_local_host_is_a_handle() -> None:
    for kind in (LocalHost, ThreadHost, ProcessHost):
        assert issubclass(kind, LocalHost)
        missing = [name for name in dir(EngineHandle) if not name.startswith("_") and not hasattr(kind, name)]
        assert set(missing) <= {"info"}, "set when it is made"


def test_the_panel_keeps_the_sessions_lead(session: Session) -> None:
    widget = PlayWidget(session, lead_seconds=0.5)
    assert session.sound.lead == 0.5 == widget.sink.lead_seconds
    session.sound.lead = 0.1
    assert ui.flush() and widget.sink.lead_seconds == 0.1
    widget.close()
    other = PlayWidget(session)
    assert other.sink.lead_seconds == 0.1
    other.close()


def test_a_recording_that_ends_with_its_engine_is_among_the_takes(session: Session, tmp_path: Path) -> None:
    take = tmp_path / "take.wav"
    take.write_bytes(b"")
    session.sound.recording = str(take)
    session.sound.stop()
    assert session.sound.takes == (str(take),) and session.sound.recording == ""


def test_who_holds_the_sound_gets_the_codec_while_another_thread_edits(session: Session) -> None:
    assert session.sounds.codec is not None  # loaded
    held, done = threading.Event(), threading.Event()

    def edit() -> None:
        with session.document.lock:
            held.set()
            done.wait(10)

    editing = threading.Thread(target=edit)
    editing.start()
    held.wait()
    got: list[Codec] = []
    asking = threading.Thread(target=lambda: got.append(session.sounds.codec))
    asking.start()
    asking.join(5)
    done.set()
    editing.join()
    assert got, "the codec waits for the document"
