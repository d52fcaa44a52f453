"""What a page records is written by the kernel, whole, or it says why not."""

from __future__ import annotations

import json
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from terrain_widgets.audio.page_host.page_host import PageHost
from terrain_widgets.audio.takes.take_file import TakeError, read_take
from terrain_widgets.codecs.loading import load_codec
from tests.audio.page_double import LATENTS, PageDouble, host_that_sounds
from tests.audio.page_take import page_take


@pytest.fixture(name="host")
def page_host() -> PageHost:
    return host_that_sounds()


def test_a_recording_ends_with_its_engine_and_goes_on_in_no_other_page(host: PageHost, tmp_path: Path) -> None:
    one, two = PageDouble(), PageDouble()
    host.play_in(one)
    host.record(tmp_path / "take.wav")
    host.play_in(two)
    host.close()
    number = one.told[0]["recording"]
    assert one.told == [recorded(number, on=True), recorded(number, on=False)]
    assert two.told == [{"type": "hush"}] and host.records()
    gestures, arrays = page_take()
    host.hear({"type": "take", "recording": number, "gestures": gestures}, [arrays])
    assert one.told[-1] == {"type": "written", "recording": number, "problem": ""} and not host.records()
    assert len(read_take(tmp_path / "take.wav")) == 2


def recorded(number: int, on: bool) -> dict[str, Any]:
    """What the page is told of a recording."""
    return {"type": "record", "on": on, "recording": number}


def test_of_two_recordings_that_one_cell_begins_each_is_a_take_of_its_own(host: PageHost, tmp_path: Path) -> None:
    page, (gestures, arrays) = PageDouble(), page_take()
    host.play_in(page)
    host.record(tmp_path / "one.wav")
    host.record(tmp_path / "two.wav")
    host.stop_recording()
    one, two = page.told[0]["recording"], page.told[1]["recording"]
    assert page.told == [recorded(one, on=True), recorded(two, on=True), recorded(two, on=False)]
    for number, level in ((one, 0.25), (two, 0.5)):
        host.hear(
            {"type": "recorded", "recording": number, "live": False}, [np.full(2048, level, np.float32).tobytes()]
        )
        host.hear({"type": "take", "recording": number, "gestures": gestures}, [arrays])
        assert page.told[-1] == {"type": "written", "recording": number, "problem": ""}
    for name, level in (("one", 0.25), ("two", 0.5)):
        sound, _ = soundfile.read(tmp_path / f"{name}.wav")
        assert len(read_take(tmp_path / f"{name}.wav")) == 2 and np.abs(sound - level).max() < 1e-6


def test_what_a_page_hears_live_is_in_its_take(host: PageHost, tmp_path: Path) -> None:
    page, (gestures, arrays) = PageDouble(), page_take()
    host.play_in(page)
    host.record(tmp_path / "live.wav")
    content, dim = json.loads(gestures), len(LATENTS)
    content["live"] = [[1, 1]]
    latents, samples = np.arange(2 * dim, dtype=np.float32), np.arange(2048, dtype=np.float32)
    said = {"type": "recorded", "recording": page.told[0]["recording"], "live": True}
    host.hear(
        said, [samples.tobytes(), latents.tobytes(), samples.tobytes()]
    )  # it has heard a frame more than it played
    host.hear(said | {"type": "take", "gestures": json.dumps(content)}, [arrays])
    ((at, part),) = read_take(tmp_path / "live.wav").live
    assert at == 1
    np.testing.assert_array_equal(part.latents, latents[None, :dim])
    np.testing.assert_array_equal(part.audio, samples[None, :1024])
    content["live"] = [[1, 5]]
    (tmp_path / "live.json").write_text(json.dumps(content))
    with pytest.raises(TakeError, match="live sound"):
        read_take(tmp_path / "live.wav")


def test_a_page_that_is_reloaded_or_closed_leaves_no_recording_open(
    host: PageHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("terrain_widgets.audio.page_host.page_host._LAST_WORDS_SECONDS", 0.2)
    page, other = PageDouble(), PageDouble()
    host.play_in(page)
    host.record(tmp_path / "reloaded.wav")
    number = page.told[0]["recording"]
    host.hear({"type": "recorded", "recording": number, "live": False}, [np.full(2048, 0.5, np.float32).tobytes()])
    host.rest_in(page)
    assert host.records(), "a page that was turned off tells the rest a moment later"
    host.play_in(page)
    assert host.records(), "a page whose sound goes on again at once tells it too"
    host.record(tmp_path / "closed.wav")
    end = time.monotonic() + 20
    while soundfile.info(tmp_path / "reloaded.wav").frames != 2048 and time.monotonic() < end:
        time.sleep(0.05)
    assert soundfile.info(tmp_path / "reloaded.wav").frames == 2048
    host.forget(other, "another page was closed")
    assert host.records()
    host.forget(page, "the page was closed")
    assert not host.records() and not (tmp_path / "closed.wav").exists()


def test_a_recording_that_comes_to_nothing_says_why_and_leaves_no_file(host: PageHost, tmp_path: Path) -> None:
    page, found = PageDouble(), list[str]()
    host.play_in(page)
    host.record(tmp_path / "take.wav")

    def stop() -> None:
        with pytest.raises(OSError, match="nothing was recorded: the sound was turned off") as error:
            host.stop_recording(5.0)
        found.append(str(error.value))

    stopping = threading.Thread(target=stop)
    stopping.start()
    number, problem = page.told[0]["recording"], "the sound was turned off before it began"
    host.hear({"type": "unrecorded", "recording": number, "problem": problem}, [])
    stopping.join(10.0)
    assert found and not host.records() and list(tmp_path.iterdir()) == []


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """As of a disk with so many bytes left: no file may become larger."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_where_the_disk_is_full_the_page_hears_that_it_has_the_only_copy(host: PageHost, tmp_path: Path) -> None:
    page, (gestures, arrays) = PageDouble(), page_take()
    host.play_in(page)
    host.record(tmp_path / "take.wav")
    with full_disk(60_000):
        for _ in range(4):
            host.hear(of_newest(page, "recorded") | {"live": False}, [np.zeros(16 * 1024, np.float32).tobytes()])
        assert page.told[-1] == recorded(page.told[0]["recording"], on=False), "more would only be lost"
        host.hear(of_newest(page, "take") | {"gestures": gestures}, [arrays])
    assert page.told[-1]["type"] == "written" and "recording stopped" in page.told[-1]["problem"]
    with pytest.raises(OSError, match="recording stopped"):
        _end(host, page, gestures, arrays)


def of_newest(page: PageDouble, kind: str) -> dict[str, Any]:
    """The beginning of what the page says of the newest recording."""
    return {"type": kind, "recording": [m for m in page.told if m["type"] == "record"][-1]["recording"]}


def _end(host: PageHost, page: PageDouble, gestures: str, arrays: bytes) -> str:
    """Stop a recording as the UI thread does, while the page's last words come on another one."""
    found: list[Any] = []

    def stop() -> None:
        try:
            found.append(host.stop_recording(5.0))
        except OSError as error:
            found.append(error)

    stopping = threading.Thread(target=stop)
    stopping.start()
    host.hear(of_newest(page, "take") | {"gestures": gestures}, [arrays])
    stopping.join(10.0)
    if isinstance(found[0], Exception):
        raise found[0]
    return str(found[0])


def test_a_take_is_written_as_the_page_counted_it(host: PageHost, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="turn its sound on"):
        host.record(tmp_path / "early.wav")
    page = PageDouble()
    host.play_in(page)
    host.record(tmp_path / "take.wav")
    ramp = np.linspace(-0.5, 0.5, 2048, dtype=np.float32)
    host.hear(of_newest(page, "recorded") | {"live": False}, [ramp.tobytes()])
    path = _end(host, page, *page_take())
    sound, rate = soundfile.read(path, dtype="float32")
    assert rate == 44100 and np.abs(sound - ramp).max() < 2**-22
    written = json.loads(Path(path).with_suffix(".json").read_text("utf-8"))
    assert written["sound"] == "take.wav" and written["recipe"] == load_codec("pebble").recipe.to_json()
    assert [m for m in page.told if m["type"] != "hand"] == [
        recorded(number := page.told[0]["recording"], on=True), recorded(number, on=False),
        {"type": "written", "recording": number, "problem": ""},
    ]  # fmt: skip
    host.record(tmp_path / "bad.wav")
    with pytest.raises(OSError, match="gestures could not be written"):
        _end(host, page, "{}", b"")
    assert (tmp_path / "bad.wav").exists(), "the sound is kept"
