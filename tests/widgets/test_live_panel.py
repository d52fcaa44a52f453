"""The Live panel: what the page listens to runs through, and the terrain does to it what is chosen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from terrain_widgets.audio.device.device import DeviceError
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.panels.live.live_panel import LivePanel
from tests.session.doubles import LevelCodec, tones


def settle() -> None:
    """What was pressed is done, and shown."""
    assert ui.flush() and ui.flush()


def test_live_sound_runs_through_while_the_page_listens_and_the_terrain_is_chosen() -> None:
    session = Session(codec=PebbleCodec(), sounds=tones(1))
    panel, patch = LivePanel(session), lambda address: session.stage.patch[address]
    tell = panel.input._receive
    assert panel.input.ready
    tell(panel.input, {"type": "listening", "on": True}, [])
    settle()
    assert (patch("clip.sound"), patch("clip.modes"), patch("clip.running")) == ("live", "keep", True)
    assert session.stage.setup.patch["clip.sound"] == "live" and session.stage.clip.listens
    panel._mode.value = "add"
    settle()
    assert patch("clip.modes") == "add"
    tell(panel.input, {"type": "listening", "on": "no"}, [])
    tell(panel.input, {"type": "listening", "on": False}, [])
    settle()
    assert patch("clip.sound") == ""
    session.undo()
    assert patch("clip.sound") == "live"
    panel.close()
    session.close()


def test_a_codec_that_cannot_encode_live_sound_is_said() -> None:
    session = Session(codec=LevelCodec(), sounds=tones(1))
    session.sounds.codec  # noqa: B018 - it is loaded
    panel = LivePanel(session)
    panel.input._receive(panel.input, {"type": "listening", "on": True}, [])
    settle()
    assert "cannot encode live sound" in panel._notice.value and session.stage.patch["clip.sound"] == ""
    panel.close()
    session.close()


def test_with_the_sound_off_a_codec_that_only_the_kernel_has_hear_says_so_and_why_there_is_no_microphone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none() -> None:
        raise DeviceError("PortAudio is missing: install it")

    monkeypatch.setattr("terrain_widgets.audio.device.portaudio.input_devices", none)
    codec = LevelCodec()
    capabilities = replace(codec.info.capabilities, streaming_encoder=True)
    monkeypatch.setattr(codec, "info", replace(codec.info, capabilities=capabilities), raising=False)
    session = Session(codec=codec, sounds=tones(1))
    session.sounds.codec  # noqa: B018 - it is loaded
    panel = LivePanel(session)
    assert session.sound.engine is None and panel.kernel.visible and not panel._slot.visible
    assert not panel.kernel.offers["listen"].disabled and "What is heard becomes latents" in panel._why.value
    settle()
    panel.kernel._tell()
    assert panel.kernel._words.value == "PortAudio is missing: install it"
    panel.close()
    session.close()


def test_where_the_kernel_plays_the_panel_has_it_listen_and_where_the_page_does_that_is_refused() -> None:
    session = Session(codec=PebbleCodec(), sounds=tones(1))
    panel, listening = LivePanel(session), session.stage.listening
    assert panel._slot.visible and not panel.kernel.visible
    session.sound.run_in("page")
    with pytest.raises(RuntimeError, match="the engine runs in the page"):
        listening.sound((np.ones(400, np.float32), 8000))
    assert listening.source is None and not session.stage.clip.listens
    session.sound.run_in("thread")
    listening.sound((np.ones(400, np.float32), 8000), "add")
    settle()
    assert panel.kernel.visible and not panel._slot.visible
    assert not panel.kernel.offers["deaf"].disabled and panel.kernel.offers["listen"].disabled
    assert (session.stage.patch["clip.sound"], session.stage.patch["clip.modes"]) == ("live", "add")
    engine = session.sound.local
    assert engine is not None and len(engine.ear.source.sound) == 400 * 44100 // 8000
    panel.kernel.offers["deaf"].click()
    settle()
    assert listening.source is None and engine.ear.source is None and session.stage.patch["clip.sound"] == ""
    listening.sound((np.ones(400, np.float32), 8000))
    session.undo()  # and no microphone stays open
    assert listening.source is None and engine.ear.source is None
    panel.close()
    session.close()
