"""Firefox by Marionette and WebKit by WebDriver, as plain sockets and HTTP: what playwright's own builds would be for.

Needs the Debian packages ``firefox-esr``, and ``webkit2gtk-driver`` with ``xvfb``.
"""

from __future__ import annotations

import json
import os
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from tests.family import Family

T = TypeVar("T")
_START_SECONDS = 60.0
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # W3C WebDriver's name for what is found
_FIREFOX = """
user_pref("marionette.port", {port});
user_pref("media.autoplay.default", 1);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
"""


class Driven(Protocol):
    """A browser, told in WebDriver's words."""

    def tell(self, command: str, path: str, content: dict[str, Any]) -> Any:
        """Send a command, in Marionette's word and as WebDriver's path; gives what it answers."""

    def close(self) -> None:
        """End the browser."""


class Firefox:
    """A headless Firefox with a fresh profile."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="firefox-")
        port = _free_port()
        (Path(self._folder.name) / "user.js").write_text(_FIREFOX.format(port=port))
        self._family = Family(
            ["firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", self._folder.name]
        )
        self._socket = _until(lambda: socket.create_connection(("127.0.0.1", port), 5.0))
        self._socket.settimeout(_START_SECONDS)
        self._count = 0
        self._hear()
        self.tell("NewSession", "", {})

    def tell(self, command: str, _path: str, content: dict[str, Any]) -> Any:
        """As ``Driven.tell``."""
        self._count += 1
        text = json.dumps([0, self._count, f"WebDriver:{command}", content]).encode()
        self._socket.sendall(b"%d:%s" % (len(text), text))
        _, _, error, result = self._hear()
        if error:
            raise RuntimeError(f"Firefox: {error['message']}")
        return result.get("value", result) if isinstance(result, dict) else result

    def close(self) -> None:
        """As ``Driven.close``."""
        self._socket.close()
        self._family.end()
        self._folder.cleanup()

    def _hear(self) -> Any:
        head = b""
        while not head.endswith(b":"):
            head += self._socket.recv(1)
        length, text = int(head[:-1]), b""
        while len(text) < length:
            text += self._socket.recv(length - len(text))
        return json.loads(text)


class WebKit:
    """WebKitGTK's small browser on a screen that nobody sees."""

    def __init__(self) -> None:
        port = _free_port()
        screen = f":{port}"
        self._screen = Family(["Xvfb", screen, "-screen", "0", "1280x1024x24", "-nolisten", "tcp"])
        self._family = Family(["WebKitWebDriver", f"--port={port}"], {**os.environ, "DISPLAY": screen})
        self._address = f"http://127.0.0.1:{port}/session"
        options = {"webkitgtk:browserOptions": {"args": ["--automation", "--autoplay-policy=allow"]}}
        made = _until(lambda: self._ask("", {"capabilities": {"alwaysMatch": options}}))
        self._address += f"/{made['sessionId']}"

    def tell(self, _command: str, path: str, content: dict[str, Any]) -> Any:
        """As ``Driven.tell``."""
        return self._ask(path, content)

    def close(self) -> None:
        """As ``Driven.close``."""
        self._ask("", {}, "DELETE")  # the driver would leave its browser behind
        self._family.end()
        self._screen.end()

    def _ask(self, path: str, content: dict[str, Any], method: str = "POST") -> Any:
        body, headers = json.dumps(content).encode(), {"Content-Type": "application/json"}
        request = urllib.request.Request(self._address + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=_START_SECONDS) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"WebKit: {error.read().decode()[:500]}") from None


class DrivenPage:
    """A page in such a browser, used by mouse and keys.

    Args:
        browser: Which shows it; belongs to the page from now on.
        address: Of the page.
    """

    def __init__(self, browser: Driven, address: str) -> None:
        self._browser = browser
        browser.tell("Navigate", "/url", {"url": address})

    def run(self, script: str) -> Any:
        """What a function body in the page returns, in the page's own world."""
        wrapped = "document.documentElement.dataset.told = JSON.stringify((() => {%s})() ?? null)"
        code = json.dumps(wrapped % script)
        self._script(f"const s = document.createElement('script'); s.textContent = {code}; document.head.append(s);")
        return json.loads(self._script("return document.documentElement.dataset.told"))

    def click(self, css: str) -> None:
        """Click on the first such element, as a user does."""
        found = self._browser.tell("FindElement", "/element", {"using": "css selector", "value": css})[_ELEMENT]
        self._browser.tell("ElementClick", f"/element/{found}/click", {"id": found})

    def hover(self, x: float, y: float) -> None:
        """Move the mouse there, in CSS pixels of the window."""
        move = {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0, "origin": "viewport"}
        self._act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [move]})

    def press(self, key: str) -> None:
        """Press a key, by its WebDriver character or letter."""
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._act({"type": "key", "id": "keys", "actions": actions})

    def close(self) -> None:
        """End the browser."""
        self._browser.close()

    def _act(self, source: dict[str, Any]) -> None:
        self._browser.tell("PerformActions", "/actions", {"actions": [source]})

    def _script(self, script: str) -> Any:
        return self._browser.tell("ExecuteScript", "/execute/sync", {"script": script, "args": []})


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _until(attempt: Callable[[], T]) -> T:
    """What an attempt gives once it works."""
    ends = time.monotonic() + _START_SECONDS
    while True:
        try:
            return attempt()
        except (OSError, RuntimeError):
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)
