"""A Studio in a real page, used as a person uses it: by mouse and by reading."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator

from tests.browser.lab import LabPage

QUICKSTART = "00_quickstart.ipynb"
_SOURCES = """() => (window.Bokeh?.documents ?? []).flatMap(d => [...d._all_models.values()])
    .filter(m => m.type === 'ColumnDataSource').map(m => m.data)"""
_INK = """canvas => {
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let count = 0;
    for (let i = 3; i < data.length; i += 4) count += data[i] > 0;
    return count;
}"""


class StudioPage:
    """The studio of the quickstart notebook.

    Args:
        lab: A fresh page.
        kernel: Kernelspec.
    """

    def __init__(self, lab: LabPage, kernel: str = "python3", cells: Sequence[str] | None = None) -> None:
        self.lab, self.page = lab, lab.page
        self.page.set_viewport_size({"width": 1500, "height": 1380})
        lab.open(QUICKSTART if cells is None else cells, kernel=kernel)
        lab.run_all()
        lab.make_room()
        self.page.get_by_role("button", name="Turn sound on").first.wait_for()  # in the bar, and under “Play”
        self.planes = self.page.locator("canvas[role=application]")
        self.planes.first.wait_for()
        self.stop = self.page.get_by_role("button", name="Stop", exact=True)

    def press(self, name: str) -> None:
        """Press the first button of that name."""
        self.page.get_by_role("button", name=name).first.click()

    def says(self, text: str, seconds: float = 30.0) -> None:
        """Wait until a visible line says this; a panel behind another tab may say it too."""
        self.page.get_by_text(text).locator("visible=true").first.wait_for(timeout=seconds * 1000)

    def show(self, tab: str) -> None:
        """Show a panel of a dock, where there are docks."""
        tabs = self.page.get_by_role("tab", name=tab, exact=True)
        if tabs.count():
            tabs.first.click()
            self.page.locator('[role=tab][aria-selected="true"]', has_text=tab).first.wait_for()

    def panel(self, side: str) -> Locator:
        """The panel that a dock shows, ``"left"`` or ``"right"``."""
        return self.page.locator(f".tw-{side} .tw-panel:not(.tw-away)")

    def take(self, mode: str) -> None:
        """Have the stage be for something."""
        button = self.page.get_by_role("radio", name=mode, exact=True)
        if button.get_attribute("aria-checked") != "true":
            button.click()
            self.page.locator('[role=radio][aria-checked="true"]', has_text=mode).wait_for()

    def encode(self) -> None:
        """By mouse, in the dock of the sounds."""
        self.press("Encode")
        self.page.get_by_role("button", name="All encoded").wait_for(timeout=60_000)

    def train(self, seconds: float = 60.0, training: float = 5) -> None:
        """Under “Train”, to the end; not for as long as a user would, but ``training`` seconds."""
        self.show("Train")
        self.page.get_by_role("spinbutton", name="Seconds").fill(f"{training:g}")
        self.page.get_by_role("spinbutton", name="Seconds").press("Enter")
        self.press("Train")
        self.page.get_by_role("button", name="Continue training").wait_for(timeout=seconds * 1000)
        self.says("frames", seconds)
        self.stop.wait_for(state="hidden", timeout=seconds * 1000)

    def point(self, plane: int, x: float, y: float, steps: int = 1) -> None:
        """Move the mouse to fractions of a plane. On the studio's stage 0 is for drawing, 1 for playing."""
        self.page.mouse.move(*self._pixel(plane, x, y), steps=steps)

    def stroke(self, corners: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
        """Draw with the mouse through fractions of the drawing plane.

        Returns:
            The mouse's own path in control units, ``[K, 2]``, from the pixels it was sent to.
        """
        self.plane(0).scroll_into_view_if_needed()
        self.point(0, *corners[0])
        self.page.mouse.down()
        for corner in corners[1:]:
            self.point(0, *corner, steps=25)
        self.page.mouse.up()
        unit = np.array(corners)
        return np.stack([2 * unit[:, 0] - 1, 1 - 2 * unit[:, 1]], axis=1)

    def _pixel(self, plane: int, x: float, y: float) -> tuple[float, float]:
        box = self.plane(plane).bounding_box()
        assert box is not None
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def plane(self, number: int) -> Locator:
        """A plane of the page; of the studio its stage, in the mode for drawing or for playing."""
        if not self.page.locator(".tw-stage").count():
            return self.planes.nth(number)
        self.take(("Draw", "Play")[number])
        return self.planes.first

    def ink(self, plane: int = 0) -> int:
        """Pixels of wet ink on a plane's pen layer."""
        return int(self.plane(plane).evaluate(_INK))

    def chart(self) -> list[float]:
        """The losses that the page's chart holds now."""
        for data in reversed(self.page.evaluate(_SOURCES)):  # of two documents, the one that was drawn last
            columns = dict(data["entries"]) if isinstance(data, dict) and "entries" in data else data
            if "loss" in columns:
                return [float(v) for v in (columns["loss"] or [])]
        raise AssertionError("the page holds no loss chart")

    def picture(self, locator: str) -> bytes:
        """A picture of the first element that matches."""
        element = self.page.locator(locator).first
        element.scroll_into_view_if_needed()
        return element.screenshot()

    def python(self, code: str) -> str:
        """Run code in the kernel; ``s`` is the session."""
        return self.lab.run_code(f"s = studio.session\n{code}").strip()

    def until(self, code: str, good: Callable[[str], bool], seconds: float = 20.0) -> str:
        """Run code in the kernel again and again until what it prints is good; returns that."""
        end, said = time.monotonic() + seconds, ""
        while time.monotonic() < end:
            if good(said := self.python(code)):
                return said
            time.sleep(0.1)
        raise AssertionError(f"{code} said {said}")

    def turn_sound_on(self) -> None:
        """The bar's button, and wait until the page plays."""
        self.press("Turn sound on")
        self.page.get_by_role("button", name="Sound off").first.wait_for()
        self.until("print(s.sound.engine is not None and s.sound.start().status().ready)", "True".__eq__)

    def played(self) -> float:
        """Seconds that the page's engine has made."""
        return float(self.python("print(s.sound.engine.status().frames * s.codec.info.ratio / 44100)"))


def loudness(audio: NDArray[np.float32], rate: int, window: float = 0.05) -> NDArray[np.float64]:
    """RMS of each window of the first channel, ``[K]``."""
    size = int(rate * window)
    mono = audio[0].astype(np.float64)
    return np.sqrt((mono[: len(mono) // size * size].reshape(-1, size) ** 2).mean(axis=1))


def brightness(audio: NDArray[np.float32], rate: int) -> float:
    """Spectral centroid of the first channel in Hz."""
    spectrum = np.abs(np.fft.rfft(audio[0] * np.hanning(audio.shape[1])))
    return float((spectrum * np.fft.rfftfreq(audio.shape[1], 1 / rate)).sum() / spectrum.sum())
