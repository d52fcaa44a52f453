"""Steering by points in the page: by mouse, by pads, by sliders, and by the keyboard."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from terrain_widgets.audio.takes.take_file import read_take
from tests.browser.hidden_tab import hidden_tab
from tests.browser.lab import LabPage
from tests.browser.studio_page import StudioPage, loudness

pytestmark = pytest.mark.browser

CELLS = [
    "import terrain_widgets as tw, ipywidgets\nfrom types import SimpleNamespace\n"
    "s = tw.Session(sounds=tw.sounds()[:3])\ns.encode(wait=True)\ns.arrange()\n"
    "s.train(seconds=None, epochs=30, wait=True)\n"  # not by time: a slow machine would have nothing to hear
    "points, sliders, play = tw.PointsPanel(s), tw.LatentSlidersPanel(s), tw.PlayWidget(s)\n"
    "studio = SimpleNamespace(session=s, play=play)\n"
    "box = ipywidgets.HBox([points, ipywidgets.VBox([sliders, play])])\nbox"
]
POINTS, PLAY = 0, 1
SOUNDS = """import numpy as np
def sounds(places):
    there = s.document.boundary.from_unit(places).astype(np.float32)
    return np.clip(s.stage.sources.shown(there), s.stage.latents.low, s.stage.latents.high)
"""
HEARD = SOUNDS + (
    "told = s.sound.engine.status()\n"
    "print(bool(told.place) and bool(np.abs(s.stage.points.playing() - sounds([(%g, %g)])).max() < 0.05))"
)
WHERE = (  # what every thread of the kernel is at
    "import sys, traceback\nprint(s.jobs.working, s.stage.sources.shown)\n"
    "for frame in sys._current_frames().values(): traceback.print_stack(frame, 6, sys.stdout)"
)


def until(studio: StudioPage, code: str, good: Callable[[str], bool], seconds: float = 30.0) -> str:
    end = time.monotonic() + seconds
    said = ""
    while time.monotonic() < end:
        if good(said := studio.python(code)):
            return said
        time.sleep(0.1)
    raise AssertionError(f"{code} said {said}")


def test_points_pads_and_sliders(lab_page: LabPage) -> None:
    studio = StudioPage(lab_page, cells=CELLS)
    page = studio.page
    theme = "() => window.jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab %s' })"
    page.evaluate(theme % "Light")
    studio.turn_sound_on()

    # a point for each of three places of the terrain, with what sounded there
    heard, placed = [(0.2, 0.2), (0.8, 0.3), (0.5, 0.8)], [(0.2, 0.8), (0.8, 0.8), (0.5, 0.2)]
    for number, ((x, y), (at_x, at_y)) in enumerate(zip(heard, placed, strict=True), 1):
        studio.point(PLAY, x, y, steps=3)
        studio.point(PLAY, x, y)
        until(studio, HEARD % (x, y), "True".__eq__)  # what the kernel was told of, on a machine that is late too
        studio.point(POINTS, at_x, at_y)
        page.mouse.down()
        page.mouse.up()
        # before something else sounds, which a kernel that is late would take
        until(studio, "print(len(s.state.points.attached))", str(number).__eq__)
    studio.python(
        f"{SOUNDS}there = sounds([(0.2, 0.2), (0.8, 0.3), (0.5, 0.8)])\n"
        "apart = np.abs(there - s.state.points.tables()[1]).max(1)\n"
        "assert apart.max() < 0.1, (apart, there, s.state.points.tables())"
    )

    # a drag moves, one step of undo brings back
    places = "print([[round(float(v), 2) for v in p.control] for p in s.state.points])"
    studio.point(POINTS, 0.2, 0.8)
    page.mouse.down()
    studio.point(POINTS, 0.3, 0.6, steps=8)
    page.mouse.up()
    until(studio, places, lambda said: said.startswith("[[-0.4, -0.2]"))
    page.keyboard.press("Control+z")
    until(studio, places, lambda said: said.startswith("[[-0.6, -0.6]"))
    page.get_by_label("Label").fill("bright")
    page.get_by_label("Label").press("Enter")
    until(studio, "print([p.label for p in s.state.points])", lambda said: "bright" in said)

    # trained and played, they are the picture of every plane; the terrain comes back with one click
    before = studio.picture("canvas[role=application] >> nth=1")
    studio.press("Train points")
    page.get_by_role("radio", name="Points", exact=True).click()
    until(studio, "print(type(s.stage.sources.shown).__name__)", lambda said: said == "PointMap")
    end = time.monotonic() + 60
    while studio.picture("canvas[role=application] >> nth=1") == before:  # of the page there: layers, sheet and all
        assert time.monotonic() < end, f"the playing plane shows the terrain still; meanwhile {studio.python(WHERE)}"
        time.sleep(0.1)
    studio.press("Compare")
    studio.says("blind guess")
    lab_page.screenshot("points-light")

    # pads by key, from the plane: a jump, then a glide; the page sounds
    studio.planes.nth(POINTS).focus()
    lab_page.heard()
    page.keyboard.press("1")
    until(studio, "print(s.stage.pads.held, s.sound.hand.down)", lambda said: said == "q1 True")
    page.keyboard.press("2")
    until(
        studio,
        "print(s.sound.hand.place.round(2).tolist(), s.stage.pads.gliding)",
        lambda said: said == "[0.6, -0.6] False",
    )
    time.sleep(0.7)
    rate, audio = lab_page.heard()
    assert loudness(audio, rate).max() > 0.003, "the pads are silent"
    studio.press("Trace")
    until(studio, "print(s.stage.tracer.frames > 5)", lambda said: said == "True")
    studio.python("s.sound.record('hidden')")
    until(studio, "print(s.sound.engine.status().recorded_seconds > 0.1)", lambda said: said == "True")
    with hidden_tab(page):  # a pad that is held, its sound, a trace and a take go on
        before = int(studio.python("print(s.stage.tracer.frames)"))
        lab_page.heard()
        until(studio, "print(s.stage.tracer.frames)", lambda said: int(said) > before + 20)
        assert studio.python("print(s.stage.pads.held, s.sound.hand.down)") == "q2 True"
        rate, audio = lab_page.heard()
        assert loudness(audio, rate).max() > 0.003, "a hidden tab is silent"
        kept = float(studio.python("print(s.sound.engine.status().recorded_seconds)"))
    path = studio.python("print(s.sound.stop_recording())")
    until(studio, f"import os\nprint(os.path.exists({path!r}.replace('.wav', '.json')))", lambda said: said == "True")
    take = read_take(path)
    assert take.seconds >= kept > 0.5, "the take stops where nobody looks"
    assert np.abs(take.coordinates[-5:] - [0.6, -0.6]).max() < 0.01, "the pad that is held is not in the take"
    page.get_by_role("button", name="Stop", exact=True).first.click()
    until(studio, "print(len(s.stage.tracer.traces), s.stage.tracer.tracing)", lambda said: said == "1 False")
    page.keyboard.press("0")  # from a button of the panel, as from the plane
    until(studio, "print(s.sound.hand.down)", lambda said: said == "False")

    # a hand that is down when the tab is hidden is lifted at once, and plays again when the tab is seen
    studio.point(PLAY, 0.3, 0.3, steps=3)
    until(studio, "print(s.sound.hand.down)", lambda said: said == "True")
    with hidden_tab(page):
        until(studio, "print(s.sound.hand.down)", lambda said: said == "False")
    studio.point(PLAY, 0.4, 0.4, steps=3)
    until(studio, "print(s.sound.hand.down)", lambda said: said == "True")

    # Esc in a cell's editor is Lab's, also with the pointer over the plane; from the plane it is one panic
    studio.python("panics = []\nstudio.play.sink.on_panic(lambda: panics.append('panic'))")
    studio.point(POINTS, 0.5, 0.5)
    page.evaluate("document.querySelector('.jp-Cell .cm-content').focus()")
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    assert studio.python("print(panics)") == "[]"
    studio.planes.nth(POINTS).focus()
    page.keyboard.press("Escape")
    until(studio, "print(panics)", lambda said: said == "['panic']")
    page.wait_for_timeout(500)
    assert studio.python("print(panics)") == "['panic']"

    # sliders by the keyboard alone
    slider = page.get_by_label("Latent 0", exact=True)
    slider.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Shift+ArrowRight", "ArrowDown", "PageUp", "l"):
        page.keyboard.press(key)
    until(
        studio,
        "print(s.stage.sliders.now.values[:2].round(2), s.stage.sliders.now.locked[1])",
        lambda said: said == "[0.31 0.5 ] True",
    )
    page.get_by_role("button", name="Random").press("Enter")
    until(
        studio,
        "print(s.stage.sliders.now.values[1].round(2), abs(s.stage.sliders.now.values).max() > 0.5)",
        lambda said: said == "0.5 True",
    )
    page.get_by_role("button", name="Hear them").press("Enter")
    until(studio, "print(s.stage.sources.source, s.sound.hand.down)", lambda said: said == "sliders True")
    page.get_by_label("Latent 2", exact=True).focus()
    page.keyboard.press("End")
    until(studio, "print(s.stage.sources.mapping.latents[2])", lambda said: said == "3.0")
    page.get_by_role("button", name="Attach to point").press("Enter")
    until(
        studio,
        "print((s.state.points[s.stage.points.selected].latent == s.stage.sliders.now.values).all())",
        lambda said: said == "True",
    )
    page.get_by_role("button", name="Hear them").press("Enter")
    until(studio, "print(s.stage.sources.source, s.sound.hand.down)", lambda said: said == "points False")

    # a point by the keyboard alone; and the plane plays
    studio.planes.nth(POINTS).focus()
    page.keyboard.press("]")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    until(studio, "print(len(s.state.points))", lambda said: said == "4")
    page.keyboard.press("Control+ArrowUp")
    page.keyboard.press("Control+ArrowUp")
    page.keyboard.press("Delete")
    until(studio, "print(len(s.state.points))", lambda said: said == "3")

    page.evaluate(theme % "Dark")
    lab_page.screenshot("points-dark")
    page.get_by_role("radio", name="Terrain", exact=True).click()
    until(studio, "print(type(s.stage.sources.shown).__name__)", lambda said: said == "Terrain")
    assert np.isfinite(audio).all() and lab_page.errors == []
