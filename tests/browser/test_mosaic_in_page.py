"""A sentence is dropped on the studio: mosaic is proposed and taken, and along a path that is drawn it is heard."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import numpy as np
import pytest
import scipy.signal
import soundfile
from PIL import Image

from terrain_widgets.codecs.measures.log_mel import log_mel
from tests.browser.lab import LabPage
from tests.browser.studio_page import StudioPage
from tests.browser.test_encoder import DROP

pytestmark = [pytest.mark.browser, pytest.mark.extra]

RATE = 44100
SAID = Path(__file__).parents[1] / "data" / "polyphonic_and_spoken" / "speech_en.flac"
PICTURE = Path(__file__).parents[2] / "build" / "sentence_heard_again.png"
CELLS = [
    "import torch\ntorch.set_num_threads(1)",
    "import terrain_widgets as tw\nstudio = tw.Studio(tw.Session(sounds=[]))\nstudio",
]


def sentence(folder: Path) -> Path:
    """Said by espeak-ng if it is here, else the one in the repository."""
    said = folder / "sentence.wav"
    try:
        words = "the terrain says again what was said to it"
        subprocess.run(["espeak-ng", "-w", str(said), words], capture_output=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        soundfile.write(said, *soundfile.read(SAID, dtype="float32"))
    return said


def aligned(original: np.ndarray, heard: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two log-mel spectrograms ``[T, bands]``, the second where it lies best on the first."""
    a, b = log_mel(original), log_mel(heard)
    floor = a.max() - 60.0
    a, b = np.maximum(a, floor), np.maximum(b - b.max() + a.max(), floor)
    lags = scipy.signal.correlate(b.sum(axis=1) - b.sum(axis=1).mean(), a.sum(axis=1) - a.sum(axis=1).mean(), "valid")
    at = int(lags.argmax())
    return a, b[at : at + len(a)]


def draw(*spectrograms: np.ndarray) -> None:
    """Spectrograms one above the other."""
    rows = [np.flipud(s.T - s.min()) / np.ptp(s) for s in spectrograms]
    PICTURE.parent.mkdir(exist_ok=True)
    Image.fromarray((255 * np.concatenate(rows)).astype(np.uint8)).resize((1000, 640)).save(PICTURE)


def test_a_sentence_is_dropped_and_heard_again_along_its_path(lab_page: LabPage, tmp_path: Path) -> None:
    file = sentence(tmp_path)
    said, rate = soundfile.read(file, dtype="float32")
    studio = StudioPage(lab_page, cells=CELLS)
    page = studio.page
    content = base64.b64encode(file.read_bytes()).decode()
    page.locator(".tw-drop").first.evaluate(DROP, [("sentence.wav", content)])
    studio.press("Encode 1 sound")
    page.get_by_role("button", name="Take mosaic").click(timeout=60_000)
    page.get_by_role("button", name="Take mosaic").wait_for(state="hidden", timeout=60_000)
    page.get_by_role("button", name="All encoded").wait_for(timeout=60_000)
    assert studio.python("print(s.sounds.codec_name)") == "mosaic"
    studio.stroke([(0.2, 0.3), (0.8, 0.25), (0.8, 0.7), (0.3, 0.75), (0.25, 0.5)])
    studio.train()
    studio.turn_sound_on()
    studio.python("s.stage.playheads.play('c1', loop='loop')")
    original = scipy.signal.resample_poly(said, RATE, rate).astype(np.float32)

    def likeness(during: str = "") -> float:
        lab_page.heard()
        if during:
            studio.python(during)
        page.wait_for_timeout(1000 * (2 * len(said) / rate + 1.0))
        at, heard = lab_page.heard()
        wanted, found = aligned(original, heard[0] if at == RATE else scipy.signal.resample_poly(heard[0], RATE, at))
        draw(wanted, found)
        return float(np.corrcoef(wanted.ravel(), found.ravel())[0, 1])

    found = likeness()
    print(f"correlation of the spectrograms {found:.3f}; they are drawn in {PICTURE}")
    assert found > 0.9
    contexts = page.evaluate("() => window.__audioTap().length")
    found = likeness(
        "c = s.state.clips[0].sound\n"
        "s.add_sound(tw.Sound('again', 0.8 * c.audio[:, :20000], c.sample_rate)); s.encode(wait=True)\n"
        "assert len(s.codec.corpus.hashes) == 2"
    )
    print(f"and {found:.3f} while another sound is added")
    assert found > 0.9 and page.evaluate("() => window.__audioTap().length") == contexts
    assert lab_page.errors == []
