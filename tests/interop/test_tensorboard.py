"""What TensorBoard reads back is what was trained; without it the message names the command."""

import importlib.util
import sys

import numpy as np
import pytest

from terrain_widgets.codecs.trainer.events import Examples, Progress, Validated
from terrain_widgets.codecs.trainer.recipe import Example
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.core.training.fit import fit
from terrain_widgets.core.training.jitter import path_errors
from terrain_widgets.interop.tensorboard import CodecTrainingWriter, LossWriter
from terrain_widgets.session.session import Session
from terrain_widgets.session.training.loss_log import LossLog
from tests.session.doubles import LevelCodec, tones

installed = pytest.mark.skipif(
    importlib.util.find_spec("tensorboard") is None,
    reason="TensorBoard is an extra: pip install 'terrain_widgets[tensorboard]'",
)


def read(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(folder))
    found.Reload()
    return {tag: [(e.step, e.value) for e in found.Scalars(tag)] for tag in found.Tags()["scalars"]}


def test_without_it_the_message_names_the_command(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'terrain_widgets\[tensorboard\]'"):
        LossWriter(tmp_path)


@installed
def test_losses_and_errors_are_read_back(tmp_path):
    dataset = TerrainDataset().add([[0, 0], [1, 1]], np.random.default_rng(0).normal(size=(20, 2)), "noise")
    terrain, steps = Terrain(2, 2, network_channel=8, feature_size=8), []
    with LossWriter(tmp_path) as writer:
        for step in fit(terrain, dataset, epochs=7):
            steps.append((step.step, step.loss))
            writer.add(steps)  # again and again: each is written once
        writer.add_errors(terrain, dataset)
    found = read(tmp_path)
    assert [step for step, _ in found["loss"]] == [1, 2, 3, 4, 5, 6, 7]
    np.testing.assert_allclose([loss for _, loss in found["loss"]], [loss for _, loss in steps], rtol=1e-6)
    assert found["path/noise"][0][1] == pytest.approx(path_errors(terrain, dataset)[0].psnr, rel=1e-5)
    assert "beside the paths" in found


@installed
def test_a_session_writes_while_it_trains_and_each_new_terrain_is_a_run(tmp_path):
    session = Session(codec=LevelCodec(), sounds=tones(1))
    session.encode(wait=True)
    session.arrange()
    with LossLog(session, tmp_path):
        session.train(seconds=None, epochs=4, wait=True)
        session.training.reset()
        session.train(seconds=None, epochs=3, wait=True)
    session.close()
    assert [len(read(tmp_path / run)["loss"]) for run in ("1", "2")] == [4, 3]
    assert "path/tone 0" in read(tmp_path / "2")


@installed
def test_a_codecs_training_is_read_back(tmp_path):
    tone = np.zeros(400, np.float32)
    with CodecTrainingWriter(tmp_path) as writer:
        writer.told(Progress(3, 0.5, 1.0, 0.1, 9.0, {"mel": 2.0, "linear": 0.5}, 1e-3, 0.0))
        writer.told(Validated(4, 2.75, True, {"worst": 4.0}, 5, 8))
        writer.told(Examples(4, (Example("phrase", tone, tone, 44100), Example("random", tone, None, 44100))))
    found = read(tmp_path)
    assert found["loss/all"] == [(3, 2.5)] and found["loss/mel"] == [(3, 2.0)]
    assert found["validation/error"] == [(4, 2.75)] and found["validation/active latents"] == [(4, 5.0)]
