"""Reports of a training that rests and wakes up."""

import numpy as np

from terrain_widgets.core.training import TrainingStep
from terrain_widgets.session.training_reports import report


def test_a_resting_training_is_told_once_and_shown():
    steps = [
        TrainingStep(n, float(n), 1.0 / n, 0.0, 0.0, flat)
        for n, flat in ((1, False), (2, True), (2, True), (2, True), (3, False))
    ]
    losses, words, shown = [], [], []

    def tell(fresh, share, said):
        losses.append(fresh)
        words.append(said)

    report(steps, tell, lambda: shown.append(len(losses)))
    assert np.concatenate(losses)[:, 0].tolist() == [1, 2, 3]  # no step twice
    assert shown == [1, 2]  # when it rests, and at the end
    assert words == ["loss 0.5000; waiting for something new to learn", "loss 0.3333 after 3 steps"]
