"""One notebook open in a real JupyterLab, driven from a test."""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import ConsoleMessage, Error, Page

from tests.browser.lab_server import REPOSITORY, LabServer
from tests.browser.notebook_file import set_kernel, write_notebook

SCREENSHOTS = REPOSITORY / "build" / "screenshots"
AUDIO_TAP = Path(__file__).with_name("audio_tap.js")

# JupyterLab's own noise in the console: pattern, and why it says nothing about us.
IGNORED_ERRORS: dict[str, str] = {
    "widget model not found": "ipywidgets' restoring races on a busy machine, see LabPage.reload",
}

# The panel of the open notebook, found by its path: the focus may be elsewhere.
_PANEL = """
const panel = [...window.jupyterapp.shell.widgets('main')].find(w => w.context?.path === path);
const kernel = panel?.sessionContext?.session?.kernel;
"""

_RUN_CODE = (
    "async ([path, code]) => {"
    + _PANEL
    + """
    const future = kernel.requestExecute({ code, store_history: false, stop_on_error: false });
    let text = '', error = null;
    future.onIOPub = ({ header, content }) => {
        if (header.msg_type === 'stream' && content.name === 'stdout') text += content.text;
        if (header.msg_type === 'error') error = content.traceback.join('\\n');
    };
    await future.done;
    return { text, error };
}"""
)

_READY = "path => {" + _PANEL + "return Boolean(panel?.content?.model && kernel && kernel.status === 'idle'); }"

_ERRORS_OF_CELLS = (
    "path => {"
    + _PANEL
    + """
    return [...panel.content.model.cells].filter(cell => cell.type === 'code')
        .flatMap(cell => cell.toJSON().outputs).filter(output => output.output_type === 'error')
        .map(output => output.traceback.join('\\n'));
}"""
)

_RESTORED = """() => {
    const outputs = [...document.querySelectorAll('.jp-OutputArea-output')];
    return outputs.length && !outputs.some(output => output.textContent.startsWith('Loading widget'));
}"""

_SUMMARY = """() => [...document.querySelectorAll('.jp-Dialog, .jp-Cell')].map(part => {
    const box = part.getBoundingClientRect();
    const canvases = [...part.querySelectorAll('canvas')].map(each => each.checkVisibility());
    const text = part.innerText.replaceAll(/\\s+/g, ' ').slice(0, 400);
    return `${part.className} at ${box.y}, ${box.width} x ${box.height}, canvases ${canvases}: ${text}`;
}).join('\\n')"""


class KernelError(AssertionError):
    """Code that a test sent to the kernel raised; the message is its traceback."""


def _plain(traceback: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", traceback)


class LabPage:
    """One browser page on a JupyterLab server.

    Attributes:
        page: Playwright's page, for clicks, keys and locators.
        errors: What the page complained of so far, without JupyterLab's own noise.
    """

    def __init__(self, page: Page, server: LabServer) -> None:
        self.page = page
        self.server = server
        self.errors: list[str] = []
        self._path = ""
        page.add_init_script(path=AUDIO_TAP)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._note(f"pageerror: {error}"))

    def open(self, notebook: str | Sequence[str], kernel: str = "python3", name: str = "test.ipynb") -> None:
        """Open a notebook and wait until its kernel is ready.

        Args:
            notebook: Path of a notebook under the server's root, or the code of the cells of a new one.
            kernel: Kernelspec: ``"python3"`` or ``"ipykernel6"``.
            name: File name of a new notebook.
        """
        if isinstance(notebook, str):
            self._path = notebook
            original = REPOSITORY / "notebooks" / notebook
            if original.exists():  # an earlier test may have saved it, and its studio would go on where that one was
                shutil.copyfile(original, self.server.root / notebook)
            set_kernel(self.server.root / notebook, kernel)
        else:
            self._path = name
            write_notebook(self.server.root / name, notebook, kernel)
        self.page.goto(f"{self.server.url}/lab/tree/{self._path}?token={self.server.token}&reset")
        self._wait_ready()

    def reload(self) -> None:
        """Reload the page, as a user does; the kernel lives on.

        Reloads again, as the README tells a user to, where an output says “model not found”: ipywidgets' manager looks
        for a model five times in half a second, then whether restoring has ended, and a page that hangs between the
        two has it give up although the model is there by then.
        """
        for _ in range(3):
            self.page.reload()
            self._wait_ready()
            self.page.wait_for_function(_RESTORED)
            if not self.page.get_by_text("model not found").count():
                return

    def run_all(self) -> None:
        """Run every cell and wait for the last.

        Raises:
            KernelError: If a cell raised.
        """
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        if errors := self.page.evaluate(_ERRORS_OF_CELLS, self._path):
            raise KernelError("\n".join(_plain(error) for error in errors))

    def run_code(self, code: str) -> str:
        """Run code in the notebook's kernel, outside its cells.

        Returns:
            What it printed.

        Raises:
            KernelError: If it raised.
        """
        answer = self.page.evaluate(_RUN_CODE, [self._path, code])
        if answer["error"]:
            raise KernelError(_plain(answer["error"]))
        return str(answer["text"])

    def make_room(self) -> None:
        """Close the file browser."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")

    def wait_idle(self, seconds: float = 30.0) -> None:
        """Wait until the kernel has nothing to do."""
        self.page.wait_for_function(_READY, arg=self._path, timeout=seconds * 1000)

    def save(self) -> None:
        """Save the notebook, with its outputs and the state of its widgets."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    def screenshot(self, name: str) -> Path:
        """Take a picture of the page into ``build/screenshots``."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def summary(self) -> str:
        """What stands on the page, cell by cell, for where nobody can look at its picture."""
        return str(self.page.evaluate(_SUMMARY))

    def heard(self) -> tuple[int, NDArray[np.float32]]:
        """What the page sent to its loudspeakers since the last call, or since it was loaded.

        Returns:
            Sample rate in Hz and audio ``[A, S]`` with A = 2 (mono is on both); of several audio contexts, the one that
            ran longest. Without one, rate 0 and no samples.
        """
        return self.heard_since()[1:]

    def heard_since(self, at: str = "from") -> tuple[float, int, NDArray[np.float32]]:
        """As ``heard``, and before it when the first sample left the page, by the page's clock in seconds.

        Args:
            at: ``"from"``, or ``"ear"`` for when it is heard, as the browser says.
        """
        recordings: list[dict[str, Any]] = self.page.evaluate("() => window.__audioTap()")
        if not recordings:
            return 0.0, 0, np.zeros((2, 0), np.float32)
        longest = max(recordings, key=lambda recording: int(recording["frames"]))
        samples = np.frombuffer(base64.b64decode(longest["samples"]), np.float32)
        return float(longest[at]), int(longest["rate"]), samples.reshape(2, -1)

    def heard_together(self) -> tuple[float, int, NDArray[np.float32]]:
        """All that was heard since the last call, whichever context it came from, where one follows another.

        Returns:
            When the first sample was heard by the page's clock, in seconds; the longest recording's rate in Hz; the sum
            of all left channels ``[S]``, each where it was heard.
        """
        recordings: list[dict[str, Any]] = self.page.evaluate("() => window.__audioTap()")
        heard = [each for each in recordings if each["frames"]]
        if not heard:
            return 0.0, 0, np.zeros(0, np.float32)
        rate = int(max(heard, key=lambda each: int(each["frames"]))["rate"])
        start = min(float(each["ear"]) for each in heard)
        end = max(float(each["ear"]) + each["frames"] / each["rate"] for each in heard)
        mixed = np.zeros(int((end - start) * rate) + 2, np.float32)
        for each in heard:
            left = np.frombuffer(base64.b64decode(each["samples"]), np.float32).reshape(2, -1)[0]
            count = int(len(left) * rate / each["rate"])
            at = int((float(each["ear"]) - start) * rate)
            mixed[at : at + count] += np.interp(np.arange(count) * each["rate"] / rate, np.arange(len(left)), left)
        return start, rate, mixed

    def _wait_ready(self) -> None:
        self.page.wait_for_function("() => window.jupyterapp?.shell", timeout=60_000)
        self.wait_idle(60)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            try:
                address = message.location.get("url", "")
            except Error:
                address = ""
            self._note(f"console: {message.text} ({address})")

    def _note(self, error: str) -> None:
        if not any(re.search(pattern, error) for pattern in IGNORED_ERRORS):
            self.errors.append(error)
