"""The map of sounds in the page: hovered to hear, walked by keys, zoomed; light and dark, and axe finds nothing."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from terrain_widgets.io.sound_files import sounds as bundled
from terrain_widgets.io.sound_files import write_wav
from terrain_widgets.widgets.files.by_path import written
from tests.browser.axe import serious_findings
from tests.browser.lab import SCREENSHOTS, LabPage
from tests.browser.studio_page import StudioPage

pytestmark = pytest.mark.browser

CELLS = [
    "import terrain_widgets as tw, ipywidgets\nfrom types import SimpleNamespace\n"
    "s = tw.Session()\ns.encode(wait=True)\ns.explore.map.make('frames', wait=True)\n"
    "s.explore.attributes.measure(wait=True)\n"
    "panel, play = tw.ExplorePanel(s), tw.PlayWidget(s)\nstudio = SimpleNamespace(session=s, play=play)\n"
    "ipywidgets.HBox([panel, play])"
]
MAP = ".tw-sound-map canvas"


def test_the_map_is_heard_under_the_pointer_and_walked_by_keys(lab_page: LabPage) -> None:
    studio = StudioPage(lab_page, cells=CELLS)
    page = studio.page
    studio.turn_sound_on()
    canvas = page.locator(MAP)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    u, v = (float(w) for w in studio.python(
        "p = s.document.boundary.to_unit([s.explore.map.place(40)])[0]; print(p[0], p[1])"
    ).split())  # fmt: skip
    x, y = box["x"] + u * box["width"], box["y"] + v * box["height"]
    page.mouse.move(x - 3, y - 3)
    page.mouse.move(x, y)
    until(lambda: studio.python("print(s.stage.sources.source)") == "map")
    page.mouse.move(x + 1, y)
    until(lambda: studio.python("print(s.sound.hand.down)") == "True")
    line = page.locator(".tw-sound-map output")
    assert line.inner_text() in studio.python("print([c.name for c in s.state.clips])")
    page.mouse.move(box["x"] - 30, y)
    until(lambda: studio.python("print(s.sound.hand.down)") == "False")

    canvas.focus()
    page.keyboard.press("ArrowRight")
    first = studio.python("print(panel.meant)")
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft", "+", "+"):
        page.keyboard.press(key)
    until(lambda: studio.python("print(panel.meant)") != first)
    until(lambda: studio.python("print(s.sound.hand.down)") == "True")
    page.keyboard.press("Enter")
    until(lambda: studio.python("print(s.stage.patch['clip.sound'])") != "")
    page.keyboard.press("Escape")
    until(lambda: studio.python("print(s.sound.hand.down)") == "False")
    page.keyboard.press("0")

    plane = page.locator(".tw-plane canvas[role=application]").bounding_box()
    assert plane is not None
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(plane["x"] + 0.25 * plane["width"], plane["y"] + 0.5 * plane["height"], steps=3)
    page.mouse.up()
    until(lambda: studio.python("print(len(s.state.paths))") == "1")
    dropped = studio.python("print(*next(iter(s.state.paths.values())).values.mean(axis=0))").split()
    assert abs(float(dropped[0]) + 0.5) < 0.7, "the sound's path is about where it was dropped"

    for title in ("Morph, walk, variations", "Attributes", "Presets", "Reconstruction"):
        page.locator("summary").filter(has_text=title).click()
    explore(studio)
    theme = "() => window.jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab %s' })"
    for name in ("Dark", "Light"):
        page.evaluate(theme % name)
        page.wait_for_timeout(300)
        page.locator(".tw-panel").first.screenshot(path=SCREENSHOTS / f"explore_{name.lower()}.png")
        assert serious_findings(page, ".tw-panel") == []


def explore(studio: StudioPage) -> None:
    """By the buttons below the map, each as a user finds it: by its name, with the mouse or with the space bar."""
    panel = studio.page.locator(".tw-panel").first

    def press(name: str, key: str = "") -> None:
        button = panel.get_by_role("button", name=name).first
        expect(button).to_be_enabled(timeout=30_000)  # a key does not wait for that
        button.press(key) if key else button.click()

    def so(code: str) -> None:
        until(lambda: studio.python(f"print({code})") == "True")

    press("Find the point")
    so("s.explore.found is not None and len(panel.canvas.heat) == 4096")
    panel.get_by_role("listbox", name="Sounds").press("ArrowDown")
    press("Clear what was found", "Space")
    so("s.explore.found is None")
    with studio.page.expect_file_chooser() as chooser:
        press("Find a file…")
    sound = written(lambda path: write_wav(path, bundled()[0].audio, bundled()[0].sample_rate), "like_this.wav")
    chooser.value.set_files({"name": sound[0], "mimeType": "audio/wav", "buffer": sound[1]})
    so("s.explore.found is not None")
    press("A is “")
    meant = studio.python("print(panel.meant)")
    studio.page.locator(MAP).press("ArrowLeft")
    so(f"panel.meant != {meant}")
    press("B is “", "Space")
    press("Morph", "Enter")
    so("s.stage.patch['clip.sound'] == 'morph 1'")
    panel.get_by_role("checkbox", name="Without end").check()
    press("Walk")
    so("s.stage.patch['clip.sound'] == 'walk 1' and not hasattr(s.explore.ways.now['walk 1'], 'shape')")
    press("Stop")
    press("Variations of A")
    panel.get_by_role("button", name="2", exact=True).hover()
    so("s.stage.sliders.hearing")
    press("9")
    panel.get_by_role("button", name="Keep").first.click()
    so("'variation 9' in s.explore.presets.now")
    press("Recall and hear", "Space")
    press("Reconstruct the selected sound")
    so("s.explore.reconstruction.now is not None")
    panel.get_by_role("img", name="the codec").wait_for()


def until(good, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not good():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
