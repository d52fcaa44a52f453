"""Files between the user's machine and the kernel, through the page: dropped, chosen, saved, opened again."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.browser.lab import LabPage
from tests.browser.studio_page import StudioPage

pytestmark = pytest.mark.browser

CELLS = ["import terrain_widgets as tw\nstudio = tw.Studio(sounds=[])\nstudio"]
_DROP = """(panel, files) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) {
        const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
        transfer.items.add(new File([bytes], name));
    }
    for (const type of ['dragenter', 'dragover', 'drop'])
        panel.dispatchEvent(new DragEvent(type, {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""
STATE = """import hashlib
print([c.name for c in s.state.clips], {k: p.values.tolist() for k, p in s.state.paths.items()}, len(s.latents),
    hashlib.sha256(b''.join(c.sound.audio.tobytes() for c in s.state.clips)).hexdigest())"""


def drop(studio: StudioPage, *files: Path) -> None:
    panel = studio.page.locator(".tw-drop").first
    panel.evaluate(_DROP, [(file.name, base64.b64encode(file.read_bytes()).decode()) for file in files])


def test_sounds_are_dropped_and_a_session_goes_home_and_comes_back(lab_page: LabPage, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    long, short, bad = tmp_path / "long noise.wav", tmp_path / "<i>blip.flac", tmp_path / "broken.wav"
    soundfile.write(long, rng.uniform(-0.5, 0.5, 44100 * 30).astype(np.float32), 44100, subtype="PCM_24")  # 4 MB
    soundfile.write(short, rng.uniform(-0.5, 0.5, 22050), 44100)
    bad.write_bytes(b"RIFF and no more")

    studio = StudioPage(lab_page, cells=CELLS)
    page = studio.page
    drop(studio, bad, long, short)
    studio.says("Encode 2 sounds")
    page.get_by_role("button", name="Add sounds").and_(page.locator(":enabled")).wait_for()
    studio.says("broken.wav: broken could not be read as sound")  # stays, whatever comes after it
    names = studio.python("print([(c.name, c.sound.audio.shape) for c in s.state.clips])")
    assert names == "[('long noise', (1, 1323000)), ('<i>blip', (1, 22050))]"
    assert page.locator("i", has_text="blip").count() == 0, "a file's name became HTML"
    lab_page.screenshot("files-dropped")

    studio.stroke([(0.2, 0.2), (0.8, 0.3)])
    studio.says("Draw a line for “<i>blip”")
    before = studio.python(STATE)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save", exact=True).click()
    saved = tmp_path / "home.zip"
    download.value.save_as(saved)
    assert download.value.suggested_filename.endswith(".terrain.zip") and saved.stat().st_size > 1_000_000
    studio.says("is in your downloads")

    studio.python("s.document.clear_paths()\nfor c in s.state.clips: s.document.remove_sound(c.id)")
    page.locator("input[type=file][accept='.zip,.pt']").set_input_files(bad)
    studio.says("broken.wav: session.zip is no session file")
    assert studio.python("print(len(s.state.clips), s.document.can_undo)") == "0 True"
    page.locator("input[type=file][accept='.zip,.pt']").set_input_files(saved)
    studio.says("home.zip: 2 sounds, 1 drawings")
    assert studio.python(STATE) == before
    lab_page.screenshot("files-opened")
    assert lab_page.errors == []
