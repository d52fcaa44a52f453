"""The page's end of the sound in a real browser, with no Jupyter around it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route

from terrain_widgets.widgets.browser_sink import BrowserSink
from tests.browser.lab import LabPage
from tests.browser.studio_page import REAL_TIME

pytestmark = pytest.mark.browser

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
    status_text: "", output: "page", outputs: [{id: "page", label: "This page"}], output_line: "", levels: {},
    page_host: "", ...state};
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


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    context.set_default_timeout(20_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    served = {
        "": (PAGE, "text/html"),
        "recorder.js": (RECORDER, "text/javascript"),
        "browser_sink.js": (BrowserSink._esm, "text/javascript"),
        "sink_worklet.js": (BrowserSink()._worklet, "text/javascript"),
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


SMOOTHEST_JUMP = 0.5 * 2 * np.pi * 440 / RATE + 0.5 / 90  # the tone's own, and a panic's fade of 96 samples


def test_what_is_sent_is_played(page: Page) -> None:
    page.evaluate(f"connect({RATE})")
    noise = np.random.default_rng(0).uniform(-0.9, 0.9, 30_001).astype(np.float32)
    page.evaluate("tell({type: 'start', stream: 7, rate: 48000, channels: 1, lead: 0.1})")
    send(page, 6, np.ones(5000))  # of an earlier stream
    send(page, 7, np.concatenate([np.zeros(4800), noise]), 999)
    page.evaluate("tell({type: 'idle', stream: 7})")
    page.wait_for_function("reports.length && reports.at(-1).played >= 34801")
    report = last(page)
    assert report["played"] == report["received"] == 34801 and report["level"] == 0
    assert report["underruns"] == 0 and report["lost"] == 0 and report["state"] == "idle"
    sound = recorded(page)
    first = int(np.argmax(sound != 0))
    length = len(noise) - 400  # the end fades
    np.testing.assert_array_equal(sound[first : first + length], noise[:length])


def test_running_dry_and_coming_back_do_not_click(page: Page) -> None:
    page.evaluate(f"connect({RATE})")
    page.evaluate("tell({type: 'start', stream: 1, rate: 48000, channels: 1, lead: 0.1})")
    send(page, 1, tone(0.3))
    page.wait_for_function("reports.some((r) => r.underruns === 1)")
    send(page, 1, tone(0.05))
    time.sleep(0.3)
    assert last(page)["state"] == "waiting"  # half a lead is not enough
    send(page, 1, tone(0.5))
    page.wait_for_function("reports.some((r) => r.underruns === 2)")
    report = last(page)
    assert report["played"] == report["received"] == round(0.85 * RATE) and report["stalled"] > 0.1
    sound = recorded(page)
    assert np.abs(sound).max() > 0.49
    assert np.abs(np.diff(sound)).max() < SMOOTHEST_JUMP


def test_panic_mutes_until_a_new_stream(page: Page) -> None:
    page.evaluate(f"connect({RATE})")
    page.evaluate("tell({type: 'start', stream: 1, rate: 48000, channels: 1, lead: 0.1})")
    send(page, 1, tone(2.0))
    page.wait_for_function("reports.some((r) => r.peak > 0.4)")
    page.evaluate("tell({type: 'panic'})")
    page.wait_for_function("reports.at(-1).state === 'muted'")
    send(page, 1, tone(0.5))
    time.sleep(0.3)
    report = last(page)
    assert report["state"] == "muted" and report["peak"] == 0 and report["underruns"] == 0
    sound = recorded(page)
    assert not sound[-4800:].any() and np.abs(np.diff(sound)).max() < SMOOTHEST_JUMP
    page.evaluate("tell({type: 'start', stream: 2, rate: 48000, channels: 1, lead: 0.1})")
    send(page, 2, tone(0.5))
    page.wait_for_function("reports.some((r) => r.stream === 2 && r.peak > 0.4)")


def test_the_panel(page: Page) -> None:
    page.evaluate("play({})")
    one, two = page.locator("#one"), page.locator("#two")
    power = one.get_by_role("button", name="Turn sound on")
    assert power.get_attribute("aria-pressed") == "false"
    assert one.get_by_role("status").text_content() == "Sound is off."
    power.click()
    page.wait_for_function("values.sound_on")
    assert two.get_by_role("button", name="Sound off").get_attribute("aria-pressed") == "true"
    page.evaluate("deliver({type: 'start', stream: 3, rate: 48000, channels: 1, lead: 0.1, engine_seconds: 0.05})")
    page.evaluate("(samples) => deliver({type: 'pcm', stream: 3, seq: 0}, samples)", np.float32(tone(3.0)).tolist())
    page.wait_for_function("sent.some((m) => m.type === 'report' && m.stream === 3 && m.peak > 0.4)")
    report = page.evaluate("sent.at(-1)")
    assert {"level", "received", "played", "underruns", "rms", "peak", "output_latency", "state"} <= set(report)
    page.wait_for_function("document.querySelector('#one [role=status]').textContent === 'Playing.'")
    assert (one.locator(".terrain-sink-latency").text_content() or "").startswith("latency ")
    page.wait_for_function("document.querySelector('#one [role=meter]').getAttribute('aria-valuenow') > -12")
    one.get_by_role("slider").fill("-30")
    assert page.evaluate("values.volume_db") == -30
    page.keyboard.press("Escape")
    page.wait_for_function("sent.some((m) => m.type === 'panic')")
    page.wait_for_function("document.querySelector('#two [role=status]').textContent.startsWith('Panic: silent')")
    page.evaluate("values.status_text = '<b>told</b>'; model.set('status_text', values.status_text)")
    assert one.locator(".terrain-sink-said").text_content() == "<b>told</b>"
    two.get_by_role("button", name="Sound off").click()
    page.wait_for_function("!values.sound_on")
    count = page.evaluate("sent.length")
    time.sleep(0.3)
    assert page.evaluate("sent.length") == count


def test_what_comes_in_a_heap_is_skipped(page: Page) -> None:
    page.evaluate(f"connect({RATE})")
    page.evaluate("tell({type: 'start', stream: 1, rate: 48000, channels: 1, lead: 0.2, spare: 0.25})")
    page.evaluate(
        """async (samples) => {
            pcm(1, samples.slice(0, 19200), 1024);
            await new Promise((done) => setTimeout(done, 100));
            pcm(1, samples.slice(19200), 1024);
        }""",
        np.float32(tone(2.4)).tolist(),
    )
    page.wait_for_function("reports.some((r) => r.underruns === 1)")
    reports = page.evaluate("reports")
    report = reports[-1]
    assert 1 <= report["skips"] <= 4 and report["lost"] == 0 and report["received"] == round(2.4 * RATE)
    assert 0.25 * RATE < report["played"] < 0.9 * RATE  # what came before the heap, and the lead after it
    assert max(r["level"] for r in reports) <= 0.45 * RATE and max(r["mean"] for r in reports) <= 0.45 * RATE
    sound = recorded(page)
    assert np.abs(np.diff(sound)).max() < SMOOTHEST_JUMP


@pytest.mark.parametrize("rate", [44100, 22050, 96000])
def test_a_context_of_another_rate_is_resampled_for(page: Page, rate: int) -> None:
    page.evaluate(f"connect({RATE})")
    page.evaluate(f"tell({{type: 'start', stream: 1, rate: {rate}, channels: 1, lead: 0.1}})")
    frequency, seconds = 997.0, 1.5
    sine = 0.5 * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)
    send(page, 1, sine)
    page.evaluate("tell({type: 'idle', stream: 1})")
    page.wait_for_function(f"reports.length && reports.at(-1).played >= {len(sine) - 100}")
    report = last(page)
    assert report["rate"] == rate and report["received"] == len(sine) and report["underruns"] == 0
    assert report["level"] < 64 and report["lost"] == 0
    sound = recorded(page).astype(np.float64)
    start = int(np.argmax(np.abs(sound) > 1e-4)) + 1000
    part = sound[start : start + RATE]
    time_s = np.arange(len(part)) / RATE
    basis = np.stack([np.sin(2 * np.pi * frequency * time_s), np.cos(2 * np.pi * frequency * time_s)], axis=1)
    weights, *_ = np.linalg.lstsq(basis, part, rcond=None)
    noise = part - basis @ weights
    snr = 10 * np.log10(np.mean((basis @ weights) ** 2) / np.mean(noise**2))
    print(f"{rate} Hz in a context of {RATE} Hz: {snr:.1f} dB")
    assert abs(np.hypot(*weights) - 0.5) < 0.001 and snr > 70


@pytest.mark.parametrize("refusal", ["throws", "ignores"])
def test_a_browser_that_refuses_the_rate_plays_all_the_same(page: Page, refusal: str) -> None:
    page.evaluate(
        """(refusal) => {
            const Own = window.AudioContext;
            window.AudioContext = class extends Own {
                constructor(options = {}) {
                    if (options.sampleRate && refusal === "throws") {
                        throw new DOMException("no such rate", "NotSupportedError");
                    }
                    super({ latencyHint: options.latencyHint, sampleRate: 32000 });
                }
            };
        }""",
        refusal,
    )
    page.evaluate("play({rate: 44100})")
    page.locator("#one").get_by_role("button", name="Turn sound on").click()
    page.wait_for_function("values.sound_on")
    page.evaluate("deliver({type: 'start', stream: 1, rate: 44100, channels: 1, lead: 0.1})")
    page.evaluate("(s) => deliver({type: 'pcm', stream: 1, seq: 0}, s)", np.float32(tone(1.0)).tolist())
    page.wait_for_function("sent.some((m) => m.type === 'report' && m.peak > 0.4)")
    assert page.evaluate("sent.at(-1).rate") == 44100
    assert "lead " in (page.locator("#one .terrain-sink-latency").text_content() or "")


def test_channels_that_change_and_a_reload(page: Page) -> None:
    page.evaluate("play({sound_on: true})")
    assert page.evaluate("values.sound_on") is False
    text = "The page was reloaded: turn the sound on again."
    assert page.locator("#one").get_by_role("status").text_content() == text
    page.locator("#one").get_by_role("button", name="Turn sound on").click()
    page.wait_for_function("values.sound_on")
    page.evaluate("deliver({type: 'start', stream: 4, rate: 22050, channels: 2, lead: 0.1})")
    page.evaluate("(s) => deliver({type: 'pcm', stream: 4, seq: 0}, s)", np.float32(tone(1.0)).tolist())
    page.wait_for_function("sent.some((m) => m.type === 'report' && m.stream === 4 && m.played > 0)")
    assert page.evaluate("sent.at(-1).received") == RATE // 2
    page.evaluate("controller.abort()")


DEVICE = """{output: "device:one", sound_on: false, outputs: [
    {id: "page", label: "This page"}, {id: "device:one", label: "<img src=x onerror=window.hacked=1>"}]}"""


def test_the_panel_of_a_device(page: Page) -> None:
    page.evaluate(
        """() => {
            window.contexts = 0;
            const Own = window.AudioContext;
            window.AudioContext = class extends Own { constructor(o) { super(o); contexts += 1; } };
        }"""
    )
    page.evaluate(f"play({DEVICE})")
    assert page.evaluate("values.page_host") == "localhost"
    one = page.locator("#one")
    select = one.get_by_role("combobox", name="Output")
    assert select.input_value() == "device:one"
    assert select.locator("option").nth(1).text_content() == "<img src=x onerror=window.hacked=1>"
    one.get_by_role("button", name="Turn sound on").click()
    page.wait_for_function("values.sound_on")
    assert one.get_by_role("status").text_content() == "Sound is on." and page.evaluate("contexts") == 0
    page.evaluate("""model.set("levels", {peak_db: -2, rms_db: -11.6, limiter_db: 3.4, load: 0.126, xruns: 3,
        nan_count: 5, latency: [["gesture", 16.4], ["block", 46.4], ["device", 20.4]]})""")
    assert one.get_by_role("meter").get_attribute("aria-valuetext") == "−12 dB"
    assert one.get_by_label("Limiter: limiting −3 dB").text_content() == "limiting −3 dB"
    numbers = [one.locator(".terrain-sink-latency"), *one.locator(".terrain-sink-numbers span").all()]
    page.wait_for_timeout(500)
    page.evaluate("model.set('levels', {...values.levels})")
    assert [n.text_content() for n in numbers] == [
        "latency 82 ms = gesture 16 + block 46 + device 20", "3 xruns", "decode load 13 %", "5 NaN muted"
    ]  # fmt: skip
    assert all(n.get_attribute("title") for n in numbers)
    page.keyboard.press("Escape")
    assert page.evaluate("sent") == [{"type": "panic"}]
    page.wait_for_function("document.querySelector('#two [role=status]').textContent.startsWith('Panic: silent')")
    page.wait_for_function("document.querySelector('#one [role=meter]').getAttribute('aria-valuetext') === 'silence'")
    select.select_option("page")
    page.wait_for_function("values.output === 'page'")
    assert page.evaluate("[values.sound_on, contexts]") == [True, 1]
    page.evaluate("deliver({type: 'start', stream: 1, rate: 48000, channels: 1, lead: 0.1})")
    page.evaluate("(s) => deliver({type: 'pcm', stream: 1, seq: 0}, s)", np.float32(tone(1.0)).tolist())
    page.wait_for_function("sent.some((m) => m.type === 'report' && m.peak > 0.4)")
    select.select_option("device:one")
    page.wait_for_function("values.output === 'device:one'")
    assert page.evaluate("values.sound_on") is True
    assert one.get_by_role("status").text_content() == "Sound is on."
    assert page.evaluate("window.hacked") is None
    page.evaluate("model.set('outputs', values.outputs.slice(0, 1))")
    assert not select.is_visible()


def test_silent_or_hidden_is_told(page: Page) -> None:
    page.evaluate("play({})")
    page.locator("#one").get_by_role("button", name="Turn sound on").click()
    page.wait_for_function("values.sound_on")
    page.evaluate("deliver({type: 'start', stream: 1, rate: 48000, channels: 1, lead: 0.1})")
    page.wait_for_function("sent.some((m) => m.type === 'report')")
    page.locator("#one").get_by_role("slider").fill("-60")
    page.evaluate("sent.length = 0")
    page.wait_for_function("sent.length > 2")
    assert page.evaluate("sent.some((m) => m.muted || m.hidden)") is False
    page.evaluate("const real = performance.now.bind(performance); performance.now = () => real() + 11000")
    page.wait_for_function("sent.at(-1).muted === true")
    page.evaluate("values.volume_db = -20; sent.length = 0; model.set('volume_db', -20)")
    assert page.evaluate("sent[0].muted") is False  # at once, not with the next report
    page.evaluate("""Object.defineProperty(document, "hidden", {get: () => true}); sent.length = 0;
        document.dispatchEvent(new Event("visibilitychange"))""")
    assert page.evaluate("sent[0].hidden") is True


def test_the_way_to_the_kernel_and_back_is_a_part_of_the_latency(page: Page) -> None:
    page.evaluate("play({})")
    page.locator("#one").get_by_role("button", name="Turn sound on").click()
    page.wait_for_function("values.sound_on")
    page.evaluate("deliver({type: 'start', stream: 1, rate: 48000, channels: 1, lead: 0.1})")
    samples = np.float32(tone(2.0)).tolist()
    page.evaluate("(s) => deliver({type: 'pcm', stream: 1, seq: 0, echo: [performance.now() - 90, 0.03]}, s)", samples)
    page.locator("#one .terrain-sink-latency").filter(has_text=re.compile(r"network 6\d \+")).wait_for()
    page.evaluate("deliver({type: 'pcm', stream: 1, seq: 1, echo: [performance.now() - 9000, 0]}, [0, 0])")  # a cell
    page.wait_for_function("sent.at(-1).network > 0.055 && sent.at(-1).network < 0.07")


NOTEBOOK = """
import numpy as np
from terrain_widgets.audio.starting import start_host
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.core.mapping import ConstantMapping
from terrain_widgets.widgets.browser_sink import BrowserSink

mapping = ConstantMapping(2, np.array([0.3, 1, 0, 0, 0, 0, 0, 0], np.float32))
host = start_host(load_codec(), mapping)
sink = BrowserSink()
sink.attach(host)
sink
"""

BUSY = """
import time
end, k = time.monotonic() + 3.0, 0
while time.monotonic() < end:
    k = (k * 31 + 7) % 1000003
"""


@REAL_TIME
def test_a_notebook_is_heard_while_its_kernel_is_busy(lab_page: LabPage) -> None:
    lab_page.open([NOTEBOOK])
    lab_page.run_all()
    lab_page.page.get_by_role("button", name="Turn sound on").click()
    state = lab_page.page.locator(".terrain-sink-state")
    state.filter(has_text="Ready, nothing to hear.").wait_for()
    lab_page.run_code("import time\nwhile not host.status().ready: time.sleep(0.05)\nhost.move((0, 0), gate=True)")
    state.filter(has_text="Playing.").wait_for()
    lab_page.screenshot("browser-sink")
    lab_page.run_code(BUSY)
    print(lab_page.run_code("print(sink.remote.status(), host.status())"))
    rate, sound = lab_page.heard()
    assert rate == 44100 and np.abs(sound[0, -rate:]).max() > 1e-3
    lab_page.page.keyboard.press("Escape")
    state.filter(has_text="Panic: silent until the next touch.").wait_for()
    lab_page.page.get_by_role("button", name="Sound off").click()
    lab_page.run_code("import time\nwhile sink.remote.status().running: time.sleep(0.05)\nsink.close(); host.close()")
    assert lab_page.errors == []
