"""Looking at a terrain in the page: zoom, reading by the pointer, distance, loudness, tables, and the verdict."""

from __future__ import annotations

import re
import time
from pathlib import Path

import numpy as np
import pytest

from tests.browser.lab import LabPage
from tests.browser.studio_page import StudioPage

pytestmark = pytest.mark.browser

CELLS = [
    "import terrain_widgets as tw\nstudio = tw.Studio(sounds=tw.sounds()[:4])\ns = studio.session\n"
    "s.encode(wait=True); s.arrange(); s.train(seconds=None, epochs=60, wait=True)\n"
    "alone, cut = tw.HeatmapExplorer(s), tw.SliceExplorer(s)\ndisplay(studio, alone, tw.SigmaGallery(s), cut)"
]
_PICTURE = """import hashlib, numpy as np
f = alone._own_picture.figure
image = f._{which}.data['image'][0]
print(image.shape, [round(float(f._{which}.data[k][0]), 4) for k in ('x', 'y', 'dw', 'dh')],
    hashlib.md5(np.ascontiguousarray(image).tobytes()).hexdigest())"""


def shown(studio: StudioPage, which: str = "picture") -> str:
    return studio.python(_PICTURE.format(which=which))


def until(studio: StudioPage, pattern: str, which: str = "picture", seconds: float = 20.0) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if re.search(pattern, text := shown(studio, which)):
            return text
        time.sleep(0.2)
    raise AssertionError(f"waited for {pattern}, the last was {shown(studio, which)}")


@pytest.mark.extra  # a minute; its parts without a page are in tests/widgets
def test_a_terrain_is_looked_at_from_every_side(lab_page: LabPage, tmp_path: Path) -> None:
    studio = StudioPage(lab_page, cells=CELLS)
    page = studio.page
    studio.show("Train")
    whole = until(studio, r"\(256, 256\) \[-1.0, -1.0, 2.0, 2.0\]")
    # all this was made before the page had seen any of it
    page.wait_for_function("n => window.Bokeh?.documents.length >= 2")
    assert len(studio.chart()) > 40
    # bokeh draws on canvases in shadow roots; the one with the frame is the figure's
    figure = page.locator(".bk-Figure").nth(1)
    figure.scroll_into_view_if_needed()
    box = figure.bounding_box()
    assert box is not None
    x, y = box["x"] + 0.45 * box["width"], box["y"] + 0.45 * box["height"]

    page.mouse.move(x, y)
    page.mouse.move(x + 3, y)
    reading = page.get_by_text(re.compile(r"^x -?0\.\d\d, y -?0\.\d\d: ([+-]\d+\.\d\d ?){8}$"))
    reading.wait_for()
    place = re.match(r"x (.+), y (.+): (.*)$", reading.inner_text())
    assert place is not None
    at, said = [float(place[1]), float(place[2])], np.array([float(v) for v in place[3].split()])
    print("read in the page:", at, said)
    near = eval(studio.python(f"print(s.stage.sources.shown(np.array([{at}], np.float32))[0].tolist())"))
    steep = eval(
        studio.python(
            f"p = np.array({at}) + 0.005 * np.random.default_rng(0).uniform(-1, 1, (50, 2))\n"
            "z = s.stage.sources.shown(p.astype(np.float32)); print(np.ptp(z, axis=0).tolist())"
        )
    )
    assert np.all(np.abs(said - near) <= np.array(steep) + 0.02), "read to two digits, so the place is within 0.005"

    page.mouse.wheel(0, -600)
    zoomed = until(studio, r"\(256, 256\) \[(?!-1\.0, -1\.0)")
    assert zoomed != whole
    lab_page.screenshot("explorer-zoomed")
    studio.python("alone._own_picture.figure.look_at(s.document.boundary)")
    until(studio, r"\(256, 256\) \[-1.0, -1.0, 2.0, 2.0\]")

    over = page.get_by_label("Overlay", exact=True)
    over.select_option("distance to the drawings")
    until(studio, r"\(96, 96\)", "veil")
    lab_page.screenshot("explorer-distance")
    over.select_option("loudness, before you play")
    until(studio, r"\(24, 24\)", "veil", 60)
    studio.says("dB, each place held a moment")
    lab_page.screenshot("explorer-loudness")
    over.select_option("nothing")
    until(studio, r"\(1, 1\)", "veil")

    show = page.get_by_label("Show", exact=True).first  # the slices have one too
    show.select_option("three latents as red, green, blue")
    studio.says("latents 0, 1 and 2 as red")
    show.select_option("as nn.terrain draws it")
    studio.says("as nn.terrain draws latents 0")
    show.select_option("latent 1")
    studio.says("latent 1 from")
    surface = page.get_by_label("Surface", exact=True)
    flat = shown(studio)
    surface.select_option("in relief")
    until(studio, rf"\(256, 256\) .*(?<!{flat[-32:]})$")
    lab_page.screenshot("explorer-relief")
    surface.select_option("with contours")
    until(studio, flat[-32:])
    assert studio.python("print(len(alone._own_picture.figure._contours.data['xs']) >= 9)") == "True"
    lab_page.screenshot("explorer-contours")

    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").nth(1).click()
    download.value.save_as(tmp_path / "terrain.csv")
    table = np.loadtxt(tmp_path / "terrain.csv", delimiter=",", skiprows=1)
    assert table.shape == (256 * 256, 10) and np.isfinite(table).all()
    middle = eval(
        studio.python(f"print(s.stage.sources.shown(np.array([{table[777, :2].tolist()}], np.float32))[0].tolist())")
    )
    np.testing.assert_allclose(table[777, 2:], middle, atol=2e-3)

    studio.says("Best learnt: ")
    lab_page.screenshot("explorer-verdict")
    look_at_a_gallery(studio)
    assert lab_page.errors == []


def look_at_a_gallery(studio: StudioPage) -> None:
    """Keep the terrain as A, train a gallery, use one of it, bring A back; then a slice."""
    page, lab = studio.page, studio.lab
    studio.press("Keep as A")
    studio.says("you hear B")
    page.get_by_label("Ruggedness", exact=True).last.fill("0.4, 1.6, 5")
    page.get_by_label("Seconds each").fill("0.5")
    page.get_by_label("Seconds each").press("Enter")
    page.get_by_role("button", name="Train all").click()
    page.get_by_text("holds most of the sounds beside their paths").wait_for(timeout=30_000)
    use = page.get_by_role("button", name="Use this")
    assert use.count() == 3
    use.nth(2).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="In use").wait_for()
    assert studio.python("print(s.training.gauss_scale, s.stage.sources.shown.config.gauss_scale)") == "5.0 5.0"
    lab.screenshot("gallery")
    page.get_by_role("button", name="Restore terrain").last.click()
    page.get_by_role("button", name="In use").wait_for(state="hidden")
    assert studio.python("print(s.stage.sources.shown.config.gauss_scale)") == "1.6"
    page.get_by_role("slider").last.focus()
    before = page.get_by_text("Latents at the sliders").inner_text()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("b => ![...document.querySelectorAll('*')].some(e => e.innerText === b)", arg=before)
    lab.screenshot("slice")
    page.evaluate("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    page.wait_for_timeout(300)
    lab.screenshot("slice-dark")
    page.get_by_role("button", name="Train all").scroll_into_view_if_needed()
    lab.screenshot("gallery-dark")
    studio.planes.nth(0).scroll_into_view_if_needed()
    lab.screenshot("training-dark")


@pytest.mark.extra  # the session's part of it is in tests/session/test_pairs.py
def test_what_is_drawn_while_training_goes_on_is_learnt(lab_page: LabPage) -> None:
    studio = StudioPage(
        lab_page,
        cells=[
            "import terrain_widgets as tw\nstudio = tw.Studio(sounds=tw.sounds()[:2])\ns = studio.session\n"
            "s.encode(wait=True)\nstudio"
        ],
    )
    studio.stroke([(0.2, 0.2), (0.8, 0.2)])
    studio.page.get_by_label("Keep training while I draw").check()
    studio.press("Train")
    studio.says("loss 0.", 30)
    assert studio.python("print(len(s.training.dataset))") == "1"
    studio.stroke([(0.2, 0.8), (0.8, 0.7)])
    code = (
        "from terrain_widgets.core.training.jitter import path_errors\n"
        "errors = [round(e.psnr, 1) for e in path_errors(s.stage.sources.shown, s.training.dataset)]\n"
        "print(len(s.training.dataset), errors, s.jobs.working)"
    )
    end = time.monotonic() + 40
    while time.monotonic() < end:
        pairs, errors, working = re.match(r"(\d) (\[.*\]) (\w*)", studio.python(code)).groups()
        if pairs == "2" and min(eval(errors)) > 20:
            break
        time.sleep(0.5)
    print(errors)
    assert (pairs, working) == ("2", "train") and min(eval(errors)) > 20
    studio.stop.click()
    studio.says("Stopped; ")
    lab_page.screenshot("continuous")
    assert lab_page.errors == []
