"""A notebook whose page sounds: opened, turned on, and listened to at the worklet and at the loudspeakers."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.browser.lab import LabPage

# Everywhere loud, and another sound everywhere: latent 1 of the bundled codec is loudness.
SETUP = """
import torch
from terrain_widgets.audio.hosts.starting import start_host
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.widgets.sound.sound_panel import SoundPanel

torch.set_num_threads(1)
terrain = Terrain(2, 8)
with torch.no_grad():
    terrain.fc_out.weight[1] = 0.0
    terrain.fc_out.bias[:] = torch.tensor([0.3, 1.0, 0, 0, 0, 0, 0, 0])
host = start_host(load_codec(), terrain)
sink = SoundPanel(lead_seconds={lead})
sink.attach(host)
"""
# A gesture that does not come from the page, so that a busy kernel does not stop it.
WANDER = """
import math, threading, time

centre, reach = (0.0, 0.0), 0.8

def wander(moving):
    while moving.is_set():
        angle = 2 * time.monotonic()
        host.move((centre[0] + reach * math.cos(angle), centre[1] + reach * math.sin(1.3 * angle)), True)
        time.sleep(1 / 60)

moving = threading.Event()

def hand():
    moving.set()
    threading.Thread(target=wander, args=(moving,), daemon=True).start()
"""
# The whole studio, trained; the hand stays around a loud place, as a terrain of real sounds has silent ones, too.
STUDIO = f"""
import terrain_widgets as tw
studio = tw.Studio()
session = studio.session
session.encode(wait=True); session.arrange(); session.train(seconds=4, wait=True)
studio.play.outputs.choose("stream")
host, sink = session.sound.start(), studio.play.sink
{WANDER}
places = session.training.dataset.coordinates
centre, reach = places[int(session.stage.sources.shown(places)[:, 1].argmax())], 0.03
"""
TRAINING = "session.train(seconds={seconds}, wait=True)"
WAIT_READY = """
end = time.monotonic() + 40
while not host.status().ready and time.monotonic() < end: time.sleep(0.05)
assert host.status().ready, host.status()
hand()
"""
PYTHON_LOOP = """
import time
end, k = time.monotonic() + {seconds}, 0
while time.monotonic() < end:
    k = (k * 31 + 7) % 1000003
"""

# Every report of the page's worklet, taken from its port: none waits for the kernel or is lost with the page's own.
_REPORTS = """
window.__reports = []; window.__sinks = 0;
if (window.AudioWorkletNode) {
  const Node = window.AudioWorkletNode;
  window.AudioWorkletNode = class extends Node {
    constructor(context, name, options) {
      super(context, name, options);
      if (name !== "terrain-sink") return;
      window.__sinks += 1;
      this.port.addEventListener("message", ({ data }) => window.__reports.push(
        { ...data, output: context.outputLatency + context.baseLatency, at: performance.now() / 1000,
          behind: performance.now() / 1000 - context.currentTime }));
    }
  };
}
"""
_START_CODE = """([path, code]) => {
    const panel = [...window.jupyterapp.shell.widgets('main')].find(w => w.context?.path === path);
    window.busy = true;
    panel.sessionContext.session.kernel.requestExecute({ code }).done.then(() => { window.busy = false; });
}"""


# How often a chart of losses and a picture of the explorer change in the page.
_WATCH_PICTURES = """() => {
    const seen = window.__seen = { chart: 0, picture: 0 };
    const sources = () => (window.Bokeh?.documents ?? []).flatMap(d => [...d._all_models.values()])
        .filter(m => m.type === 'ColumnDataSource');
    // Listening, not looking: the page has little time to spare.
    for (const source of sources()) {
        const data = source.data instanceof Map ? source.data : new Map(Object.entries(source.data));
        const kind = data.has('loss') ? 'chart' : data.get('image')?.[0]?.length > 1 ? 'picture' : '';
        if (kind) source.properties.data.change.connect(() => { seen[kind] += 1; });
    }
}"""

_SETTLE_SECONDS = 2.5


@dataclass(frozen=True)
class Listening:
    """What was heard in a stretch of time.

    Args:
        seconds: Sound recorded before the loudspeakers.
        underruns: Of the worklet, in this stretch.
        gap_ms: Longest run of silence among the samples that reached the loudspeakers.
        lowest_ms: Least sound that the worklet held.
        latency_ms: Smallest and largest latency from the kernel's sending to the ear (how long ago the worklet's next
            sample was sent, and the output), medians of one second each.
        busy: Whether what ``start_code`` started still ran at the end.
        stood_ms: How long the browser's audio clock stood still in all. A sound card's never does; that of a Chromium
            without one does when its machine has no time for it, and what is sent meanwhile is that much later heard.
        charts: How often a second the loss chart changed, if it was watched.
        pictures: How often a second pictures of the explorer changed.
    """

    seconds: float
    underruns: int
    gap_ms: float
    lowest_ms: float
    latency_ms: tuple[float, float]
    busy: bool = False
    stood_ms: float = 0.0
    charts: float = 0.0
    pictures: float = 0.0

    @property
    def latency_span_ms(self) -> float:
        """How unsteady the latency is."""
        return self.latency_ms[1] - self.latency_ms[0]


def longest_gap(audio: NDArray[np.float32]) -> int:
    """Samples of the longest silence in ``[A, S]``."""
    sounding = np.flatnonzero(np.abs(audio).max(axis=0) > 1e-7)
    edges = np.concatenate([[-1], sounding, [audio.shape[1]]])
    return int(np.diff(edges).max() - 1)


class SoundPage:
    """The panel of a ``SoundPanel`` in a notebook: ``host`` and ``sink`` in the kernel.

    Args:
        lab: A fresh page.
        lead: The sink's ``lead_seconds``.
        views: How often the panel is shown.
        kernel: Kernelspec.
        cells: Other cells that make ``host``, ``sink`` and ``hand`` and show the panel.
    """

    def __init__(
        self,
        lab: LabPage,
        lead: float = 0.3,
        views: int = 1,
        kernel: str = "python3",
        cells: Sequence[str] | None = None,
    ) -> None:
        self.lab, self.page = lab, lab.page
        self.watch(lab)
        self.kernel = kernel
        self._cells = cells or [SETUP.replace("{lead}", str(lead)) + WANDER, *["sink"] * views]

    @staticmethod
    def watch(lab: LabPage) -> None:
        """Keep the reports of this page's worklets."""
        lab.page.add_init_script(_REPORTS)

    def open(self) -> None:
        """Open the notebook, run it and show the panel."""
        self.lab.open(self._cells, kernel=self.kernel)
        self.lab.run_all()
        self.page.get_by_role("button", name="Turn sound on").first.wait_for()

    def play(self) -> None:
        """Turn the sound on by a click, move a hand, and wait until it is heard."""
        self.page.get_by_role("button", name="Turn sound on").first.click()
        self.page.get_by_role("button", name="Sound off").first.wait_for()
        self.lab.run_code(WAIT_READY)
        self.wait_for("r.state === 'playing' && r.peak > 0.001")

    def wait_for(self, condition: str, seconds: float = 30.0) -> None:
        """Wait until this holds of the worklet's newest report ``r``."""
        script = f"() => {{ const r = window.__reports.at(-1); return Boolean(r && {condition}); }}"
        self.page.wait_for_function(script, timeout=seconds * 1000)

    def start_code(self, code: str) -> None:
        """Run code in the kernel without waiting for its end; ``window.busy`` says whether it still runs."""
        self.page.evaluate(_START_CODE, [self.lab._path, code])

    def wait_done(self, seconds: float) -> None:
        """Wait for the end of what ``start_code`` started."""
        self.page.wait_for_function("() => !window.busy", timeout=seconds * 1000)

    def reports(self) -> list[dict[str, Any]]:
        """The worklet's reports since the last call."""
        return list(self.page.evaluate("() => window.__reports.splice(0)"))

    def status(self, expression: str = "vars(sink.status())") -> Any:
        """A value of the kernel's."""
        return json.loads(self.lab.run_code(f"import json; print(json.dumps({expression}, default=str))"))

    def listen(self, seconds: float) -> Listening:
        """Listen for so long, beginning soon, and say what was heard."""
        self.lab.heard()
        # Fetching what was recorded before holds the page up for some 0.2 s, 0.5 s for half a minute of sound: that
        # is the listener's doing.
        time.sleep(_SETTLE_SECONDS)
        underruns = int(self.page.evaluate("() => window.__reports.at(-1)?.underruns ?? 0"))
        self.reports()
        before, began = self._pictures(), time.monotonic()
        time.sleep(seconds)
        busy = bool(self.page.evaluate("window.busy"))
        charts, pictures = (np.array(self._pictures()) - before) / (time.monotonic() - began)
        return replace(self.heard(underruns, seconds), busy=busy, charts=float(charts), pictures=float(pictures))

    def watch_pictures(self) -> None:
        """From now on count changes of charts and pictures."""
        self.page.evaluate(_WATCH_PICTURES)

    def _pictures(self) -> tuple[int, int]:
        seen = self.page.evaluate("() => window.__seen ?? { chart: 0, picture: 0 }")
        return int(seen["chart"]), int(seen["picture"])

    def heard(self, underruns: int = 0, last: float = 1e6) -> Listening:
        """What was heard since ``reports`` was last called.

        Args:
            underruns: The worklet's count at that time.
            last: Seconds of it to look at, from the first report on; of the recording, which began earlier, as many at
                its end, or all since ``LabPage.heard`` was last called if it is shorter.
        """
        reports = self.reports()
        # Fetching all this holds the page and the machine up: that is the listener's doing, and no longer listened to.
        reports = [r for r in reports if r["at"] <= reports[0]["at"] + last]
        rate, audio = self.lab.heard()
        audio = audio[:, -int(min(last * rate, audio.shape[1])) :]
        playing = [r for r in reports if r.get("age") is not None]
        ages = np.array([r["at"] - playing[0]["at"] for r in playing])
        late = np.array([1000 * (r["age"] + r["output"]) for r in playing])
        seconds = ages.astype(int)
        medians = [float(np.median(late[seconds == second])) for second in np.unique(seconds)]
        behind = np.array([1000 * r["behind"] for r in playing])
        return Listening(
            seconds=audio.shape[1] / rate,
            underruns=int(reports[-1]["underruns"]) - underruns,
            gap_ms=1000 * longest_gap(audio) / rate,
            lowest_ms=min(1000 * r["lowest"] / r["rate"] for r in reports),
            latency_ms=(min(medians), max(medians)),
            stood_ms=float(np.median(behind[seconds == seconds[-1]]) - np.median(behind[seconds == 0])),
        )
