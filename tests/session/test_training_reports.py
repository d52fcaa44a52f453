"""Reports of a training that rests and wakes up."""

import numpy as np

from terrain_widgets.core.training.fit import TrainingStep
from terrain_widgets.session.training.reports import report


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


def test_late_steps_do_not_make_reports_rare_nor_come_in_a_heap(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("terrain_widgets.session.training.reports.time.monotonic", lambda: clock[0])

    def steps():
        for n in range(1, 201):
            clock[0] += 2.0 if n == 100 else 0.03  # once, the machine did something else
            yield TrainingStep(n, 1.0, 1.0, 0.0, 0.0, False)

    told, shown = [], []
    report(steps(), lambda *_: told.append(clock[0]), lambda: shown.append(clock[0]))
    seconds = 199 * 0.03
    assert len(told) >= 10 * seconds and len(shown) >= 5 * seconds
    assert np.diff(told[:-1]).min() >= 0.03 and np.diff(sorted(told))[np.diff(told) < 0.06].sum() < 0.2
