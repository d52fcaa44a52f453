"""Training in a process of its own: it goes on where it stopped, obeys, and its death harms nothing."""

from __future__ import annotations

import os
import signal
import time

import numpy as np
import pytest
import torch

from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.core.training.errors import TrainingError
from terrain_widgets.core.training.fit import FitState, fit
from terrain_widgets.core.training.settings import TrainingSettings
from terrain_widgets.session.session import Session
from terrain_widgets.session.training import process as training_process
from terrain_widgets.session.training.messages import dataset_of, weights_of
from terrain_widgets.session.training.process import Reached, TrainingProcess, Watcher, borrow, free_spare, give_back
from tests.session.doubles import LevelCodec, tones


def data(pairs=2, frames=40, latents=3):
    rng = np.random.default_rng(5)
    dataset = TerrainDataset()
    for k in range(pairs):
        dataset.add([[-1, k / 2], [1, k / 2]], rng.normal(size=(frames, latents)))
    return dataset


@pytest.fixture
def process():
    lent = borrow()
    yield lent
    give_back(lent)


class Scribe:
    """What a training told, and how it is to be stopped."""

    def __init__(self, dataset, stop_after=None):
        self.dataset, self.settings = dataset, TrainingSettings()
        self.losses, self.weights, self.stop_after = [], None, stop_after

    def watcher(self):
        return Watcher(lambda: self.dataset, lambda: self.settings, self.stopped, self.tell, self.show)

    def stopped(self):
        return self.stop_after is not None and self.steps >= self.stop_after

    def tell(self, losses, share, words):
        self.losses.append(losses)

    def show(self, weights):
        self.weights = weights

    @property
    def steps(self):
        return sum(map(len, self.losses))


@pytest.mark.parametrize("method", ["muon", "adam"])
def test_two_trainings_there_equal_two_here(process, method):
    dataset, scribe, reached = data(), Scribe(data()), Reached()
    scribe.dataset = dataset
    here, there, state = Terrain(2, 3, seed=1), Terrain(2, 3, seed=1), FitState()
    for epochs in (7, 5):
        steps = list(fit(here, dataset, epochs, method=method, seed=4, state=state))
        process.train(there, reached, {"epochs": epochs, "method": method, "seed": 4}, scribe.watcher())
        there.load_state_dict(scribe.weights)
    assert reached.step == steps[-1].step == scribe.steps
    # the same arithmetic, on the same number of threads
    torch.testing.assert_close(weights_of(there), weights_of(here), rtol=1e-4, atol=1e-5)


def test_settings_and_pairs_are_obeyed_while_it_goes_on(process):
    scribe = Scribe(data(1))

    def tell(losses, share, words):
        scribe.losses.append(losses)
        if scribe.steps > 20:
            scribe.dataset = more
            scribe.settings.batch_size = 10
        if "waiting" in words or scribe.steps > 4000:
            scribe.stop_after = 0

    more = data(3)
    scribe.tell = tell
    reached = Reached()
    process.train(Terrain(2, 3, seed=1), reached, {"continuous": True, "patience": 5}, scribe.watcher())
    assert len(reached.state["pairs"]) == 3
    assert reached.state["epoch"] < reached.step  # some steps saw less than all pairs


def test_what_is_wished_before_it_is_awake_counts():
    process = TrainingProcess()  # asleep for as long as importing torch takes: all that is said meanwhile waits
    reached, scribe, seen = Reached(), Scribe(data(3)), []

    def dataset():
        seen.append(1)
        return scribe.dataset if len(seen) > 1 else first

    first = dataset_of(list(scribe.dataset)[:1])
    watcher = scribe.watcher()
    watcher.dataset = dataset
    process.train(Terrain(2, 3, seed=1), reached, {"epochs": 5}, watcher)
    assert len(reached.state["pairs"]) == 3 and process.pid is not None
    process.close()


def test_a_request_it_cannot_read_is_answered_and_the_process_goes_on():
    process = TrainingProcess()
    process._child.send({"task": "train", "id": 1, "keys": [1]}, "no content")
    assert process._child.heard.get(timeout=90) == ({"ready": True}, None)
    header, content = process._child.heard.get(timeout=90)
    assert header["id"] == 1 and "KeyError" in header["failed"] and content is None
    assert process.pid is not None
    process.close()


@pytest.mark.parametrize(
    ("options", "kind", "says"),
    [
        ({"method": "newton"}, ValueError, "method must be one of"),
        ({"speed": 3}, TypeError, "speed"),
        ({"epochs": 20, "lr_is": 1}, TypeError, "lr_is"),
    ],
)
def test_what_is_refused_there_is_raised_here(process, options, kind, says):
    with pytest.raises(kind, match=says):
        process.train(Terrain(2, 3), Reached(), options, Scribe(data()).watcher())
    assert process.pid is not None


def test_nothing_to_train_on_is_refused(process):
    with pytest.raises(TrainingError, match="maps 3 to 3|3 control"):
        process.train(Terrain(3, 3), Reached(), {"epochs": 2}, Scribe(data()).watcher())


def test_a_killed_process_keeps_what_was_learnt_and_another_goes_on():
    session = Session(codec=LevelCodec(), sounds=tones())
    session.encode(wait=True)
    session.arrange()
    job = session.train(continuous=True)
    end = time.monotonic() + 30
    while session.stage.sources.shown is None and time.monotonic() < end:
        time.sleep(0.02)
    learnt = session.training.losses[-1, 1]
    for child in children_of(os.getpid()):
        if "training.task" in child[1]:
            os.kill(child[0], signal.SIGKILL)
    with pytest.raises(TrainingError, match="killed by signal 9.*kept"):
        job.wait(20)
    assert session.stage.sources.shown is not None
    session.train(seconds=None, epochs=30, wait=True)
    assert session.training.losses[-1, 1] <= learnt * 1.5
    session.close()


def test_a_process_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(training_process, "_STOP_SECONDS", 0.5)
    process, scribe = TrainingProcess(), Scribe(data(), stop_after=5)
    show = scribe.show

    def freeze(weights):
        show(weights)
        os.kill(process.pid, signal.SIGSTOP)
        scribe.stop_after = 0

    scribe.stop_after, scribe.show = None, freeze
    with pytest.raises(TrainingError, match="had to be stopped"):
        process.train(Terrain(2, 3), Reached(), {"continuous": True}, scribe.watcher())
    assert process.pid is None


def test_one_spare_process_is_kept_and_freed(monkeypatch):
    monkeypatch.setattr(training_process, "IDLE_SECONDS", 0.2)
    first, second = TrainingProcess(), TrainingProcess()
    give_back(first)
    give_back(second)
    alive = [each for each in (first, second) if each.pid is not None]
    assert len(alive) <= 1
    end = time.monotonic() + 10
    while any(each.pid is not None for each in alive) and time.monotonic() < end:
        time.sleep(0.05)
    assert first.pid is None and second.pid is None
    monkeypatch.setattr(training_process, "IDLE_SECONDS", 60.0)
    third = TrainingProcess()
    give_back(third)
    free_spare()
    assert third.pid is None
    free_spare()


def children_of(pid):
    import psutil

    return [(child.pid, " ".join(child.cmdline())) for child in psutil.Process(pid).children()]
