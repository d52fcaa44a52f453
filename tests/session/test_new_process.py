"""A saved session in a kernel that has never seen it: the same picture, the same sound."""

import subprocess
import sys

import numpy as np

from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.core.pictures.heatmap import sample_grid
from terrain_widgets.session.session import Session
from tests.session.doubles import tones

ELSEWHERE = """
import sys, numpy as np
import terrain_widgets as tw
path, out = sys.argv[1:]
session = tw.Session.load(path)
walk = np.load(out)["walk"]
picture = tw.sample_grid(session.stage.sources.shown, session.document.boundary, 64, 64)
np.savez(out, sound=session.render(walk), picture=picture)
session.close()
"""


def test_save_new_kernel_load_gives_the_same_picture_and_sound(tmp_path):
    session = Session(sounds=tones(2), gauss_scale=1.2, seed=11)
    random = np.random.default_rng(1)
    for clip in session.state.clips:
        latents = np.clip(np.cumsum(random.normal(0, 0.2, (40, 8)), axis=0), -2, 2)
        latents[:, 1] = np.abs(latents[:, 1]) + 1  # loud enough to be heard
        session.sounds.set_latents(clip.id, LatentTrajectory(latents, session.codec.info.frame_rate))
    session.arrange()
    session.train(seconds=None, epochs=60, wait=True)
    session.save(tmp_path / "evening.zip")
    walk = session.training.dataset.coordinates[::3]
    np.savez(tmp_path / "found.npz", walk=walk)
    command = [sys.executable, "-c", ELSEWHERE, tmp_path / "evening.zip", tmp_path / "found.npz"]
    subprocess.run(command, check=True, timeout=120)
    found = np.load(tmp_path / "found.npz")
    ours = session.render(walk)
    assert np.abs(ours).max() > 0.02
    assert found["sound"].shape == ours.shape and np.abs(found["sound"] - ours).max() <= 1e-6
    picture = sample_grid(session.stage.sources.shown, session.document.boundary, 64, 64)
    assert np.abs(found["picture"] - picture).max() <= 1e-6
    session.close()
