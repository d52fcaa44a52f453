"""A machine that is too slow to make the sound in the page: the kernel takes over by itself, and the sound goes on.

The machine is as it is; the engine in the page's audio thread is made to take more time than the sound that it makes.
"""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import LabPage
from tests.browser.studio_page import StudioPage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.extra,  # 20 s each; in every run the words and the turn are tested in node, page_sound_faults.test.js
]

# 64 ms for each latent frame, which is 23 ms of sound.
SLOW = """
import numpy as np
import terrain_widgets as tw
from terrain_widgets.widgets.sound import engine_traits
slow = '''const register = registerProcessor;
globalThis.registerProcessor = (name, Engine) => register(name, class extends Engine {
  constructor(options) {
    super(options);
    const { engine } = this.loop;
    const begin = engine.begin.bind(engine);
    engine.begin = (...given) => {
      const until = Date.now() + 64;
      while (Date.now() < until);
      return begin(...given);
    };
  }
});
'''
text_of = engine_traits.static_text
engine_traits.static_text = lambda name: slow + text_of(name) if name == "engine_worklet.js" else text_of(name)
session = tw.Session(sounds=[])
points = tw.PointSet().placed([-0.5, 0], [0] * 8).placed([0.5, 0], [0, 1, 0, 0, 0, 0, 0, 0])
session.stage.sources.publish("terrain", tw.PointMap.fit(points, "nearest"))
"""
# What goes to the loudspeaker, read from beside the audio thread: another worklet in it, as `LabPage.heard` has, would
# have to wait for the engine that is too slow, and hear nothing.
LISTEN = """(() => {
  const listening = new Map();
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) {
      const { context } = this;
      const node = listening.get(context)?.node ?? new AnalyserNode(context, { fftSize: 32768 });
      if (!listening.has(context)) listening.set(context, { node, at: 0 });
      connect.call(this, node, ...rest);
    }
    return connect.call(this, target, ...rest);
  };
  window.levelSince = () => Math.max(0, ...[...listening].map(([{ state, currentTime, sampleRate }, ear]) => {
    const since = Math.min(ear.node.fftSize, Math.round((currentTime - ear.at) * sampleRate));
    ear.at = currentTime;
    if (state !== "running" || since <= 0) return 0;
    const samples = new Float32Array(ear.node.fftSize);
    ear.node.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.subarray(-since).reduce((sum, value) => sum + value * value, 0) / since);
  }));
})();"""
FIRST_SECONDS = 5.0
TOO_SLOW = "This machine is too slow to make the sound in this page; the kernel makes it."


def test_an_instrument_that_is_too_heavy_for_the_page_is_made_by_the_kernel(lab_page: LabPage) -> None:
    lab_page.page.add_init_script(LISTEN)
    lab_page.open([SLOW, "instrument = tw.Instrument(session)\ninstrument"])
    lab_page.run_all()
    page = lab_page.page
    page.get_by_role("button", name="Turn sound on").click()
    page.get_by_role("button", name="Turn sound off").wait_for()
    page.get_by_role("application").hover()
    the_kernel_takes_over(lab_page, page)
    assert lab_page.run_code("print(instrument.output, instrument.sound_on)") == "stream True\n"


def test_a_studio_that_is_too_heavy_for_the_page_is_made_by_the_kernel(lab_page: LabPage) -> None:
    lab_page.page.add_init_script(LISTEN)
    studio = StudioPage(lab_page, cells=[SLOW, "studio = tw.Studio(session)\nstudio"])
    studio.take("Play")
    studio.press("Turn sound on")
    studio.page.get_by_role("button", name="Sound off").first.wait_for()
    studio.point(1, 0.75, 0.5)
    the_kernel_takes_over(lab_page, studio.page)
    assert studio.python("print(studio.play.sink.output, studio.play.sink.sound_on)") == "stream True"


def the_kernel_takes_over(lab: LabPage, page: Page) -> None:
    """Something is heard soon, and from then on in every second, until it does and after it."""
    began, quiet = time.monotonic(), 0
    said = page.get_by_text(TOO_SLOW).locator("visible=true").first
    level(page)
    while level(page, 0.25) < 1e-4:  # an engine this slow takes as long to warm up
        assert time.monotonic() < began + FIRST_SECONDS, "nothing is heard"
    print(f"the first sound {time.monotonic() - began:.1f} s after it was turned on")
    while not said.count() and time.monotonic() < began + 60:
        quiet = quiet + 1 if level(page, 0.5) < 1e-4 else 0
        assert quiet < 2, f"a second of silence {time.monotonic() - began:.1f} s after the sound was turned on"
    print(f"the kernel makes the sound {time.monotonic() - began:.1f} s after it was turned on in the page")
    expect(said).to_be_visible()
    assert level(page, 1.0) > 1e-4
    time.sleep(3.0)
    assert level(page, 1.0) > 1e-4 and lab.errors == []


def level(page: Page, seconds: float = 0.0) -> float:
    """RMS of what the page has sent to the loudspeaker since the last call, whatever made it; of its newest samples."""
    time.sleep(seconds)
    return float(page.evaluate("() => window.levelSince()"))
