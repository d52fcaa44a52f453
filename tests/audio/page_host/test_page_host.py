"""What the kernel holds of an engine in the page: a page is told what to play, and what it says is heard."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load

from terrain_widgets.audio.assets import MAPPING, MappingAsset
from terrain_widgets.audio.hosts.handle import EngineHandle
from terrain_widgets.audio.page_host.page_host import PageHost
from terrain_widgets.audio.page_host.page_setup import fits_page
from terrain_widgets.audio.update import Setup, Update
from terrain_widgets.codecs.loader import Material
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.mosaic.codec import MosaicCodec
from terrain_widgets.core.mapping import ConstantMapping
from terrain_widgets.session.sound import Sound
from tests.audio.doubles import ToneCodec
from tests.audio.page_double import PageDouble, host_that_sounds
from tests.codecs.mosaic.material import bundled, stereo
from tests.protocol import example

PLACES = ("process", "thread", "page")


@pytest.fixture(name="host")
def page_host() -> PageHost:
    return host_that_sounds()


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


def test_a_mosaic_that_is_built_again_is_handed_over_and_one_of_other_channels_refused() -> None:
    mosaic = MosaicCodec(bundled("cello"))
    host, told, material = PageHost(mosaic), list[str](), Material(tuple(bundled("drums")))
    host.follow(lambda: told.append("changed"))
    other = MosaicCodec.of(material, 8, mosaic.settings, mosaic.projection)
    assert host.use_codec(other) and told == ["changed"]
    np.testing.assert_array_equal(load(host.decoder)["latents"], other.corpus.latents)
    assert not host.use_codec(MosaicCodec([stereo()])) and told == ["changed"]
    assert not PageHost(load_codec("pebble")).use_codec(other)
