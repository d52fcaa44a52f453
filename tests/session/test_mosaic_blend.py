"""How a mosaic mixes its frames is played like any value: heard at once, in takes, undo, files and the panel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import terrain_widgets as tw
from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.takes.render import replay
from terrain_widgets.audio.takes.take import Stroke, Take
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.mosaic.blend import BlendSettings
from terrain_widgets.codecs.mosaic.codec import MosaicCodec
from terrain_widgets.core.mapping import ConstantMapping
from terrain_widgets.io.session_file import read_session
from terrain_widgets.widgets.panels.play.play_widget import PlayWidget
from tests.codecs.mosaic.material import bundled

NEIGHBOURS, SHARPNESS = "mosaic.neighbours", "mosaic.sharpness"
FRAMES = 40


@pytest.fixture(scope="module")
def codec() -> MosaicCodec:
    return MosaicCodec(bundled("choir", "cello"))


@pytest.fixture(scope="module")
def between(codec: MosaicCodec) -> ConstantMapping:
    """A place near many frames of the choir, on none of them."""
    return ConstantMapping(2, codec.corpus.latents[100:106].mean(axis=0))


def played(codec: MosaicCodec, mapping: ConstantMapping, changes: dict[str, float], block: int = FRAMES) -> np.ndarray:
    engine = Engine(codec, mapping)
    if changes:
        engine.update(Update(changes))
    parts = [engine.render(np.zeros((block, 2), np.float32), 1.0) for _ in range(FRAMES // block)]
    return np.concatenate(parts, axis=1)


def test_a_changed_value_is_heard_as_a_codec_with_that_setting(codec: MosaicCodec, between: ConstantMapping) -> None:
    changed = played(codec, between, {NEIGHBOURS: 8, SHARPNESS: 0.0})
    like = MosaicCodec(codec.corpus, settings=BlendSettings(neighbours=8, sharpness=0.0))
    np.testing.assert_allclose(changed, played(like, between, {}), atol=1e-6)
    assert np.abs(changed - played(codec, between, {})).max() > 1e-3
    np.testing.assert_allclose(played(codec, between, {NEIGHBOURS: 8, SHARPNESS: 0.0}, 8), changed, atol=1e-5)


def test_it_is_played_again_from_a_take(codec: MosaicCodec, between: ConstantMapping) -> None:
    places = np.zeros((FRAMES, 2), np.float32)
    engine = Engine(codec, between)
    first = engine.render(places[:20], 1.0)
    engine.update(Update({NEIGHBOURS: 1}))
    heard = np.concatenate([first, engine.render(places[20:], 1.0)], axis=1)
    start = Engine(codec, between).snapshot()
    change = ((20, Update({NEIGHBOURS: 1})),)
    take = Take("mosaic", 44100, 512, 0, places, (Stroke(0, 1.0, 1.0),), start, change)
    np.testing.assert_allclose(replay(take, codec), heard, atol=1e-5)


@pytest.fixture
def session() -> Iterator[tw.Session]:
    made = tw.Session("mosaic", bundled("choir"))
    yield made
    made.close()


def test_it_is_a_step_of_undo_and_in_the_session_file(session: tw.Session, tmp_path: Path) -> None:
    session.encode(wait=True)
    session.stage.set({SHARPNESS: 0.2})
    session.stage.set({SHARPNESS: 0.9})
    session.undo()
    assert session.document.patch[SHARPNESS] == 0.2
    session.save(tmp_path / "s.zip")
    assert read_session(tmp_path / "s.zip").patch[SHARPNESS] == 0.2
    with pytest.raises(ValueError, match="from 1 to 16 frames, got 17"):
        session.stage.set({NEIGHBOURS: 17})


def test_the_panel_shows_it_for_a_mosaic_alone(session: tw.Session) -> None:
    session.encode(wait=True)
    for shown, played_by in ((True, session), (False, tw.Session("pebble", sounds=[]))):
        panel = PlayWidget(played_by)
        assert all(panel.transport._codecs[f"mosaic.{name}"].visible is shown for name in ("neighbours", "sharpness"))
        panel.close()
