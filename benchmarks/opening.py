"""How long a studio takes to open in a real JupyterLab: from “Run all cells” until its first button can be pressed.

Run ``python -m benchmarks.opening [--times 3]`` in an environment with what the tests need (``make test-environment``).
Each time a notebook with a studio is opened in a new kernel and run, and then run once more in the same kernel. The
limits are 4 s in a new kernel and 1.5 s in a warm one, of the median; the exit code is 1 if one is missed. What is
sent to the page is printed too.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

import numpy as np
from playwright.sync_api import Browser, WebSocket

from benchmarks.a_lab import a_lab
from tests.browser.lab import LabPage
from tests.browser.lab_server import LabServer

NEW, WARM, TIMES = 4.0, 1.5, 3
CELL = "import terrain_widgets as tw\n\nstudio = tw.Studio()\nstudio"
_RUN = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"


class Opening:
    """One notebook in a new page and a new kernel.

    Args:
        browser: Opens the page.
        server: Where the notebook is.
        name: Of the notebook's file.
    """

    def __init__(self, browser: Browser, server: LabServer, name: str) -> None:
        self._context = browser.new_context(viewport={"width": 1440, "height": 900})
        self.lab = LabPage(self._context.new_page(), server)
        self.bytes = self.messages = 0
        self.lab.page.on("websocket", self._follow)
        self.lab.open([CELL], name=name)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._count)

    def _count(self, frame: str | bytes) -> None:
        self.bytes += len(frame)
        self.messages += 1

    def run(self) -> float:
        """Seconds from the command until the studio of this run can be used."""
        self.bytes = self.messages = 0
        page = self.lab.page
        page.evaluate("() => document.querySelectorAll('.tw-studio').forEach(each => each.classList.add('tw-old'))")
        began = time.monotonic()
        page.evaluate(_RUN)
        page.locator(".tw-studio:not(.tw-old)").get_by_role("button", name="Play it for me").wait_for(timeout=60_000)
        return time.monotonic() - began

    def close(self) -> None:
        """Take the page away."""
        self._context.close()


def measure(browser: Browser, server: LabServer, times: int) -> bool:
    """Print the figures; returns whether the limits are kept."""
    new, warm = [], []
    for k in range(times):
        opening = Opening(browser, server, f"opening{k}.ipynb")
        new.append(opening.run())
        time.sleep(3.0)
        amounts = f"{opening.messages} messages, {opening.bytes / 1e6:.1f} MB to the page"
        warm.append(opening.run())
        print(f"new kernel {new[-1]:.2f} s, again {warm[-1]:.2f} s; {amounts}", flush=True)
        opening.close()
    kept = True
    for name, found, limit in (("new kernel", new, NEW), ("warm kernel", warm, WARM)):
        median = float(np.median(found))
        kept &= median <= limit
        print(f"{name:<12} median {median:.2f} s, limit {limit} s {'PASS' if median <= limit else 'MISSED'}")
    return kept


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=TIMES)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before")
    with a_lab() as (browser, server):
        return 0 if measure(browser, server, options.times) else 1


if __name__ == "__main__":
    sys.exit(main())
