"""A sound beside its reconstruction: in step, as long, as loud."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.document.state import Clip
from terrain_widgets.session.session import Session
from terrain_widgets.session.sounds.reconstruction import reconstruct
from tests.session.doubles import LevelCodec, tones


class Late:
    """A double: what was encoded, ``delay`` samples late and at another level; one sample is one latent."""

    recipe = None

    def __init__(self, delay: int, level: float) -> None:
        self.info, self.level = CodecInfo("late", 8000, 100, 100, delay=delay), level

    def decode(self, latents: LatentTrajectory) -> np.ndarray:
        sound = latents.values.reshape(1, -1) * np.float32(self.level)
        return np.concatenate([np.zeros((1, self.info.delay), np.float32), sound], axis=1)[:, : sound.shape[1]]


@pytest.mark.parametrize(("delay", "level"), [(0, 0.1), (37, 0.5), (150, 2.0)])
def test_both_are_in_step_and_equally_loud(delay: int, level: float) -> None:
    audio = np.random.default_rng(0).uniform(-0.3, 0.3, (1, 1930)).astype(np.float32)
    audio[:, -400:] = 0.0  # so that a late codec loses nothing at the end
    latents = LatentTrajectory(np.pad(audio, ((0, 0), (0, 70))).reshape(20, 100))
    both = reconstruct(Clip("c1", Sound("noise", audio, 8000)), latents, Late(delay, level))
    assert both.original.shape == both.reconstruction.shape == (1, 1930)
    np.testing.assert_allclose(both.reconstruction, both.original, atol=1e-6)
    assert both.matched_db == pytest.approx(-20 * np.log10(level), abs=1e-4)


def test_neither_peaks_above_the_ceiling_and_silence_stays_silent() -> None:
    audio = np.zeros((2, 400), np.float32)
    audio[:, 5] = 1.0
    spread = LatentTrajectory(np.full((4, 100), 1e-3, np.float32))
    both = reconstruct(Clip("c1", Sound("click", audio, 8000)), spread, Late(0, 1.0))
    assert both.original.shape == (2, 400) == both.reconstruction.shape
    assert max(np.abs(both.original).max(), np.abs(both.reconstruction).max()) <= 10 ** (-1 / 20) + 1e-6
    silent = reconstruct(Clip("c1", Sound("click", audio, 8000)), LatentTrajectory(np.zeros((4, 100))), Late(0, 1.0))
    assert silent.matched_db == 0.0 and not silent.reconstruction.any()
    samples, rate = soundfile.read(io.BytesIO(both.wav()), always_2d=True)
    assert samples.shape == (400, 4) and rate == 8000
    np.testing.assert_allclose(samples.T, np.concatenate([both.original, both.reconstruction]), atol=2**-15)


def test_a_session_compares_what_it_has_encoded() -> None:
    session = Session(codec=LevelCodec(), sounds=tones())
    with pytest.raises(ValueError, match="not encoded yet"):
        session.sounds.reconstruct("c1")
    session.encode(wait=True)
    assert session.sounds.reconstruct("c2").original.shape == (1, 3000)
    with pytest.raises(KeyError, match="no clip"):
        session.sounds.reconstruct("c9")
    session.close()
