"""The harness itself: widgets render, kernels answer, sound is heard."""

from __future__ import annotations

import numpy as np
import pytest

from tests.browser.lab import KernelError, LabPage
from tests.browser.notebook_file import write_notebook

pytestmark = pytest.mark.browser

SLIDER = """
import ipywidgets
slider = ipywidgets.IntSlider(value=3, description="height")
slider
"""

TONE = """
import anywidget

class Tone(anywidget.AnyWidget):
    _esm = '''
    export default {
        render({ el }) {
            const context = new AudioContext();
            const oscillator = new OscillatorNode(context, { frequency: 440 });
            oscillator.connect(new GainNode(context, { gain: 0.25 })).connect(context.destination);
            oscillator.start();
            el.textContent = "playing";
            el.className = "tone";
        },
    };
    '''

Tone()
"""


def heard_in_tune(lab_page: LabPage) -> None:
    lab_page.page.locator(".tone", has_text="playing").wait_for()
    lab_page.page.wait_for_timeout(300)
    lab_page.heard()
    lab_page.page.wait_for_timeout(1000)
    rate, audio = lab_page.heard()
    assert audio.shape[0] == 2
    assert audio.shape[1] > 0.8 * rate
    np.testing.assert_array_equal(audio[0], audio[1])
    spectrum = np.abs(np.fft.rfft(audio[0] * np.hanning(audio.shape[1])))
    assert abs(spectrum.argmax() * rate / audio.shape[1] - 440) < 1.5
    # A sine of amplitude 0.25 without a gap: no two neighbours further apart than its steepest slope.
    assert np.sqrt(np.mean(audio[0] ** 2)) == pytest.approx(0.25 / np.sqrt(2), rel=0.02)
    assert np.abs(np.diff(audio[0])).max() < 1.05 * 0.25 * 2 * np.pi * 440 / rate
    assert lab_page.errors == []


def test_a_kernel_is_the_one_that_was_asked_for_errors_are_seen_and_a_tone_is_heard(
    lab_page: LabPage, kernel: str
) -> None:
    lab_page.open([TONE], kernel=kernel)
    lab_page.page.evaluate("console.error('seen'); setTimeout(() => { throw new Error('seen too'); })")
    version = lab_page.run_code("import ipykernel; print(ipykernel.__version__)")
    assert version.startswith("6.31." if kernel == "ipykernel6" else "7.")
    assert lab_page.run_code("import terrain_widgets; print(terrain_widgets.__version__)").strip()
    assert len(lab_page.errors) == 2
    lab_page.errors.clear()
    lab_page.run_all()
    heard_in_tune(lab_page)


@pytest.mark.extra
def test_a_slider_renders_and_reads_back(lab_page: LabPage, kernel: str) -> None:
    lab_page.open([SLIDER], kernel=kernel)
    lab_page.run_all()
    handle = lab_page.page.locator(".widget-slider .noUi-handle")
    handle.focus()
    handle.press("ArrowRight")
    lab_page.page.locator(".widget-readout", has_text="4").wait_for()
    lab_page.wait_idle()
    assert lab_page.run_code("print(slider.value)") == "4\n"
    lab_page.screenshot(f"harness-slider-{kernel}")
    assert lab_page.errors == []


@pytest.mark.extra
def test_a_notebook_of_the_folder_opens_on_another_kernel(lab_page: LabPage) -> None:
    write_notebook(lab_page.server.root / "folder" / "mine.ipynb", ["import ipykernel", "6 * 7"])
    lab_page.open("folder/mine.ipynb", kernel="ipykernel6")
    lab_page.run_all()
    lab_page.page.locator(".jp-OutputArea-output", has_text="42").wait_for()
    assert lab_page.run_code("print(ipykernel.__version__)").startswith("6.31.")


@pytest.mark.extra
def test_a_reload_keeps_the_kernel(lab_page: LabPage) -> None:
    lab_page.open(["x = 1"])
    lab_page.run_all()
    lab_page.run_code("x = 41")
    lab_page.reload()
    assert lab_page.run_code("print(x + 1)") == "42\n"
    assert lab_page.errors == []


@pytest.mark.extra
def test_an_exception_in_the_kernel_fails_the_test(lab_page: LabPage) -> None:
    lab_page.open(["1 / 0"])
    with pytest.raises(KernelError, match="ZeroDivisionError"):
        lab_page.run_all()
    with pytest.raises(KernelError, match="NameError"):
        lab_page.run_code("nothing_of_that_name")
