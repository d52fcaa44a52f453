"""The Live panel: what the page listens to runs through, and the terrain does to it what is chosen."""

from __future__ import annotations

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
