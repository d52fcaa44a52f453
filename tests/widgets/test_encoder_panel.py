"""The first panel without a page: the codec's menu, the tools for a clip, what a microphone and a page get."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.controls.words import Words
from terrain_widgets.widgets.panels.encoder.encoder_panel import EncoderPanel
from terrain_widgets.widgets.panels.encoder.listening import Listening
from tests.session.doubles import LevelCodec, tones


@pytest.fixture
def panel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[EncoderPanel]:
    (tmp_path / "models").mkdir()
    monkeypatch.setenv("TERRAIN_WIDGETS_MODELS", str(tmp_path / "models"))
    made = EncoderPanel(Session(codec=LevelCodec(), sounds=tones()))
    yield made
    made.close()
    made.session.close()


def settled(panel: EncoderPanel) -> Session:
    assert ui.flush() and ui.flush()
    return panel.session


def test_the_tools_act_on_the_selected_clip(panel: EncoderPanel) -> None:
    session, tools = panel.session, panel._tools
    session.encode(wait=True)
    session.document.select("c2")
    settled(panel)
    assert tools._name.value == "tone 1" and tools._part.max == pytest.approx(0.38, abs=0.01)
    tools._name.value = "second"
    assert settled(panel).state.clip("c2").name == "second"
    tools.offers["move-up"].click()
    assert [clip.id for clip in settled(panel).state.clips] == ["c2", "c1", "c3"] and tools.offers["move-up"].disabled
    assert tools.offers["trim"].disabled
    tools._part.value = (0.1, 0.3)
    assert panel._strips._part == ("c2", 0.1, 0.3) and not tools.offers["trim"].disabled
    tools.offers["trim"].click()
    clip = settled(panel).state.clip("c2")
    assert (clip.start, round(clip.end, 3)) == (0.1, 0.3) and tools.offers["trim"].disabled
    panel._strips._keys._receive(None, {"key": "Delete"}, [])
    assert [clip.id for clip in settled(panel).state.clips] == ["c1", "c3"]
    panel._strips._keys._receive(None, {"key": "Shift+ArrowDown"}, [])
    assert [clip.id for clip in settled(panel).state.clips] == ["c3", "c1"]
    for nonsense in (None, {}, {"key": "q"}, {"key": []}):
        panel._strips._keys._receive(None, nonsense, [])
    for clip_id in ("c1", "c3"):
        session.document.remove_sound(clip_id)
    settled(panel)
    assert tools._name.disabled and tools.offers["trim"].disabled and panel._listening.token == ""


def test_both_pictures_of_latents_are_drawn(panel: EncoderPanel) -> None:
    panel.session.encode(wait=True)
    for style in ("lines", "heat"):
        panel._style.value = style
        settled(panel)
        assert panel._strips.style == style
        panel._strips._draw()  # here, so that what it raises is raised


def test_the_menu_shows_what_is_found_and_follows_the_session(panel: EncoderPanel, tmp_path: Path) -> None:
    chooser = panel._chooser
    assert chooser._menu.value == "level" and chooser._menu.options[0] == "pebble"
    assert not chooser._file.visible
    chooser._menu.value = "a file…"
    settled(panel)
    assert chooser._file.visible
    chooser._file.value = str(tmp_path / "gone.ts")
    deadline = time.monotonic() + 10
    while "there is no codec file at" not in panel._notice.value:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    settled(panel)
    assert chooser._menu.value == "a file…", "so that the path can be mended"
    assert panel.session.sounds.codec_name == "level"
    chooser._menu.value = "pebble"
    deadline = time.monotonic() + 20
    while panel.session.sounds.codec_name != "pebble" or panel.session.jobs.working:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    settled(panel)
    assert chooser._menu.value == "pebble" and not chooser._file.visible


def test_a_dropped_model_that_is_none_is_named_and_not_kept(panel: EncoderPanel, tmp_path: Path) -> None:
    assert "is tried out" in panel._take("odd.ts", b"no model")
    deadline = time.monotonic() + 30
    while "odd.ts cannot be used: it is no TorchScript model" not in panel._notice.value:
        assert time.monotonic() < deadline, panel._notice.value
        time.sleep(0.05)
    assert list((tmp_path / "models").iterdir()) == []
    (tmp_path / "models" / "mine.ts").write_bytes(b"mine")
    panel._take("mine.ts", b"mine")
    while panel.session.jobs.working:
        time.sleep(0.05)
    assert (tmp_path / "models" / "mine.ts").read_bytes() == b"mine", "what was there before is the user's"


def test_a_recording_is_a_sound_like_any_other(panel: EncoderPanel) -> None:
    file = io.BytesIO()
    soundfile.write(file, tones(1)[0].audio.T, 8000, format="WAV", subtype="FLOAT")
    for number in (1, 2):
        assert f"recording {number}" in panel._take_recording("recording.wav", file.getvalue())
    assert [clip.name for clip in panel.session.state.clips[-2:]] == ["recording 1", "recording 2"]
    assert panel.session.document.selected == panel.session.state.clips[-1].id


def test_a_sound_that_is_added_is_selected_and_so_in_sight(panel: EncoderPanel) -> None:
    file = io.BytesIO()
    soundfile.write(file, tones(1)[0].audio.T, 8000, format="WAV", subtype="FLOAT")
    assert "drums" in panel._take("drums.wav", file.getvalue())
    assert "drums 2" in panel._take("drums.wav", file.getvalue())
    session = settled(panel)
    assert session.document.selected == session.state.clips[-1].id
    assert panel._strips._keys.row == len(session.state.clips) - 1, "the row that the page scrolls to"


class Wired(Listening):
    """Without a page: what is sent is kept."""

    def __init__(self, give: Any) -> None:
        self.sent: list[tuple[dict[str, Any], int]] = []
        super().__init__(make=lambda _: give())

    def send(self, content: Any, buffers: Any = None) -> None:
        self.sent.append((content, len(buffers[0]) if buffers else 0))

    def page(self, **content: Any) -> tuple[dict[str, Any], int]:
        count = len(self.sent)
        self.transfers.receive(content, [])
        deadline = time.monotonic() + 5
        while len(self.sent) == count:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        return self.sent[-1]


def test_the_page_gets_both_sounds_in_pieces_and_they_are_made_once(panel: EncoderPanel) -> None:
    session = panel.session
    session.encode(wait=True)
    session.document.select("c3")
    settled(panel)
    token = panel._listening.token
    assert token and panel._listening.rate == 8000 and "tone 2" in panel._listening.about
    made = []

    def give() -> tuple[str, bytes]:
        made.append(1)
        return "both", panel._give()[1] * 100

    port = Wired(give)
    at, answer = 0, {"size": 1}
    while at < answer["size"]:
        answer, length = port.page(type="want", id="a", at=at)
        assert answer["type"] == "part" and 0 < length <= 512 * 1024
        at += length
    assert made == [1] and at > 512 * 1024
    port.close()
    session.sounds.trim("c3", 0.0, 0.2).wait(10)
    settled(panel)
    assert panel._listening.token not in ("", token)


def test_what_cannot_be_heard_says_why() -> None:
    def give() -> tuple[str, bytes]:
        raise RuntimeError("the decoder is gone")

    port = Wired(give)
    answer, _ = port.page(type="want", id="a", at=0)
    assert answer == {"type": "end", "id": "a", "text": "This cannot be heard: the decoder is gone", "failed": True}
    port.close()


def test_the_codec_that_suits_the_sounds_better_is_offered_and_taken_by_one_press(panel: EncoderPanel) -> None:
    chooser, session = panel._chooser, panel.session
    assert not chooser.offers["take-codec"].visible
    session.sounds.codec_errors = {"level": 6.0, "mosaic": 0.0}
    settled(panel)
    assert "level by 6.0 dB, mosaic by 0.0 dB. mosaic suits them better." in chooser._compared.value
    assert chooser.offers["take-codec"].visible and chooser.offers["take-codec"].description == "Take mosaic"
    chooser.offers["take-codec"].click()
    deadline = time.monotonic() + 30
    while session.sounds.codec_name != "mosaic" or session.jobs.working:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    settled(panel)
    assert chooser._menu.value == "mosaic" and not chooser.offers["take-codec"].visible
    assert chooser._card.value.startswith("made of 3 sounds")


def test_the_comparison_of_codecs_can_be_put_away_until_other_sounds_are_compared(panel: EncoderPanel) -> None:
    chooser, session = panel._chooser, panel.session
    assert not chooser.offers["hide-codec-advice"].visible
    session.sounds.codec_errors = {"level": 6.0, "mosaic": 0.0}
    settled(panel)
    chooser.offers["hide-codec-advice"].click()
    settled(panel)
    assert chooser._compared.value == "" and not chooser.offers["hide-codec-advice"].visible
    assert not chooser.offers["take-codec"].visible
    session.sounds.codec_errors = {"level": 7.0, "mosaic": 0.0}
    settled(panel)
    assert "level by 7.0 dB" in chooser._compared.value and chooser.offers["take-codec"].visible


def test_a_sound_that_is_too_long_can_be_taken_in_part_whole_or_not_at_all(panel: EncoderPanel) -> None:
    def tone(seconds: int) -> bytes:
        file = io.BytesIO()
        soundfile.write(file, 0.1 * np.sin(np.arange(2000 * seconds) * 0.1), 2000, format="FLAC")
        return file.getvalue()

    session, long = panel.session, panel._long
    before = len(session.state.clips)
    assert not long.visible
    for name, seconds in (("part.flac", 400), ("all.flac", 320), ("none.flac", 301), ("huge.flac", 3700)):
        assert f"“{name[:-5]}” lasts {seconds} s" in panel._take(name, tone(seconds))
    assert long.visible and "“part” lasts 400 s" in long._line.value and "3 more" in long._line.value
    long._part.value = (100.0, 250.0)
    long.offers["take-part"].click()
    clip = settled(panel).state.clips[-1]
    assert (clip.name, round(clip.sound.duration)) == ("part", 150) and session.document.selected == clip.id
    long.offers["take-all"].click()
    clip = settled(panel).state.clips[-1]
    assert (clip.name, round(clip.sound.duration)) == ("all", 320)
    long.offers["leave-out"].click()
    settled(panel)
    assert "“huge”" in long._line.value and "up to 60 minutes" in long._line.value and long.offers["take-all"].disabled
    long.offers["leave-out"].click()
    assert len(settled(panel).state.clips) == before + 2 and not long.visible


def test_what_each_codec_is_for_is_said_before_one_is_chosen(panel: EncoderPanel) -> None:
    said = [line.value for line in panel._chooser.children if isinstance(line, Words)]
    assert panel.session.sounds.codec_name == "level"
    for name, purpose in (("pebble", "hits"), ("brook", "voices"), ("mosaic", "your own sounds")):
        assert any(line.startswith(name) and purpose in line for line in said), name
