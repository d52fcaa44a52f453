"""The page's end of the sound in a real browser, with no Jupyter around it."""

from __future__ import annotations

import time

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.sink_page import RATE, last, recorded, send, sink_page, tone
from tests.real_time import ALONE

__all__ = ["sink_page"]
pytestmark = [pytest.mark.browser, *ALONE]

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
