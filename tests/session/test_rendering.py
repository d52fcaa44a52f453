"""Rendering into files: in the background, beside everything else, with progress, a stop, and the same samples."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from terrain_widgets.audio.rendering import renderer
from terrain_widgets.audio.rendering.orders import Order
from terrain_widgets.audio.takes.take_file import TakeError
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.process.worker import WorkCancelled
from terrain_widgets.session.notices.events import Failed
from terrain_widgets.session.session import Session
from terrain_widgets.session.stage.rendering import Rendering
from tests.session.doubles import tones


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.chdir(tmp_path)
    made = Session(sounds=tones(2))
    made.training.adopt(Terrain(2, made.codec.info.latent_dim, 0.8))
    made.draw("c1", [[-0.5, 0.0], [0.5, 0.3]])
    made.stage.playheads.play("c1")
    yield made
    made.close()


def samples(path: str | Path) -> np.ndarray:
    return np.asarray(soundfile.read(path, dtype="float32", always_2d=True)[0].T)


def slow(monkeypatch: pytest.MonkeyPatch, session: Session) -> tuple[threading.Event, threading.Event]:
    """A rendering that waits after its first block: when it waits, and what lets it go on."""
    waits, goes_on = threading.Event(), threading.Event()
    inner = session.stage.rendering._files.render

    def render(order: Order, codec: object, *, told, cancelled):
        def held(share: float) -> None:
            told(share)
            waits.set()
            assert goes_on.wait(60)

        return inner(order, codec, told=held, cancelled=cancelled)

    monkeypatch.setattr(session.stage.rendering._files, "render", render)
    return waits, goes_on


def test_a_file_has_the_samples_of_what_plays_and_is_listed_with_the_takes(session: Session, tmp_path: Path) -> None:
    seen: list[float] = []
    rendering = session.stage.rendering
    rendering.observe(lambda change: seen.append(change["new"].progress), names="status")
    job = rendering.save("piece", seconds=2.0, wait=True)
    expected = session.stage.render(2.0)
    assert np.abs(expected).max() > 0.01
    np.testing.assert_array_equal(samples(tmp_path / "piece.wav"), expected)
    assert session.sound.takes == (str(tmp_path / "piece.wav"),)
    assert job.status.state == rendering.status.state == "done" and seen[-1] == 1.0 and "piece.wav" in repr(job.status)
    rendering.save(seconds=0.5, wait=True)
    assert Path(session.sound.takes[-1]).name.startswith("render-"), "a name of its own, where none is given"
    walk = np.linspace([-0.5, 0], [0.5, 0.2], 40)
    rendering.save_walk("walk.wav", walk, 0.5, wait=True)
    np.testing.assert_array_equal(samples("walk.wav"), session.render(walk, 0.5))


def test_it_goes_beside_a_job_and_is_one_at_a_time(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    waits, goes_on = slow(monkeypatch, session)
    rendering, done = session.stage.rendering, threading.Event()
    session.jobs.start("train", lambda job: done.wait(60) and None)
    job = rendering.save("a.wav", seconds=2.0)
    assert (
        waits.wait(60)
        and job.running
        and 0 < job.status.progress < 1
        and rendering.status.message == "rendering a.wav"
        and "%" in repr(rendering)
    )
    with pytest.raises(RuntimeError, match="still being rendered"):
        rendering.save("b.wav", seconds=1.0)
    assert np.isfinite(session.stage.render(0.5)).all(), "who waits for samples does not wait for the file"
    session.document.clear_paths()  # what is rendered is what played when it was ordered
    goes_on.set()
    job.wait(60)
    assert session.jobs.busy and np.abs(samples("a.wav")[:, -20000:]).max() > 0.01
    done.set()


def test_what_is_stopped_leaves_no_file(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    waits, goes_on = slow(monkeypatch, session)
    job = session.stage.rendering.save("a.wav", seconds=2.0)
    assert waits.wait(60)
    session.stage.rendering.cancel()
    goes_on.set()
    job.wait(60)
    assert job.status.state == "cancelled" and not Path("a.wav").exists() and session.sound.takes == ()


def test_what_goes_wrong_is_raised_or_told(session: Session) -> None:
    rendering = session.stage.rendering
    with pytest.raises(ValueError, match="above 0"):
        rendering.save("a.wav", seconds=0.0, wait=True)
    told = session.jobs.notices.newest["render"]
    assert isinstance(told, Failed) and "above 0" in told.why and rendering.status.state == "failed"
    rendering.save("a.wav", seconds=0.5, wait=True)
    assert "render" not in session.jobs.notices.newest
    with pytest.raises(TakeError):
        rendering.save_take("b.wav", "nowhere.wav")
    session.training.reset()
    with pytest.raises(ValueError, match="no terrain yet"):
        rendering.save_walk("c.wav", np.zeros((4, 2)))


def test_what_is_long_is_made_in_a_process_with_the_same_samples(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = np.linspace([-0.5, 0], [0.5, 0.2], 60)
    here = session.render(walk)
    monkeypatch.setattr(session.stage.rendering._samples, "_long_seconds", 1.0)
    there = session.render(walk)
    process = session.stage.rendering._samples
    assert process.pid is not None and renderer.LONG_SECONDS > 1.0
    np.testing.assert_allclose(there, here, atol=1e-6)
    session.explore.ways.morph([np.zeros(8), np.ones(8)], seconds=2.0)
    way = session.explore.ways.render("morph 1")
    latents = session.explore.ways.table("morph 1")
    decoded = np.asarray(session.codec.decode(latents))[:, session.codec.info.delay :]
    np.testing.assert_allclose(way, decoded, atol=1e-6)
    session.close()
    assert process.pid is None


def test_closing_stops_who_waits_for_samples(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session.stage.rendering._samples, "_long_seconds", 1.0)
    under_way, ended = threading.Event(), list[BaseException]()

    def wait() -> None:
        rendering = session.stage.rendering
        try:
            rendering.samples(rendering.order(600.0), lambda _: under_way.set())
        except BaseException as error:
            ended.append(error)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    assert under_way.wait(120)
    closing = threading.Thread(target=session.close, daemon=True)
    closing.start()
    closing.join(30)  # ten minutes of sound take longer
    waiting.join(30)
    assert not closing.is_alive() and not waiting.is_alive() and isinstance(ended[0], WorkCancelled)


def test_who_waits_for_samples_does_not_wait_for_what_is_made_beside(session: Session) -> None:
    rendering, order = session.stage.rendering, session.stage.rendering.order(0.2)
    for one in (rendering._samples, rendering._beside):
        one._long_seconds = 0.1
    end = time.monotonic() + 60
    with rendering._beside._worker._lock:  # as during a long order
        there = np.asarray(rendering.samples(order, cancelled=lambda: time.monotonic() > end))
        asked = list[bool]()
        with pytest.raises(WorkCancelled):
            rendering.samples(order, cancelled=lambda: asked.append(True) is None, beside=True)
    assert there.size and asked


def test_it_says_in_short_how_it_stands(session: Session) -> None:
    assert isinstance(session.stage.rendering, Rendering) and repr(session.stage.rendering) == "Rendering(idle)"
