"""Following a training that rests and wakes up."""

import numpy as np

from terrain_widgets.core.training import TrainingStep
from terrain_widgets.session.training_job import follow


class Told:
    """Stands in for a job."""

    def __init__(self):
        self.messages = []

    def progress(self, share, message):
        self.messages.append(message)


def test_a_resting_training_is_told_once_and_published():
    steps = [
        TrainingStep(n, float(n), 1.0 / n, 0.0, 0.0, flat)
        for n, flat in ((1, False), (2, True), (2, True), (2, True), (3, False))
    ]
    job, losses, published = Told(), [], []
    last = follow(job, steps, losses.append, lambda: published.append(len(losses)))
    assert last == 3
    assert np.concatenate(losses)[:, 0].tolist() == [1, 2, 3]  # no step twice
    assert published == [1, 2]  # when it rests, and at the end
    assert job.messages == ["loss 0.5000; waiting for something new to learn"]
