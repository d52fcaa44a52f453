"""A hidden tab: a headless browser shows every tab for good, so what a page sees of hiding is put in its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

# As in Chromium (https://developer.chrome.com/docs/web-platform/page-lifecycle-api): no frames, timers once a second.
_HIDE = """() => {
    const { requestAnimationFrame: frame, setTimeout: later } = window;
    const waiting = [];
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
    window.requestAnimationFrame = act => -waiting.push(act);
    window.setTimeout = (act, ms, ...rest) => later(act, Math.max(1000, ms || 0), ...rest);
    window.showTab = () => {
        delete document.visibilityState;
        delete document.hidden;
        Object.assign(window, { requestAnimationFrame: frame, setTimeout: later });
        document.dispatchEvent(new Event('visibilitychange'));
        waiting.forEach(act => frame(act));
    };
    document.dispatchEvent(new Event('visibilitychange'));
}"""


@contextmanager
def hidden_tab(page: Page) -> Iterator[None]:
    """Hide a page for as long as this lasts."""
    page.evaluate(_HIDE)
    try:
        yield
    finally:
        page.evaluate("() => window.showTab()")
