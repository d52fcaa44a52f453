"""The page's engine in a page of its own: no Jupyter, a take played through messages as a page sends them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page
from safetensors.numpy import load

from terrain_widgets.codecs.pebble.codec import bundled_weights
from terrain_widgets.widgets.base.static import static_text
from tests.golden.golden_file import FOLDER

RATIO, RATE, QUANTUM = 1024, 44100, 128

PAGE = """<!doctype html><meta charset="utf-8"><title>engine</title><body></body><script>
const floats = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
const revived = (message) => {
  for (const array of Object.values(message.arrays ?? {})) array.data = floats(array.data);
  return message;
};
// Frame n of the take is frame n + 1 here: the first one begins the recording. What belongs to a frame is sent while
// the one before sounds, and an answer says that it has arrived.
window.offline = async ({ worklet, weights, events, frames }) => {
  const tensors = Object.fromEntries(Object.entries(weights).map(([name, text]) => [name, {data: floats(text)}]));
  const codec = {metadata: {format: "pebble-2"}, content: tensors};
  const context = new OfflineAudioContext(1, (frames + 1) * 1024, 44100);
  await context.audioWorklet.addModule("data:text/javascript;charset=utf-8," + encodeURIComponent(worklet));
  const node = new AudioWorkletNode(context, "terrain-engine",
    {numberOfInputs: 0, outputChannelCount: [1], processorOptions: {codec}});
  const broken = new Promise((_, fail) => { node.onprocessorerror = () => fail(new Error("the engine has failed")); });
  const told = [], waiting = [];
  node.port.onmessage = ({data}) => data.type === "pong" ? waiting.shift()() : told.push(data);
  const sent = async (messages) => {
    for (const message of messages) node.port.postMessage(revived(message));
    node.port.postMessage({type: "ping"});
    await Promise.race([broken, new Promise((done) => waiting.push(done))]);
  };
  node.connect(context.destination);
  await sent(events[-1]);
  for (let frame = 0; frame < frames; frame++) {
    if (!events[frame]) continue;
    const quantum = frame * 8 + 1;
    context.suspend((quantum - 0.5) * 128 / 44100).then(async () => {
      await sent(events[frame]);
      await context.resume();
    });
  }
  const buffer = await context.startRendering();
  const bytes = new Uint8Array(buffer.getChannelData(0).buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return {sound: btoa(text), faults: told.filter((m) => m.type === "fault" || m.error).map((m) => m.text ?? m.error)};
};
</script>"""


@pytest.fixture(name="page")
def engine_page(browser: Browser) -> Iterator[Page]:
    """A page that can play takes; its address makes it a secure context."""
    context = browser.new_context()
    page = context.new_page()
    page.route("http://localhost:9/", lambda route: route.fulfill(content_type="text/html", body=PAGE))
    page.goto("http://localhost:9/")
    yield page
    context.close()


def _text(array: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array, dtype=np.float32).tobytes()).decode()


def weights() -> dict[str, str]:
    """Pebble's decoder for the page."""
    tensors = load(bundled_weights())
    return {name: _text(array) for name, array in tensors.items() if name.startswith("decoder.")}


def played(page: Page, name: str, folder: Path = FOLDER) -> NDArray[np.float32]:
    """A golden take, played in the page's audio thread."""
    content = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    arrays = load((folder / f"{name}.safetensors").read_bytes())
    places, frames = arrays["coordinates"], content["frames"]

    def update(number: int, entry: dict[str, Any]) -> dict[str, Any]:
        own = {key.partition(":")[2]: array for key, array in arrays.items() if key.startswith(f"{number}:")}
        packed = {key: {"shape": list(array.shape), "data": _text(array)} for key, array in own.items()}
        return {"type": "update", "config": entry, "arrays": packed}

    strokes = {frame: (gate, gain, onset) for frame, gate, gain, onset, _panic, _hand in content["strokes"]}
    changes: dict[int, list[dict[str, Any]]] = {0: [update(0, content["settings"])]}
    for number, entry in enumerate(content["updates"], 1):
        changes.setdefault(entry["frame"], []).append(update(number, entry))
    first_gain = content["strokes"][0][2]
    events: dict[int, list[dict[str, Any]]] = {-1: [{"type": "gain", "gain": first_gain}, {"type": "record"}]}
    gate, gain = 0.0, first_gain
    for frame in range(frames):
        messages = changes.get(frame, [])
        hand = {"type": "hand", "place": places[frame].tolist()}
        onset = False
        if frame in strokes:
            gate, gain, onset = strokes[frame]
        if onset:
            messages = [*messages, {**hand, "down": False}]
        events[frame] = [*messages, {"type": "gain", "gain": gain}, {**hand, "down": gate > 0, "pressure": gate}]
    told = page.evaluate(
        "(given) => offline(given)",
        {"worklet": static_text("engine_worklet.js"), "weights": weights(), "events": events, "frames": frames},
    )
    assert told["faults"] == []
    return np.frombuffer(base64.b64decode(told["sound"]), dtype=np.float32)[RATIO:]
