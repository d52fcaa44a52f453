"""A piece, opened from a disk in three browsers: that it plays, how soon, and that Escape silences it.

Run ``python -m benchmarks.piece_in_browsers`` in an environment with what the tests need (``make test-environment``),
with the Debian packages ``firefox-esr``, ``webkit2gtk-driver`` and ``xvfb``; a browser that is not here is named, and
left out. The pieces are of the bundled sounds, by pebble and by mosaic, with a terrain that was trained for two
seconds. All play on one sound server, whose output is recorded: what is called heard was at the loudspeaker. Its sink
takes sound in short periods, as a sound card does; left alone it takes two seconds at once, and a browser waits for the
next ones. Times are the page's own: "ready" from the click to an engine that is warm and an audio clock that runs,
"bare" the same of a page that has nothing but an oscillator, in a browser of its own just before, which is what the
browser itself takes to open the sound (0 where it lets a page begin before the click), "answers" from the pointer's
first move on the plane to the engine's first report of sound, which it gives every 50 ms, and "silent" likewise from
Escape.

The exit code is 1 if a browser that is here does not play, if the sound is not ready within a second of the click, or
if the file with pebble is larger than 1.2 MB; with mosaic it holds the sounds themselves.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.gesture import short_periods
from terrain_widgets.session.session import Session
from tests.audio.pulse import missing_packages, pulse_server
from tests.browser.conftest import CHROMIUM_FLAGS, _chromium
from tests.browser.driven import DrivenPage, Firefox, WebKit

CODECS = {"pebble": 1_200_000, "mosaic": None}  # and most bytes of a piece
LOUD, SILENT, SECONDS, READY_MS = 2e-4, 1e-5, 20.0, 1000
BARE = """<!doctype html><title>Bare</title><button>Play</button><script>
const seen = window.seen = {};
const context = new AudioContext({ sampleRate: 44100, latencyHint: "interactive" });
const tone = new OscillatorNode(context, { frequency: 440 });
tone.connect(context.destination);
tone.start();
context.onstatechange = () => { if (context.state === "running") seen.running ||= performance.now(); };
document.querySelector("button").addEventListener("click", () => { seen.click = performance.now(); context.resume(); });
</script>"""
ESCAPE = "\ue00c"  # WebDriver's
SWITCH = ".tw-instrument button"
WATCH = """
const seen = window.seen = { ready: 0 };
const now = () => performance.now();
const once = (name) => { seen[name] ||= now(); };
document.addEventListener("click", () => once("click"), true);
document.querySelector("canvas").addEventListener("pointermove", () => once("move"), true);
document.addEventListener("keydown", (event) => event.key === "Escape" && once("escape"), true);
const { changed, report } = piece._told;
piece._told.changed = () => { if (piece.on && !piece.paused && !piece.starting) once("ready"); changed(); };
piece._told.report = (message) => {
  if (message.type === "report" && seen.move && message.rmsDb > -60) once("sounds");
  if (message.type === "report" && seen.escape && message.silent) once("silent");
  report(message);
};
"""


class Opened(Protocol):
    """A page of any browser."""

    def run(self, script: str) -> Any:
        """What a function body in the page returns."""

    def click(self, css: str) -> None:
        """Click on the first such element."""

    def hover(self, x: float, y: float) -> None:
        """Move the mouse there."""

    def press(self, key: str) -> None:
        """Press a key."""

    def close(self) -> None:
        """End the browser."""


class Chromium:
    """A page of the Chromium that the tests use, with sound."""

    def __init__(self, address: str) -> None:
        self._playwright = sync_playwright().start()
        flags = [flag for flag in CHROMIUM_FLAGS if "mute" not in flag]
        browser = self._playwright.chromium.launch(
            executable_path=_chromium(), args=flags, ignore_default_args=["--mute-audio"]
        )
        self._page: Page = browser.new_page()
        self._page.goto(address)

    def run(self, script: str) -> Any:
        """As ``Opened.run``."""
        return self._page.evaluate(f"() => {{{script}}}")

    def click(self, css: str) -> None:
        """As ``Opened.click``."""
        self._page.locator(css).first.click()

    def hover(self, x: float, y: float) -> None:
        """As ``Opened.hover``."""
        self._page.mouse.move(x, y)

    def press(self, key: str) -> None:
        """As ``Opened.press``."""
        self._page.keyboard.press("Escape" if key == ESCAPE else key)

    def close(self) -> None:
        """As ``Opened.close``."""
        self._playwright.stop()


BROWSERS: dict[str, tuple[tuple[str, ...], Callable[[str], Opened]]] = {
    "Chromium": ((), Chromium),
    "Firefox": (("firefox-esr",), lambda address: DrivenPage(Firefox(), address)),
    "WebKit": (("WebKitWebDriver", "Xvfb"), lambda address: DrivenPage(WebKit(), address)),
}


def piece(folder: Path, codec: str) -> Path:
    """A piece with the bundled sounds arranged."""
    session = Session(codec=codec)
    session.encode(wait=True)
    session.arrange()
    session.train(2.0, wait=True)
    path = folder / f"{codec}.html"
    session.export(path, title="A piece", author="A. Player", licence="CC0")
    session.close()
    return path


def until(page: Opened, name: str) -> dict[str, float]:
    """What the page has seen, once it has seen this."""
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        seen: dict[str, float] = page.run("return window.seen")
        if seen.get(name):
            return seen
        time.sleep(0.1)
    raise RuntimeError(f"not within {SECONDS:.0f} s: {name}; {page.run('return window.piece?.error')}")


def bare(open_page: Callable[[str], Opened], folder: Path) -> str:
    """Milliseconds from the click to an audio clock that runs, in a page with an oscillator alone; or never."""
    path = folder / "bare.html"
    path.write_text(BARE)
    page = open_page(path.as_uri())
    try:
        page.click("button")
        seen = until(page, "running")
        return f"{max(0.0, seen['running'] - seen['click']):6.0f} ms"
    except (RuntimeError, TimeoutError):
        return "    never"
    finally:
        page.close()


def play(page: Opened, heard: Callable[[], float]) -> tuple[float, str]:
    """Play the piece that is open; gives the milliseconds from the click to a sound that is ready, and the row."""
    until_there = time.monotonic() + SECONDS
    while not page.run("return Boolean(window.piece?._told)") and time.monotonic() < until_there:
        time.sleep(0.1)
    page.run(WATCH)
    page.click(SWITCH)
    until(page, "ready")
    box = page.run("const b = document.querySelector('canvas').getBoundingClientRect(); return [b.x, b.y, b.width];")
    for k in range(1, 9):
        page.hover(box[0] + box[2] * k / 10, box[1] + box[2] * 0.5)
        time.sleep(0.1)
    until(page, "sounds")
    loud = heard()
    page.press(ESCAPE)
    seen = until(page, "silent")
    time.sleep(0.5)  # that is on its way to the loudspeaker
    after = heard()
    if loud < LOUD or after > SILENT:
        raise RuntimeError(f"at the loudspeaker {loud:.5f} while it sounded, {after:.5f} after Escape")
    parts = (seen["ready"] - seen["click"], seen["sounds"] - seen["move"], seen["silent"] - seen["escape"])
    return parts[0], "{:6.0f} ms {:8.0f} ms {:8.0f} ms".format(*parts)


def main() -> int:
    """Print one row for each browser."""
    if missing_packages():
        print(f"this needs a sound server: apt-get install {missing_packages()}")
        return 1
    failed = False
    with tempfile.TemporaryDirectory() as folder, pulse_server() as pulse, short_periods(pulse):

        def heard() -> float:
            recorder = pulse.recorder()
            recorder.start()
            time.sleep(0.5)
            return float(np.sqrt(np.mean(recorder.stop().astype(np.float64) ** 2)))

        for codec, most in CODECS.items():
            path = piece(Path(folder), codec)
            print(f"{codec}: {path.stat().st_size / 1e6:.2f} MB")
            print(f"{'':10}{'bare':>9}{'ready':>10}{'answers':>12}{'silent':>12}")
            failed |= most is not None and path.stat().st_size > most
            for name, (commands, open_page) in BROWSERS.items():
                missing = [command for command in commands if not shutil.which(command)]
                if missing:
                    print(f"{name:10}not here: {', '.join(missing)}")
                    continue
                own = bare(open_page, Path(folder))
                page = open_page(path.as_uri())
                try:
                    ready, row = play(page, heard)
                    print(f"{name:10}{own} {row}", flush=True)
                    failed |= ready > READY_MS
                except (RuntimeError, TimeoutError) as error:
                    print(f"{name:10}{own} {error}", flush=True)
                    failed = True
                finally:
                    page.close()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
