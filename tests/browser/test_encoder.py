"""The first panel in a real page: sounds arrive by drop and microphone, are edited, and heard beside their codec."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from playwright.sync_api import Locator

from tests.browser.lab import LabPage

pytestmark = pytest.mark.browser

RATE = 44100
VOLUME = 10 ** (-18 / 20)
CELLS = [
    "import os, tempfile, torch\nos.environ['TERRAIN_WIDGETS_MODELS'] = tempfile.mkdtemp()\ntorch.set_num_threads(1)",
    "import terrain_widgets as tw\ns = tw.Session(sounds=[])\npanel = tw.EncoderPanel(s)\npanel",
]
DROP = """(panel, files) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) {
        const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
        transfer.items.add(new File([bytes], name));
    }
    for (const type of ['dragenter', 'dragover', 'drop'])
        panel.dispatchEvent(new DragEvent(type, {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""
# Pixels in the waveform's and in the latents' part of the first row that are not its background.
_DRAWN = """canvas => [[2, 30], [32, 58]].map(([top, bottom]) => {
    const [red, green, blue] = canvas.getContext('2d').getImageData(70, 55, 1, 1).data;
    const { data } = canvas.getContext('2d').getImageData(84, top, 220, bottom - top);
    let count = 0;
    for (let i = 0; i < data.length; i += 4)
        count += Math.abs(data[i] - red) + Math.abs(data[i + 1] - green) + Math.abs(data[i + 2] - blue) > 60;
    return count;
})"""
_DENY = """() => { navigator.mediaDevices.getUserMedia = () =>
    Promise.reject(new DOMException('no', 'NotAllowedError')); }"""


def melody() -> NDArray[np.float32]:
    """Three seconds that are like themselves at no other place, so that a place can be told by ear."""
    t = np.arange(3 * RATE) / RATE
    phase = 2 * np.pi * np.cumsum(220 + 110 * t + 20 * np.sin(2 * np.pi * 1.3 * t)) / RATE
    return (0.25 * sum(np.sin(k * phase) / k for k in (1, 2, 3)) * (0.6 + 0.4 * np.cos(3 * t))).astype(np.float32)


def place_of(heard: NDArray[np.float32], sound: NDArray[np.float32], at: int) -> int:
    """Where in a sound ``heard[at:at + 4096]`` is, in samples; and that it is there as loud as it should be."""
    part = heard[at : at + 4096]
    size = 1 << (len(sound) + 4096 - 1).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(part, size)), size)[: len(sound) - 4096]
    energy = np.convolve(sound**2, np.ones(4096), "valid")[: len(likeness)]
    place = int(np.argmax(likeness / np.sqrt(energy + 1e-9)))
    np.testing.assert_allclose(part, VOLUME * sound[place : place + 4096], atol=5e-4)
    return place


def until(lab: LabPage, code: str, wanted: str, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while (found := lab.run_code(f"print({code})").strip()) != wanted:
        assert time.monotonic() < deadline, f"{code} is {found}, not {wanted}"
        time.sleep(0.15)


def drawn(rows: Locator, good: Callable[[int, int], bool], seconds: float = 20.0) -> tuple[int, int]:
    """Pixels of waveform and latents in the first row, once they are good: it is painted when there is time."""
    deadline = time.monotonic() + seconds
    while not good(*(counts := rows.evaluate(_DRAWN))):
        assert time.monotonic() < deadline, f"the row shows {counts}"
        time.sleep(0.1)
    return counts


_FILM = """async () => {
    const context = new AudioContext();
    const tone = new OscillatorNode(context, { frequency: 440 });
    const canvas = document.createElement('canvas').getContext('2d');
    const end = context.createMediaStreamDestination();
    tone.connect(end);
    const tracks = [...end.stream.getTracks(), ...canvas.canvas.captureStream(10).getTracks()];
    const recorder = new MediaRecorder(new MediaStream(tracks));
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    tone.start();
    recorder.start();
    for (let k = 0; k < 20; k++) {
        canvas.fillRect(k, k, 9, 9);
        await new Promise(resolve => setTimeout(resolve, 100));
    }
    await new Promise(resolve => { recorder.onstop = resolve; recorder.stop(); });
    await context.close();
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
}"""


_TOLD = (
    "import numpy as np\n"
    "sound = s.state.clips[-1].sound\n"
    "spectrum = np.abs(np.fft.rfft(sound.audio.mean(axis=0)))\n"
    "print(sound.sample_rate, sound.duration, spectrum.argmax() / sound.duration)"
)


def a_film_and_a_telephones_recording_are_decoded_in_the_page(lab_page: LabPage, panel: Locator) -> None:
    film = lab_page.page.evaluate(_FILM)
    assert base64.b64decode(film).startswith(b"\x1a\x45\xdf\xa3")  # libsndfile does not know it
    panel.evaluate(DROP, [["holiday.webm", film]])
    lab_page.page.get_by_text("Added “holiday”").wait_for()
    rate, seconds, frequency = map(float, lab_page.run_code(_TOLD).split())
    assert rate == 48000 and 1.0 < seconds < 4.0 and abs(frequency - 440) < 3
    memo = (Path(__file__).parents[1] / "data" / "tone.m4a").read_bytes()  # 1 s of 660 Hz in AAC, as telephones record
    panel.evaluate(DROP, [["memo.m4a", base64.b64encode(memo).decode()]])
    lab_page.page.get_by_text("Added “memo”").wait_for()
    rate, seconds, frequency = map(float, lab_page.run_code(_TOLD).split())
    assert rate == 48000 and 0.9 < seconds < 1.2 and abs(frequency - 660) < 3


def test_sounds_are_dropped_heard_edited_recorded_and_decoded_in_the_page(lab_page: LabPage, tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("melody.wav", "broken.wav", "broken.ts")}
    soundfile.write(files["melody.wav"], melody(), RATE, subtype="FLOAT")
    files["broken.wav"].write_bytes(b"RIFF and no more")
    files["broken.ts"].write_bytes(b"PK\x03\x04 and no model")
    page = lab_page.page
    page.set_viewport_size({"width": 900, "height": 1250})
    lab_page.open(CELLS)
    lab_page.run_all()
    panel = page.locator(".tw-drop")
    panel.get_by_role("button", name="Microphone…").wait_for()

    # dropped: one is a sound, one is none, one is no model
    panel.evaluate(DROP, [(name, base64.b64encode(file.read_bytes()).decode()) for name, file in files.items()])
    panel.get_by_text("broken could not be read as sound").wait_for()
    refused = panel.get_by_text(re.compile(r"broken\.ts cannot be used: it is no TorchScript model"))
    refused.wait_for(timeout=60_000)  # by a process of its own, which has to import torch first
    assert lab_page.run_code("print(os.listdir(os.environ['TERRAIN_WIDGETS_MODELS']))").strip() == "[]"
    panel.get_by_role("button", name="Encode 1 sound").click()
    panel.get_by_role("button", name="All encoded").wait_for()
    rows = panel.locator(".tw-list canvas")
    _, latents = drawn(rows, lambda wave, latents: wave > 500 and latents > 3000)
    panel.get_by_role("radio", name="Lines").click()
    drawn(rows, lambda _, lines: 300 < lines < latents)

    # heard: the original, then at the same place its reconstruction, without a click
    lab_page.run_code(
        "import numpy as np\nc = s.sounds.reconstruct('c1')\n"
        "np.savez('both.npz', a=c.original[0], b=c.reconstruction[0])"
    )
    with np.load(lab_page.server.root / "both.npz") as both:
        original, decoded = both["a"], both["b"]
    assert abs(20 * np.log10(np.std(original) / np.std(decoded))) < 0.1
    panel.get_by_role("button", name="Listen", exact=True).click()
    panel.get_by_role("button", name="Stop", exact=True).wait_for()
    page.wait_for_timeout(900)
    page.keyboard.press("x")
    page.wait_for_timeout(900)
    lab_page.screenshot("encoder-light")
    page.keyboard.press("Escape")
    panel.get_by_role("button", name="Listen", exact=True).wait_for()
    page.wait_for_timeout(200)
    rate, audio = lab_page.heard()
    assert rate == RATE
    heard = audio[0]
    begin, end = np.flatnonzero(np.abs(heard) > 1e-3)[[0, -1]]
    first = place_of(heard, original, begin + 8192) - (begin + 8192)
    second = place_of(heard, decoded, end - 8192) - (end - 8192)
    assert first == second, "the place jumped"
    span = np.arange(begin + 2048, end - 2048)
    x, y = VOLUME * original[span + first], VOLUME * decoded[span + first]
    # How much of it is the reconstruction: 0, then within 30 ms 1, and never anything that is neither of the two.
    windows = np.stack([heard[span] - x, y - x])[:, : len(span) // 128 * 128].reshape(2, -1, 128)
    share = (windows[0] * windows[1]).sum(axis=1) / (windows[1] ** 2).sum(axis=1)
    assert np.abs(share[:20]).max() < 0.02 and np.abs(share[-20:] - 1).max() < 0.02
    assert np.all(np.diff(share) > -0.02)
    assert np.count_nonzero((share > 0.02) & (share < 0.98)) * 128 / RATE < 0.03
    # While it leads over the share moves on within a window: along a line, as far as 3 ms of a fade are one.
    line = np.linspace(-1.0, 1.0, 128) * windows[1]
    left = windows[0] - share[:, None] * windows[1]
    slope = (left * line).sum(axis=1) / (line**2).sum(axis=1)
    assert np.abs(left - slope[:, None] * line).max() < 0.02 * VOLUME
    page.wait_for_timeout(200)
    assert np.abs(lab_page.heard()[1]).max(initial=0.0) < 1e-4, "Esc did not stop it"

    # edited: another name, another part, and back
    name = panel.get_by_placeholder("name of the sound")
    name.fill("my <b>melody</b>")
    name.press("Enter")
    until(lab_page, "s.state.clips[0].name", "my <b>melody</b>")
    assert page.locator("b", has_text="melody").count() == 0, "a name became HTML"
    lab_page.run_code("whole = s.latents['c1']")
    handle = panel.get_by_role("slider", name="Part (s), start")
    handle.focus()
    for _ in range(3):
        handle.press("PageUp")
    panel.get_by_role("button", name="Trim").click()
    until(lab_page, "s.state.clips[0].start > 0.05 and len(s.latents.get('c1', whole)) < len(whole)", "True")
    lab_page.screenshot("encoder-trimmed")
    assert lab_page.run_code("s.undo(); print(s.latents['c1'] is whole)").strip() == "True"
    assert lab_page.run_code("s.undo(); print(s.state.clips[0].name)").strip() == "melody"

    # recorded, unless that is not allowed
    panel.get_by_role("button", name="Microphone…").click()
    panel.get_by_text(re.compile(r"Recording, 1\.[5-9]")).wait_for()
    panel.get_by_role("button", name="Stop and keep").click()
    panel.get_by_text("Added “recording 1”").wait_for()
    level = lab_page.run_code(
        "x = s.state.clips[1].sound; print(x.duration > 1.4, float(np.abs(x.audio).max()) > 0.01)"
    )
    assert level.strip() == "True True"
    page.evaluate(_DENY)
    panel.get_by_role("button", name="Microphone…").click()
    panel.get_by_text("The browser was not allowed to use the microphone").wait_for()

    # by keys alone: the list takes the focus, selects and moves
    panel.locator(".tw-list").focus()
    page.keyboard.press("Shift+ArrowUp")
    until(lab_page, "[c.name for c in s.state.clips]", "['recording 1', 'melody']")
    page.keyboard.press("ArrowDown")
    until(lab_page, "s.state.clip(s.document.selected).name", "melody")
    page.evaluate("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    page.wait_for_timeout(500)
    lab_page.screenshot("encoder-dark")
    page.set_viewport_size({"width": 460, "height": 1250})
    page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    page.wait_for_timeout(500)
    lab_page.screenshot("encoder-narrow")

    a_film_and_a_telephones_recording_are_decoded_in_the_page(lab_page, panel)
    assert lab_page.errors == []
