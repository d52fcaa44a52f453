"""What the kernel holds of an engine in the page: a page is told what to play, and what it says is heard."""

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
from safetensors.numpy import load

from terrain_widgets.audio.assets import MAPPING, MappingAsset
from terrain_widgets.audio.hosts.handle import EngineHandle
from terrain_widgets.audio.hosts.page import PageHost
from terrain_widgets.audio.hosts.page_setup import fits_page
from terrain_widgets.audio.takes.take_file import TakeError, read_take
from terrain_widgets.audio.update import Setup, Update
from terrain_widgets.codecs.loader import Material
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.mosaic.codec import MosaicCodec
from terrain_widgets.core.mapping import ConstantMapping
from terrain_widgets.session.sound import Sound
from tests.audio.doubles import ToneCodec
from tests.audio.page_take import page_take
from tests.codecs.mosaic.material import bundled, stereo
from tests.protocol import assert_stated, example

PLACES = ("process", "thread", "page")
LATENTS = np.zeros(8, np.float32)


class PageDouble:
    """A page that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.gone = 0

    def tell(self, message: dict[str, Any]) -> None:
        assert_stated("engine", "to_page", message)
        self.told.append(message)

    def displaced(self) -> None:
        self.gone += 1


@pytest.fixture(name="host")
def page_host() -> PageHost:
    host = PageHost(load_codec("pebble"))
    host.update(Update(assets={MAPPING: MappingAsset(ConstantMapping(2, LATENTS))}))
    return host


def heard(**what: Any) -> dict[str, Any]:
    return {**example("engine", "to_kernel", "heard"), "positions": [1.5], "place": [0.1, 0.2], **what}


def test_it_is_a_handle_and_needs_a_codec_that_goes_into_the_page(host: PageHost) -> None:
    assert isinstance(host, EngineHandle) and host.status().alive and not host.status().ready
    with pytest.raises(ValueError, match="cannot decode in a page"):
        PageHost(ToneCodec())
    assert "cannot go into the page" in fits_page(ToneCodec(), Setup())
    assert fits_page(load_codec("pebble"), host.setup) == "" == fits_page(None, Setup())


def test_of_two_pages_the_last_one_plays_and_holds_what_is_held(host: PageHost) -> None:
    one, two = PageDouble(), PageDouble()
    host.move((0.3, 0.4), True, 0.5)
    host.play_in(one)
    assert [m["place"] for m in one.told] == [[0.3, 0.4]] and host.status().ready
    host.play_in(two)
    host.rest_in(one)  # it hears late that it was hung up on
    assert one.gone == 1 and two.gone == 0 and host.status().ready
    host.move((0.5, 0.5), True, hand=1, seconds=2.0, course="even")
    assert two.told[-1] == {
        "type": "hand", "place": [0.5, 0.5], "down": True, "pressure": 1.0, "hand": 1, "seconds": 2.0, "course": "even",
        "waits": False,
    }  # fmt: skip
    host.close()
    assert two.told[-1] == {"type": "hush"} and two.gone == 0 and not host.status().alive


def test_a_hand_that_was_lifted_in_the_page_or_silenced_is_not_held_by_the_next(host: PageHost) -> None:
    sound = Sound(lambda: load_codec("pebble"), Setup)
    sound.take(host)
    sound.move((0.3, 0.4))  # as a pad that is struck in a cell
    one, two, three = PageDouble(), PageDouble(), PageDouble()
    host.play_in(one)
    sound.move((0.5, 0.5), played=True)
    sound.move((0.5, 0.5), on=False, played=True)
    assert [m["down"] for m in one.told] == [True], "the page has played that itself"
    host.play_in(two)
    assert two.told == []
    sound.move((0.3, 0.4))
    sound.panic()
    assert [m["type"] for m in two.told] == ["hand", "hush"]
    host.play_in(three)
    assert three.told == [] and not host.gate_open, "panic is silence until the next touch"


def test_an_engine_that_starts_later_holds_what_is_down_and_not_what_a_page_feels_or_panic_has_ended() -> None:
    sound, page = Sound(lambda: load_codec("pebble"), Setup), PageDouble()
    sound.run_in("page")

    def started() -> list[list[float]]:
        """Places of the hands that a page is told to hold, of an engine that has just been started."""
        sound.stop()
        engine = sound.start()
        assert isinstance(engine, PageHost)
        page.told.clear()
        engine.play_in(page)
        return [message["place"] for message in page.told]

    sound.move((0.3, 0.4), pressure=0.5)
    assert started() == [[0.3, 0.4]] and page.told[0]["pressure"] == 0.5
    assert started() == [[0.3, 0.4]], "another codec changes nothing in that"
    sound.move((0.1, 0.1), hand=1)
    sound.move((0.5, 0.5), played=True)
    assert started() == [[0.1, 0.1]], "the page holds by itself what its views feel"
    sound.silenced()
    assert started() == [] and not sound.hands[1].down


def test_where_a_codec_cannot_go_into_the_page_the_engine_runs_in_a_process() -> None:
    started: list[str] = []
    places = {name: lambda codec, name=name: started.append(name) or PageHost(load_codec("pebble")) for name in PLACES}
    sound = Sound(ToneCodec, Setup, places)
    sound.run_in("page")
    sound.start()
    assert started == ["process"] and sound.runs == "process"


def test_the_page_is_not_told_of_a_panic_of_its_own(host: PageHost) -> None:
    page = PageDouble()
    host.play_in(page)
    host.move((0.3, 0.4), True)
    host.silenced()
    assert [message["type"] for message in page.told] == ["hand"], "late, it would silence the next touch"
    assert not host.gate_open


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
        host.hear({"type": "recorded", "recording": number}, [np.full(2048, level, np.float32).tobytes()])
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
    monkeypatch.setattr("terrain_widgets.audio.hosts.page._LAST_WORDS_SECONDS", 0.2)
    page, other = PageDouble(), PageDouble()
    host.play_in(page)
    host.record(tmp_path / "reloaded.wav")
    number = page.told[0]["recording"]
    host.hear({"type": "recorded", "recording": number}, [np.full(2048, 0.5, np.float32).tobytes()])
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
            host.hear(of_newest(page, "recorded"), [np.zeros(16 * 1024, np.float32).tobytes()])
        assert page.told[-1] == recorded(page.told[0]["recording"], on=False), "more would only be lost"
        host.hear(of_newest(page, "take") | {"gestures": gestures}, [arrays])
    assert page.told[-1]["type"] == "written" and "recording stopped" in page.told[-1]["problem"]
    with pytest.raises(OSError, match="recording stopped"):
        _end(host, page, gestures, arrays)


def of_newest(page: PageDouble, kind: str) -> dict[str, Any]:
    """The beginning of what the page says of the newest recording."""
    return {"type": kind, "recording": [m for m in page.told if m["type"] == "record"][-1]["recording"]}


def test_what_the_page_says_is_its_status_and_nonsense_is_not(host: PageHost) -> None:
    page = PageDouble()
    host.play_in(page)
    host.hear(heard(silent=False), [])
    status = host.status()
    assert (status.playheads, status.place, status.silent) == ((1.5,), (0.1, 0.2), False)
    host.hear(heard(place=[], latents=[]), [])
    assert host.status().place == (0.1, 0.2), "what sounded last is remembered"
    for nonsense in (heard(peak_db=float("nan")), heard(positions=["x"]), {"type": "heard"}):
        with pytest.raises((ValueError, KeyError, TypeError)):
            host.hear(nonsense, [])
    assert host.status().place == (0.1, 0.2)


def test_a_refused_change_changes_nothing_and_others_are_followed(host: PageHost) -> None:
    changed: list[int] = []
    host.follow(lambda: changed.append(1))
    host.update(Update({"latents.slew": 2.0}))
    with pytest.raises(ValueError, match="latents"):
        host.update(Update(assets={MAPPING: MappingAsset(ConstantMapping(2, np.zeros(3, np.float32)))}))
    assert len(changed) == 1 and host.setup.patch["latents.slew"] == 2.0


def test_a_trace_ends_at_its_limit_and_takes_the_sliders_where_those_are_asked_for(host: PageHost) -> None:
    page, parts = PageDouble(), list[Any]()
    host.play_in(page)
    host.trace("sliders", 3, parts.append)
    places, latents = np.float32([[0, 1], [2, 3]]), np.ones((2, 8), np.float32)
    for _ in range(2):
        host.hear({"type": "traced", "dims": 2, "ended": False}, [places.tobytes(), latents.tobytes()])
    assert [(len(p), z.tolist(), ended) for p, z, ended in parts] == [
        (2, [[0.0] * 8] * 2, False), (1, [[0.0] * 8], True)
    ]  # fmt: skip
    assert page.told == [{"type": "trace", "on": True}, {"type": "trace", "on": False}]


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
    host.hear(of_newest(page, "recorded"), [ramp.tobytes()])
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


def test_a_mosaic_that_is_built_again_is_handed_over_and_one_of_other_channels_refused() -> None:
    mosaic = MosaicCodec(bundled("cello"))
    host, told, material = PageHost(mosaic), list[str](), Material(tuple(bundled("drums")))
    host.follow(lambda: told.append("changed"))
    other = MosaicCodec.of(material, 8, mosaic.settings, mosaic.projection)
    assert host.use_codec(other) and told == ["changed"]
    np.testing.assert_array_equal(load(host.decoder)["latents"], other.corpus.latents)
    assert not host.use_codec(MosaicCodec([stereo()])) and told == ["changed"]
    assert not PageHost(load_codec("pebble")).use_codec(other)
