"""The sound's panel in a real browser, with no Jupyter around it."""

from __future__ import annotations

import re
import time

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.sink_page import sink_page, tone
from tests.real_time import ALONE

__all__ = ["sink_page"]
pytestmark = [pytest.mark.browser, *ALONE]


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


DEVICE = """{output: "device:one", sound_on: false, outputs: [
    {id: "stream", label: "This page"}, {id: "device:one", label: "<img src=x onerror=window.hacked=1>"}]}"""


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
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(1270, 700)
    page.keyboard.press("Escape")  # neither the focus nor the pointer is in a view of ours
    assert page.evaluate("sent") == []
    one.get_by_role("button", name="Sound off").focus()
    page.keyboard.down("Escape")
    page.keyboard.down("Escape")  # held, it repeats
    page.keyboard.up("Escape")
    assert page.evaluate("sent") == [{"type": "panic"}]
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Shift+Escape")
    assert page.evaluate("sent") == [{"type": "panic"}] * 2
    page.wait_for_function("document.querySelector('#two [role=status]').textContent.startsWith('Panic: silent')")
    page.wait_for_function("document.querySelector('#one [role=meter]').getAttribute('aria-valuetext') === 'silence'")
    select.select_option("stream")
    page.wait_for_function("values.output === 'stream'")
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
