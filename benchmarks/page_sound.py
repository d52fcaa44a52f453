"""How steady the page's sound is in a real JupyterLab: the whole Studio in Chromium, at the default lead.

Run ``python benchmarks/page_sound.py [--seconds 60] [--runs 3] [--lead 0.2]`` in an environment with what the tests
need (``make test-environment``). A hand moves over a trained terrain while the kernel is idle, in a Python loop, or
trains with chart and heatmap live, or a codec is trained beside. Each row is one run, counted from one second after the
first sound: underruns of the page's worklet, the longest silence in what reached the loudspeakers, the least sound that
the worklet held, the least and most latency from the kernel's sending to the ear (medians of a second; the output's
42 ms of a Chromium without a sound card included), and how often a second chart and picture changed in the page.
"scheduler" is the longest that a process beside these was kept from running when it wanted to, "steal" how much of the
processors a virtual machine's host gave to others meanwhile, "stood" how long the browser's audio clock stood still in
all, as no sound card's does: underruns and unsteadiness come with large figures there.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))  # the tests' harness, which is in no wheel

from benchmarks.a_lab import a_lab  # noqa: E402 - found by that path
from tests.browser.lab import LabPage  # noqa: E402
from tests.browser.lab_server import LabServer  # noqa: E402
from tests.browser.sound_page import PYTHON_LOOP, STUDIO, TRAINING, Listening, SoundPage  # noqa: E402

CASES = ("idle", "Python loop", "training", "codec lab")
#: A codec is trained meanwhile, by a process of its own.
CODEC_LAB = """
import tempfile
session.sounds.codec_lab.train(out=tempfile.mkdtemp() + "/mine.safetensors", minutes={seconds} / 60, wait=True)
"""


class Hiccups:
    """Measures how long a process that wants to run has to wait: one of its own, as this one has work to do."""

    def __init__(self) -> None:
        self._worst = multiprocessing.Value("d", 0.0)
        multiprocessing.Process(target=self._run, args=(os.getpid(),), daemon=True).start()

    def start_over(self) -> None:
        """Forget what was."""
        self._worst.value = 0.0

    @property
    def worst(self) -> float:
        """Seconds, the longest since then."""
        return float(self._worst.value)

    def _run(self, parent: int) -> None:
        while os.getppid() == parent:  # a parent that is killed ends no daemon
            began = time.monotonic()
            time.sleep(0.005)
            self._worst.value = max(self._worst.value, time.monotonic() - began - 0.005)


def measure(
    browser: Browser, server: LabServer, lead: float, case: str, seconds: float, hiccups: Hiccups
) -> tuple[Listening, float]:
    """One run on a fresh page and kernel: what was heard, and the share of the processors that others had."""
    context = browser.new_context(viewport={"width": 1500, "height": 1380})
    context.set_default_timeout(120_000)
    sound = SoundPage(LabPage(context.new_page(), server), cells=[STUDIO, "studio"])
    try:
        sound.open()
        if lead != 0.2:
            sound.lab.run_code(f"sink.set_lead({lead})")
        sound.play()
        code = {"idle": "", "Python loop": PYTHON_LOOP, "training": TRAINING, "codec lab": CODEC_LAB}[case]
        if code:
            sound.start_code(code.format(seconds=seconds + 10))
        time.sleep(1.0)
        hiccups.start_over()
        sound.watch_pictures()
        before = psutil.cpu_times()
        heard = sound.listen(seconds)
        if code and not heard.busy:
            raise RuntimeError(f"{case} was over before the listening was")
        return heard, _stolen(before, psutil.cpu_times())
    finally:
        context.close()
        server.shut_down_kernels()


def _stolen(before: Any, after: Any) -> float:
    if not hasattr(after, "steal"):  # only Linux tells
        return 0.0
    return (after.steal - before.steal) / max(1e-6, sum(after) - sum(before))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--lead", type=float, default=0.2, help="seconds of sound kept in the page")
    parser.add_argument("--case", choices=CASES, action="append", help="only these; may be given several times")
    options = parser.parse_args()
    hiccups = Hiccups()
    print(f"{options.seconds:g} s each, lead {options.lead:g} s, {os.cpu_count()} cores")
    print(f"{'kernel':<12} {'underruns':>9} {'gap':>8} {'least held':>11} {'latency':>13} {'span':>7} {'scheduler':>10}"
          f" {'steal':>5} {'stood':>7} {'load':>5} {'chart':>7} {'picture':>8}")  # fmt: skip
    with a_lab() as (browser, server):
        for case in options.case or CASES:
            for _ in range(options.runs):
                heard, stolen = measure(browser, server, options.lead, case, options.seconds, hiccups)
                low, high = heard.latency_ms
                print(f"{case:<12} {heard.underruns:>9} {heard.gap_ms:>5.0f} ms {heard.lowest_ms:>8.0f} ms"
                      f" {low:>4.0f}–{high:<4.0f} ms {high - low:>4.0f} ms {1000 * hiccups.worst:>7.0f} ms"
                      f" {stolen:>5.0%} {heard.stood_ms:>4.0f} ms {os.getloadavg()[0]:>5.1f}"
                      f" {heard.charts:>4.1f} Hz {heard.pictures:>5.1f} Hz", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
