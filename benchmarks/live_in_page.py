"""How long from the mouth to the ear in a real page, and whether a page notices that it hears itself.

Run ``python -m benchmarks.live_in_page [--seconds 20] [--keep FOLDER]`` in an environment with what the tests need
(``make test-environment``). The page gets a microphone that plays a file by a known clock: clicks, and the first half
second of the held-out notes and drums, round and round. The page of a ``LivePanel`` plays it, first as it is (wet 0),
then through pebble (wet 1). A sample enters when the microphone hands it over, and is heard when
``AudioContext.getOutputTimestamp`` says. What the browser does not know of, such as a loudspeaker's own delay, is not
in it, and a real microphone's own delay comes on top; the panel adds that where the browser tells it.

- dry: the shift at which the two fit best, in each second of it;
- pebble: from each beginning of a sound to the beginning of its answer (the moment at which it passes a tenth of its
  peak); a beginning that has no answer within a third of a second counts as missed. Where a busy machine has stopped
  the microphone's clock is said, and beginnings near such a hole are left out.

The limit is 130 ms for the middle one of pebble's, and that nine of ten are answered. Then a second Chromium plays into
a sound server whose output is its microphone, as a loudspeaker that stands beside one: the panel must turn the
microphone off. The exit code is 1 if one of these is missed. ``--keep`` writes what entered and what was heard as WAV
files and draws their spectrograms.
"""

from __future__ import annotations

import argparse
import base64
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, TimeoutError
from scipy.ndimage import minimum_filter1d
from scipy.signal import correlate

from benchmarks.a_lab import a_lab
from benchmarks.material import HELD_OUT
from terrain_widgets.codecs.measures.log_mel import log_mel
from tests.audio.pulse import missing_packages, pulse_server
from tests.browser.conftest import CHROMIUM_FLAGS
from tests.browser.lab import LabPage
from tests.browser.lab_server import LabServer

LIMIT, ANSWERED, RATE = 0.130, 0.9, 44100
HOLE = 0.002  # seconds by which the microphone's clock falls behind
EVERY = 0.75  # seconds from one sound to the next
LONGEST = 1 / 3  # within which an answer belongs to its sound
CELL = "import terrain_widgets as tw\nsession = tw.Session(sounds=[])\nplay = tw.PlayWidget(session)\nplay"
FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class Heard:
    """Sound with the time of its first sample by the page's clock, in seconds."""

    start: float
    rate: int
    samples: FloatArray
    known: NDArray[np.bool_] | None = None  # which of the samples came; left out, all

    def whole(self, moment: float) -> bool:
        """Whether all around a moment is known, from 0.1 s before it to 0.2 s after it."""
        place = int((moment - self.start) * self.rate)
        near = slice(max(0, place - self.rate // 10), place + self.rate // 5)
        return self.known is None or bool(self.known[near].all())

    def at(self, rate: int, start: float, seconds: float) -> FloatArray:
        """A part of it at another rate; what is not there is silence."""
        when = start + np.arange(int(seconds * rate)) / rate
        place = (when - self.start) * self.rate
        return np.interp(place, np.arange(len(self.samples)), self.samples, 0.0, 0.0).astype(np.float32)


def material(path: Path) -> None:
    """The microphone's file: sounds that begin at once, with silence between them."""
    parts = []
    random = np.random.default_rng(0)
    for file in sorted(HELD_OUT.glob("*.flac")):
        audio, rate = soundfile.read(file, dtype="float32")
        mono = audio if audio.ndim == 1 else audio.mean(axis=1)
        mono = mono[int(np.argmax(np.abs(mono) > 0.05 * np.abs(mono).max())) :][: rate // 2]
        click = np.zeros(400, np.float32)
        click[:200] = np.random.default_rng(1).normal(0, 0.3, 200) * np.linspace(1, 0, 200)
        for sound in (click, 0.5 * mono / np.abs(mono).max() * np.minimum(1, np.linspace(8, 0, len(mono)))):
            part = np.zeros(int((EVERY + random.uniform(0, 0.02)) * RATE), np.float32)
            part[: len(sound)] = sound
            parts.append(part)
    soundfile.write(path, np.concatenate(parts), RATE, subtype="PCM_16")


def beginnings(heard: Heard) -> NDArray[np.float64]:
    """When sounds begin, by the page's clock: where a tenth of the peak that follows is passed, after 0.1 s of less."""
    size = heard.rate // 1000
    level = np.abs(heard.samples[: len(heard.samples) // size * size]).reshape(-1, size).max(axis=1)
    found, k = [], 0
    while k < len(level) - 150:
        peak = level[k : k + 150].max()
        if peak > 0.01 and level[k] > 0.1 * peak and level[max(0, k - 60) : k].max(initial=0.0) < 0.1 * peak:
            place = k * size + int(np.argmax(np.abs(heard.samples[k * size : (k + 1) * size]) > 0.1 * peak))
            found.append(heard.start + place / heard.rate)
            k += 300
        else:
            k += 1
    return np.array(found)


def fits(entered: Heard, heard: Heard) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """In each second of what was heard, how late it fits best to what entered, in seconds, and how well."""
    late, well = [], []
    seconds = len(heard.samples) / heard.rate
    for k in range(1, int(seconds) - 1):
        start = heard.start + k
        own = heard.at(RATE, start, 1.0)
        before = entered.at(RATE, start - LONGEST, 1.0 + LONGEST)
        both = correlate(before, own, "valid", "fft")
        shift = int(np.argmax(both))
        part = before[shift : shift + len(own)]
        late.append(LONGEST - shift / RATE)
        well.append(float(both[shift] / np.sqrt((own @ own) * (part @ part) + 1e-20)))
    return np.array(late), np.array(well)


def spectrograms(path: Path, sounds: list[FloatArray]) -> None:
    """A picture of log-mel levels of sounds at ``RATE``, one over the other, a column for 11.6 ms."""
    rows = []
    for sound in sounds:
        level = log_mel(sound)  # [K, bands] in dB
        grey = np.clip((level - level.max() + 70) / 70, 0, 1)
        rows.append(np.kron((255 * grey.T[::-1]).astype(np.uint8), np.ones((3, 3), np.uint8)))
    width = min(row.shape[1] for row in rows)
    lines = [np.vstack([row[:, :width], np.full((6, width), 128, np.uint8)]) for row in rows]
    Image.fromarray(np.vstack(lines)).save(path)


class LivePage:
    """A page that plays what a microphone hears.

    Args:
        page: A fresh one.
        server: Of the laboratory.
        file: What its microphone plays; left out, the browser's own microphone is heard.
    """

    def __init__(self, page: Page, server: LabServer, file: Path | None = None) -> None:
        page.set_default_timeout(60_000)
        self._file = file
        if file is not None:
            content = base64.b64encode(file.read_bytes()).decode()
            page.add_init_script(f"window.__microphoneFile = '{content}';")
            page.add_init_script(path=Path(__file__).with_name("own_microphone.js"))
        self.lab, self.page = LabPage(page, server), page
        self.lab.open([CELL, "panel = tw.LivePanel(session)\npanel"])
        self.lab.run_all()
        page.get_by_role("button", name="Turn sound on").first.click()
        page.get_by_role("button", name="Sound off").first.wait_for()
        self.words = page.locator(".tw-live [role=status]")
        self.listen()

    def listen(self) -> None:
        """Press “Microphone” until it listens: on a busy machine sound is on some time after the page says so."""
        for _ in range(5):
            self.page.get_by_role("button", name="Microphone", exact=True).click()
            self.page.wait_for_function("() => document.querySelector('.tw-live [role=status]').textContent")
            if (self.words.text_content() or "").startswith("Heard"):
                return
            time.sleep(1.0)
        raise RuntimeError(f"it does not listen: {self.words.text_content()!r}")

    def play(self, wet: float, seconds: float) -> tuple[Heard, Heard]:
        """What entered and what was heard.

        Raises:
            RuntimeError: If live sound has ended, or does not play.
        """
        assert self._file is not None
        self.lab.run_code(f"session.stage.clip.mix({wet})")
        time.sleep(1.0)
        self.lab.heard()
        time.sleep(seconds)
        heard = Heard(*self.lab.heard_together())
        words = self.words.text_content() or ""
        if not words.startswith("Heard"):
            raise RuntimeError(f"live sound has ended: {words!r}")
        if np.abs(heard.samples).max(initial=0.0) < 1e-3:
            raise RuntimeError("nothing was heard")
        return entered(self._file, self.page.evaluate("() => window.__microphone()"), heard), heard


def entered(file: Path, told: dict[str, Any], heard: Heard) -> Heard:
    """What the microphone played while something was heard, and a second before, where each sample entered."""
    sound, rate = soundfile.read(file, dtype="float32")
    clocks = np.array(told["clocks"])
    start = heard.start - 1.0
    when = start + np.arange(int((len(heard.samples) / heard.rate + 1.0) * rate)) / rate
    apart = clocks[:, 0] - clocks[:, 1]
    size = round(1.0 / np.median(np.diff(clocks[:, 0])))
    apart = minimum_filter1d(apart, max(3, size | 1))
    at = np.interp(when, clocks[:, 0], apart)
    place = (when - at - told["began"]) * rate
    samples = np.interp(np.mod(place, len(sound)), np.arange(len(sound)), sound).astype(np.float32)
    steps = np.abs(np.diff(apart))
    stops = clocks[1:, 0][steps > HOLE]
    stops = stops[(stops > start) & (stops < when[-1])]
    known = np.ones(len(when), bool)
    for stop in stops:
        known[np.abs(when - stop) < 1.0] = False
    print(f"microphone's clock stopped {len(stops)} times; {known.mean():.0%} of what it gave counts", flush=True)
    return Heard(start, rate, np.where(place >= 0, samples, 0.0).astype(np.float32), known)


def delays(page: LivePage, seconds: float, keep: Path | None) -> bool:
    """Prints how late dry sound and pebble's come; whether the limit is kept."""
    print(f"says      {page.words.text_content()}")
    came, dry = page.play(0.0, seconds)
    late, well = fits(came, dry)
    sure = late[well > 0.8]
    middle = float(np.median(sure)) if len(sure) else float("nan")
    print(f"dry       {1000 * middle:.1f} ms, {1000 * np.ptp(sure) if len(sure) else 0:.2f} ms from least to most; fits"
          f" by {np.median(well):.3f}, surely in {len(sure)} of {len(late)} seconds", flush=True)  # fmt: skip
    came, wet = page.play(1.0, seconds)
    sounds, answers = beginnings(came), beginnings(wet)
    sounds = sounds[(sounds > wet.start) & (sounds < wet.start + len(wet.samples) / wet.rate - 2 * LONGEST)]
    sounds = np.array([at for at in sounds if came.whole(at)])
    first = np.array([np.min(answers[answers > at], initial=np.inf) - at for at in sounds])
    found = first[first < LONGEST]
    if len(found):
        print(f"pebble    median {1000 * np.median(found):.0f} ms, p95 {1000 * np.percentile(found, 95):.0f} ms, most"
              f" {1000 * found.max():.0f} ms; {len(found)} of {len(sounds)} sounds answered", flush=True)  # fmt: skip
    else:
        print(f"pebble    none of {len(sounds)} sounds answered; {len(answers)} began in what was heard", flush=True)
    if keep:
        parts = [came.at(RATE, wet.start, seconds), wet.at(RATE, wet.start, seconds)]
        for name, sound in zip(("entered", "heard"), parts, strict=True):
            soundfile.write(keep / f"{name}.wav", sound, RATE)
        spectrograms(keep / "live.png", parts)
        soundfile.write(keep / "dry.wav", dry.at(RATE, dry.start, seconds), RATE)
    good = bool(len(found)) and float(np.median(found)) <= LIMIT and len(found) >= ANSWERED * len(sounds)
    print(f"limit {1000 * LIMIT:.0f} ms: {'PASS' if good else 'MISSED'}", flush=True)
    return good


def hears_itself(browser: Browser, server: LabServer, file: Path) -> bool:
    """Whether the panel notices it, and turns the microphone off."""
    page = LivePage(browser.new_page(), server)
    voice = subprocess.Popen(["paplay", str(file)])  # somebody else in the room, without whom there is nothing to hear
    began = time.monotonic()
    try:
        page.page.get_by_text("The microphone hears the loudspeaker").wait_for(timeout=30_000)
    except TimeoutError:
        print(f"feedback  not noticed within 30 s: {page.words.text_content()!r}")
        return False
    finally:
        voice.terminate()
        voice.wait()
    print(f"feedback  noticed after {time.monotonic() - began:.1f} s")
    return True


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0, help="of each part")
    parser.add_argument("--keep", type=Path, help="a folder for what entered and what was heard")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "microphone.wav"
        material(file)
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
        with a_lab() as (browser, server):
            try:
                good = delays(LivePage(browser.new_page(), server, file), options.seconds, options.keep)
            except RuntimeError as error:  # such as a page that is too slow, on a machine that does other work
                good = False
                print(f"MISSED: {error}; load average {os.getloadavg()[0]:.1f}", flush=True)
        if missing_packages():
            print(f"feedback  not tried: it needs a sound server: apt-get install {missing_packages()}")
            return 1
        flags = [flag for flag in CHROMIUM_FLAGS if "mute" not in flag and "fake-device" not in flag]
        with pulse_server() as pulse:
            # Chromium offers no monitor as a microphone
            for line in (
                "load-module module-remap-source source_name=room master=ci.monitor",
                "set-default-source room",
            ):
                subprocess.run(["pactl", *line.split()], env=pulse.environment, check=True, stdout=subprocess.DEVNULL)
            with a_lab(flags, ["--mute-audio"]) as (browser, server):
                good &= hears_itself(browser, server, file)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
