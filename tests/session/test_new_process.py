"""A saved session in a kernel that has never seen it: the same picture, the same sound."""

import subprocess
import sys

import numpy as np

from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.core.pictures.heatmap import sample_grid
from terrain_widgets.session.session import Session
from tests.session.doubles import tones
from tests.session.hands import with_hands

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


EVERYTHING = """
import sys, numpy as np
import terrain_widgets as tw
path, out = sys.argv[1:]
session = tw.Session.load(path)
stage = session.stage
np.savez(out, sound=stage.render(10.0), playing=sorted(stage.playheads.now), pressure=stage.stylus.pressure,
         sliders=stage.sliders.prepare().values, wet=stage.clip.wet, undo=session.document.can_undo)
session.close()
"""


def test_a_performance_saved_with_everything_playing_sounds_the_same_in_a_new_kernel(tmp_path):
    session = Session(sounds=tones(3), gauss_scale=1.2, seed=3)
    random, stage = np.random.default_rng(2), session.stage
    for clip in session.state.clips:
        latents = np.clip(np.cumsum(random.normal(0, 0.2, (40, 8)), axis=0), -2, 2)
        latents[:, 1] = np.abs(latents[:, 1]) + 1
        session.sounds.set_latents(clip.id, LatentTrajectory(latents, session.codec.info.frame_rate))
    session.arrange()
    session.train(seconds=None, epochs=60, wait=True)
    with_hands(session)
    stage.playheads.play("c1", speed=-0.7, loop="ping-pong", gain=0.6)
    stage.playheads.play("c2", speed=1.3, interpolate=False)
    circle = [[0.5 * np.cos(t), 0.5 * np.sin(t)] for t in np.linspace(0, 2 * np.pi, 60)]
    stage.playheads.play(circle, name="circle", gain=0.4)
    stage.playheads.change("c2", playing=False)
    stage.clip.run("c3", modes=["add", "override", "multiply", "keep", "add", "add", "add", "add"])
    stage.clip.mix(0.7)
    stage.shape(scale=0.9, offset=[0.1] * 8, slew=40.0, limits=(-3.0, 2.5))
    stage.points.place((0.1, 0.2), np.ones(8), "bright")
    stage.pads.seconds = 1.5
    stage.sliders.move(2, 1.25)
    stage.sliders.lock(2)
    stage.stylus.choose("gain")
    ours = stage.render(10.0)
    assert np.abs(ours).max() > 0.02 and np.abs(ours[:, -44100:]).max() > 0.005, "it sounds to the end"
    session.save(tmp_path / "evening.zip")
    command = [sys.executable, "-c", EVERYTHING, tmp_path / "evening.zip", tmp_path / "found.npz"]
    subprocess.run(command, check=True, timeout=120)
    found = np.load(tmp_path / "found.npz")
    assert found["sound"].shape == ours.shape and np.abs(found["sound"] - ours).max() <= 1e-6  # sums of other threads
    assert found["playing"].tolist() == ["c1", "c2", "circle"] and str(found["pressure"]) == "gain"
    assert found["sliders"][2] == 1.25 and found["wet"] == 0.7 and not found["undo"]
    session.close()
