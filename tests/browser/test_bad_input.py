"""What goes wrong is said in the panel that caused it, and the rest goes on."""

from __future__ import annotations

import pytest

from tests.browser.lab import LabPage
from tests.browser.studio_page import StudioPage

pytestmark = pytest.mark.browser
BROKEN_CODEC = """
import numpy as np
from terrain_widgets.codecs.loading import load_codec
class Broken:  # a double: as the bundled codec, but its encoder returns NaN
    def __init__(self): self._good = load_codec()
    def __getattr__(self, name): return getattr(self._good, name)
    def encode(self, audio, sample_rate): return tw.LatentTrajectory(np.full((5, self._good.info.latent_dim), np.nan))
studio.session.sounds._codec = Broken()
"""


def test_each_mistake_is_answered_where_it_was_made(
    lab_page: LabPage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    studio = StudioPage(lab_page, cells=["import terrain_widgets as tw\nstudio = tw.Studio()\nstudio"])
    page = studio.page
    sounds, other = studio.panel("left"), studio.panel("right")

    studio.show("Train")
    studio.press("Train")
    other.get_by_text("no sound is encoded yet").wait_for()

    bad = tmp_path_factory.mktemp("bad") / "<b>noise.wav"
    bad.write_bytes(b"this is no sound" * 10)
    with page.expect_file_chooser() as chooser:
        studio.press("Add")
    chooser.value.set_files(bad)
    sounds.get_by_text("could not be read as sound").wait_for()
    assert page.locator("b", has_text="noise").count() == 0, "a file's name became HTML"

    page.get_by_role("combobox", name="Codec").select_option("a file…")
    page.get_by_role("textbox", name="Model file").fill("nowhere/model.ts")
    page.get_by_role("textbox", name="Model file").press("Enter")
    sounds.get_by_text("there is no codec file at nowhere/model.ts").wait_for()

    studio.python(BROKEN_CODEC)
    studio.press("Encode")
    sounds.get_by_text("“cello” could not be encoded: a latent trajectory must be finite").wait_for()
    studio.python("studio.session.sounds._codec = None")

    studio.show("Paths")
    studio.point(0, 0.5, 0.5)
    page.mouse.down()
    page.mouse.up()
    page.locator(".tw-stage-line").get_by_text("that was a single point").wait_for()
    lab_page.screenshot("bad-input")

    studio.encode()
    studio.show("Train")
    studio.press("Train")
    other.get_by_text("there is no pair yet").wait_for()
    studio.stroke([(0.2, 0.2), (0.8, 0.8)])
    studio.train(training=1)
    assert (
        studio.python(
            "print(len(s.state.clips), len(s.latents), len(s.state.paths), s.stage.sources.shown is not None)"
        )
        == "10 10 1 True"
    )
    assert lab_page.errors == []
