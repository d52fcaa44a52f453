"""A sentence that somebody has said is heard again along its path, from a mosaic that the page plays by itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
import scipy.signal
import soundfile
from playwright.sync_api import Browser

from terrain_widgets.codecs.log_mel import log_mel
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.session import Session

pytestmark = [pytest.mark.browser, pytest.mark.extra]

RATE = 44100
SAID = Path(__file__).parents[1] / "data" / "polyphonic_and_spoken" / "speech_en.flac"
# Keeps what the engine gives to the loudspeaker.
TAP = """() => {
  window.tapped = [];
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode) {
      const keeper = this.context.createScriptProcessor(4096, 2, 1);
      keeper.onaudioprocess = (event) => tapped.push(Array.from(event.inputBuffer.getChannelData(0)));
      connect.call(this, keeper);
      connect.call(keeper, to);
    }
    return connect.call(this, to, ...rest);
  };
}"""


def sentence() -> Sound:
    """Said by espeak-ng if it is here, else the one in the repository."""
    try:
        said = subprocess.run(
            ["espeak-ng", "--stdout", "the terrain says again what was said to it"], capture_output=True, check=True
        ).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        audio, rate = soundfile.read(SAID, dtype="float32")
        return Sound("sentence", audio[None], rate)
    header, samples = said[:44], np.frombuffer(said[44:], dtype="<i2")
    rate = int.from_bytes(header[24:28], "little")
    return Sound("sentence", (samples / 32768).astype(np.float32)[None], rate)


def likeness(original: np.ndarray, heard: np.ndarray) -> float:
    """Correlation of two log-mel spectrograms, where the second lies best on the first."""
    a, b = log_mel(original), log_mel(heard)
    a, b = a - a.min(), b - b.min()
    lags = scipy.signal.correlate(b.sum(axis=1), a.sum(axis=1), mode="valid")
    at = int(lags.argmax())
    return float(np.corrcoef(a.ravel(), b[at : at + len(a)].ravel())[0, 1])


def test_a_sentence_is_heard_again_along_its_path(browser: Browser, tmp_path: Path) -> None:
    said = sentence()
    session = Session("mosaic", [said])
    session.encode(wait=True)
    clip = session.state.clips[0]
    turn = np.linspace(0, 5, 80)
    session.draw(clip.id, np.stack([0.7 * np.cos(turn), 0.7 * np.sin(turn) + 0.04 * turn], axis=1))
    session.train(15.0, wait=True)
    session.stage.playheads.play(clip.id, loop="loop")
    session.export(tmp_path / "sentence.html")
    size = (tmp_path / "sentence.html").stat().st_size
    seconds = said.audio.shape[1] / said.sample_rate
    original = scipy.signal.resample_poly(said.audio[0], RATE, said.sample_rate).astype(np.float32)
    session.close()
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(f"({TAP})()")
    page.goto((tmp_path / "sentence.html").as_uri())
    page.get_by_role("button", name="Turn sound on").click()
    page.get_by_role("button", name="Turn sound off").wait_for()
    page.wait_for_timeout(1000 * (2 * seconds + 0.5))
    heard = np.concatenate(page.evaluate("window.tapped")).astype(np.float32)
    context.close()
    found = likeness(original, heard)
    print(f"a piece of {size} bytes; correlation of the spectrograms {found:.3f}")
    assert found > 0.8
