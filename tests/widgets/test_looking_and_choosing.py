"""Explorer, slices, gallery and training details without a page: what they show is what the session says."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from terrain_widgets.core.pictures.heatmap import sample_grid, sample_line
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.panels.terrain.heatmap_explorer import HeatmapExplorer
from terrain_widgets.widgets.panels.terrain.slice_explorer import SliceExplorer
from terrain_widgets.widgets.panels.training.loss_chart import LossChart
from terrain_widgets.widgets.panels.training.sigma_gallery import SigmaGallery
from tests.session.doubles import LevelCodec, tones


@pytest.fixture
def session(monkeypatch):
    made = Session(codec=LevelCodec(), sounds=tones())
    made.encode(wait=True)
    made.arrange()
    yield made
    made.close()


def settle():
    for _ in range(3):
        assert ui.flush()


def press(button):
    button.click()
    settle()


def test_the_explorer_shows_relief_contours_and_any_channels(session):
    explorer = HeatmapExplorer(session)
    session.training.adopt(Terrain(2, 3, 1.0))
    session.stage.sources.shown_channel = 0
    settle()
    flat = explorer._own_picture.figure._picture.data["image"][0]
    assert flat.shape == (256, 256)
    explorer._surface.value = "relief"
    settle()
    assert (explorer._own_picture.figure._picture.data["image"][0] != flat).mean() > 0.5
    explorer._surface.value = "contours"
    explorer._channel.value = 1
    settle()
    lines = explorer._own_picture.figure._contours.data
    assert len(lines["xs"]) >= 9
    grid = sample_grid(session.stage.sources.shown, session.document.boundary, 256, 256)[..., 1]
    levels = np.linspace(grid.min(), grid.max(), 11)[1:-1]
    for xs, ys in zip(lines["xs"][::5], lines["ys"][::5], strict=True):
        found = session.stage.sources.shown(np.stack([xs, ys], axis=1).astype(np.float32))[:, 1]
        level = levels[np.abs(levels - found.mean()).argmin()]
        assert np.abs(found - level).max() < 0.05 * np.ptp(grid), "every point of a contour lies at its level"

    explorer._surface.value = ""
    explorer._channel.value = -2
    explorer._latents.value = "2, 0 1"
    settle()
    assert explorer._latents.visible and "latents 2, 0 and 1 as red" in explorer._status.value
    packed = explorer._own_picture.figure._picture.data["image"][0]
    red = (packed & 0xFF).astype(float)[::-1]
    latent = sample_grid(session.stage.sources.shown, session.document.boundary, 256, 256)[..., 2]
    assert np.corrcoef(red.ravel(), latent.ravel())[0, 1] > 0.999
    explorer._latents.value = "7"
    settle()
    assert "numbers from 0 to 2" in explorer._notice.value
    explorer.close()


def test_what_is_seen_is_saved_as_table_picture_and_plot(session):
    explorer = HeatmapExplorer(session)
    with pytest.raises(ValueError, match="nothing is trained"):
        explorer._file()
    session.training.adopt(Terrain(2, 3, 1.0))
    session.stage.sources.shown_channel = 0
    explorer._fine.value = 128
    settle()
    name, data = explorer._file()
    rows = np.loadtxt(io.BytesIO(data), delimiter=",", skiprows=1)
    assert name == "terrain.csv" and rows.shape == (128 * 128, 5)
    np.testing.assert_allclose(rows[:, 2:], session.stage.sources.shown(rows[:, :2].astype(np.float32)), atol=1e-4)
    explorer._kind.value = "png"
    settle()
    assert explorer.offers["export"].description == "Save as PNG"
    name, data = explorer._file()
    picture = np.asarray(Image.open(io.BytesIO(data)))
    assert name == "terrain.png" and picture.shape == (128, 128, 4) and picture[..., :3].std() > 5
    shown = (
        np.ascontiguousarray(explorer._own_picture.figure._picture.data["image"][0][::-1])
        .view(np.uint8)
        .reshape(128, 128, 4)
    )
    assert (picture == shown).all()
    explorer._kind.value = "json"
    explorer._channel.value = 2
    settle()
    name, data = explorer._file()
    plot = json.loads(data)["terrain"]
    left_top = session.stage.sources.shown(np.float32([[-1.0, 1.0]]))[0, 2]
    assert name == "terrain.json" and len(plot) == 128 and plot["0"][0] == pytest.approx(left_top, abs=1e-5)
    explorer.close()


def test_a_slice_of_four_dimensions_follows_its_sliders(session):
    mapping = Terrain(4, 3, 0.6, network_channel=16, feature_size=16)
    explorer = SliceExplorer(session, mapping)
    explorer._across.value, explorer._down.value, explorer._channel.value = 2, 0, 1
    explorer._sliders[3].value, explorer._sliders[0].value = -0.5, 0.25
    settle()
    line = sample_line(mapping, 2, -1.0, 1.0, 256, [0.25, 0.0, 0.0, -0.5])
    np.testing.assert_allclose(explorer._lines.data["ys"][0], line[:, 1], atol=1e-6)
    explorer._tapped((0.5, -0.75))
    settle()
    assert (explorer._sliders[2].value, explorer._sliders[0].value) == (0.5, -0.75)
    explorer._down.value = 2
    settle()
    assert "another dimension" in explorer._words.value
    explorer.close()
    with pytest.raises(ValueError, match="low to high"):
        SliceExplorer(session, mapping, low=1.0, high=-1.0)


def test_a_slice_of_one_dimension_is_a_line_and_the_session_s_terrain_is_cut_too(session):
    line = SliceExplorer(session, Terrain(1, 2, 0.5, network_channel=8, feature_size=8))
    settle()
    assert line._plane.layout.display == "none" and len(line._lines.data["ys"]) == 2
    line.close()
    cut = SliceExplorer(session)
    assert "Nothing is trained" in cut._words.value
    session.training.adopt(Terrain(2, 3, 1.0))
    settle()
    assert len(cut._lines.data["ys"]) == 3 and cut._figure._picture.data["image"][0].shape == (96, 96)
    cut.close()


def test_a_gallery_is_trained_seen_and_picked(session):
    gallery = SigmaGallery(session)
    gallery._scales.value, gallery._seconds.value = "0.5; 2", 0.8  # a busy machine, too, gets beyond the beginning
    press(gallery.offers["train-all"])
    session.jobs._job.wait(60)
    settle()
    assert len(gallery._cards.children) == 2 and "holds most" in gallery._status.value
    pictures = [np.asarray(Image.open(io.BytesIO(card.children[0].png))) for card in gallery._cards.children]
    assert pictures[0].shape == (144, 144, 4) and (pictures[0] != pictures[1]).any()
    pick = gallery._cards.children[1].children[-1]
    press(pick)
    assert session.training.gauss_scale == 2.0 and pick.description == "In use" and pick.button_style == "success"
    kept = gallery._cards.children[0]
    session.stage.sources.shown_channel = 1
    settle()
    assert gallery._cards.children[0] is not kept, "pictures follow what is shown"
    gallery._scales.value = "rough"
    press(gallery.offers["train-all"])
    assert "numbers with commas" in gallery._notice.value
    gallery.close()


def test_details_of_training_count_at_once_and_a_terrain_let_go_comes_back(session):
    chart = LossChart(session)
    details, settings = chart._details, session.training.settings
    details._lr.value, details._batch.value, details._seed.value = 0.02, 16, 7
    assert (settings.lr, settings.batch_size, session.document.seed) == (0.02, 16, 7)
    details._lr.value = details._batch.value = 0
    assert (settings.lr, settings.batch_size) == (None, None)
    details._method.value = "adam"
    assert details.options == {"method": "adam"}

    session.train(seconds=None, epochs=5, wait=True)
    settle()
    assert "Every path: tone" in chart._paths.value and session.terrain.config.seed == 7
    first = session.stage.sources.shown
    press(chart.offers["reset"])
    assert session.stage.sources.shown is None and chart.offers["restore"].visible
    press(chart.offers["restore"])
    place = np.float32([[0.1, 0.2]])
    np.testing.assert_array_equal(session.stage.sources.shown(place), first(place))

    switch = chart._switch
    assert not switch._side.visible
    press(switch.offers["keep-a"])
    assert switch._side.visible and switch._words.value.startswith("A: ruggedness 1.6, loss ")
    switch._side.value = "a"
    settle()
    assert session.compare.heard == "a"
    press(switch.offers["same-path"])
    assert "turn the sound on" in chart._notice.value
    chart.close()
