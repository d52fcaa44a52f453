"""The page's end of the sound in a page of its own: no Jupyter, a model whose values a test sets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route

from terrain_widgets.widgets.base.static import static_text
from terrain_widgets.widgets.sound.sound_panel import SoundPanel

ADDRESS = "http://localhost:9/"  # nobody listens there: the test answers; the name makes it a secure context
RATE = 48000

RECORDER = """
registerProcessor("recorder", class extends AudioWorkletProcessor {
  process([input], [output]) {
    if (input[0]) { output[0].set(input[0]); this.port.postMessage(input[0].slice()); }
    return true;
  }
});
"""

PAGE = """<!doctype html><body></body><script type="module">
window.recorded = []; window.reports = [];
window.connect = async (rate) => {
  const context = new AudioContext({sampleRate: rate});
  for (const name of ["/sink_worklet.js", "/recorder.js"]) {  // as blobs: Playwright answers no worklet's request
    const text = await (await fetch(name)).text();
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([text], {type: "text/javascript"})));
  }
  const sink = window.sink = new AudioWorkletNode(context, "terrain-sink",
    {numberOfInputs: 0, outputChannelCount: [1]});
  const recorder = new AudioWorkletNode(context, "recorder", {outputChannelCount: [1]});
  recorder.port.onmessage = (event) => recorded.push(...event.data);
  sink.port.onmessage = (event) => reports.push(event.data);
  sink.connect(recorder).connect(context.destination);
  await context.resume();
};
const next = {};
window.tell = (message) => sink.port.postMessage(message);
window.pcm = (stream, samples, block) => {
  for (let at = 0; at < samples.length; at += block) {
    const part = new Float32Array(samples.slice(at, at + block));
    const seq = next[stream] || 0;
    next[stream] = seq + 1;
    sink.port.postMessage({type: "pcm", stream, seq, samples: part}, [part.buffer]);
  }
};
window.play = async (state) => {
  const {default: factory} = await import("/browser_sink.js");
  const worklet = await (await fetch("/sink_worklet.js")).text();
  window.sent = []; const listeners = {};
  window.values = {_worklet: worklet, rate: 48000, channels: 1, volume_db: -18, lead_seconds: 0.1, sound_on: false,
    status_text: "", output: "stream", outputs: [{id: "stream", label: "This page"}], output_line: "", levels: {},
    page_host: "", page_line: "", key: "", ...state};
  window.model = {
    get: (name) => values[name],
    set: (name, value) => { values[name] = value; (listeners["change:" + name] || []).forEach((f) => f()); },
    save_changes() {}, send: (message) => sent.push(message),
    on: (name, f) => { (listeners[name] = listeners[name] || []).push(f); }, off() {},
  };
  window.deliver = (message, samples) => {
    const odd = new Uint8Array(4 * (samples || []).length + 3);  // an unaligned view, as from a real comm
    odd.set(new Uint8Array(new Float32Array(samples || []).buffer), 3);
    const buffers = samples ? [new DataView(odd.buffer, 3)] : [];
    listeners["msg:custom"].forEach((f) => f(message, buffers));
  };
  const widget = await factory();
  const controller = window.controller = new AbortController();
  await widget.initialize({model, signal: controller.signal});
  for (const id of ["one", "two"]) {
    const el = document.createElement("div"); el.id = id; document.body.append(el);
    widget.render({model, el});
  }
};
window.ready = true;
</script>"""


@pytest.fixture(name="page")
def sink_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    context.set_default_timeout(20_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    served = {
        "": (PAGE, "text/html"),
        "recorder.js": (RECORDER, "text/javascript"),
        "browser_sink.js": (static_text("browser_sink.js"), "text/javascript"),
        "sink_worklet.js": (SoundPanel()._worklet, "text/javascript"),
    }

    def answer(route: Route) -> None:
        body, kind = served.get(route.request.url.removeprefix(ADDRESS), ("", "text/plain"))
        route.fulfill(body=body, content_type=kind)

    page.route(ADDRESS + "**", answer)
    page.goto(ADDRESS)
    page.wait_for_function("window.ready")
    yield page
    context.close()
    assert not errors


def recorded(page: Page) -> np.ndarray:
    return np.array(json.loads(page.evaluate("JSON.stringify(recorded)")), np.float32)


def last(page: Page) -> dict[str, Any]:
    page.evaluate("reports.length = 0")
    page.wait_for_function("reports.length > 0")
    return dict(page.evaluate("reports.at(-1)"))


def tone(seconds: float) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)


def send(page: Page, stream: int, samples: np.ndarray, block: int = 1024) -> None:
    page.evaluate(f"(samples) => pcm({stream}, samples, {block})", np.float32(samples).tolist())
