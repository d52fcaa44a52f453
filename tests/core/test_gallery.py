"""A gallery of ruggednesses on data whose best one is known."""

import numpy as np
import pytest

from terrain_widgets.core.training.candidate import best_of
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.core.training.errors import TrainingError
from terrain_widgets.core.training.sweep import train_gallery


def wavy(cycles=2.0):
    """Three lines over a plane on which both latents are waves of so many cycles per control unit."""
    dataset = TerrainDataset()
    for y in (-0.6, 0.0, 0.6):
        places = np.stack([np.linspace(-1, 1, 160), np.full(160, y)], axis=1)
        phase = 2 * np.pi * cycles * places[:, 0] + y
        dataset.add(places, np.stack([np.sin(phase), np.cos(phase)], axis=1))
    return dataset


def test_the_error_tells_which_ruggedness_suits_the_data():
    steps = list(train_gallery(wavy(), (0.02, 1.6, 40.0), None, epochs=80, seed=3))
    found = [step.candidate for step in steps if step.candidate is not None]
    assert [candidate.gauss_scale for candidate in found] == [0.02, 1.6, 40.0]
    smooth, fitting, rugged = found
    assert fitting.loss < 0.01 < smooth.loss, "a smooth one cannot follow"
    assert rugged.held_out < fitting.held_out - 3, "a rugged one holds nothing beside the paths"
    assert best_of(found) is fitting
    # The numbers are what the terrain itself says.
    dataset = wavy()
    by_hand = np.square(fitting.terrain(dataset.coordinates) - dataset.latents).mean()
    assert fitting.loss == pytest.approx(by_hand, rel=1e-4)
    assert fitting.losses[:, 1].min() == pytest.approx(fitting.loss, rel=1e-2)


def test_progress_rises_to_the_end_and_the_same_seed_gives_the_same_gallery():
    runs = [list(train_gallery(wavy(), (0.5, 1.0), None, epochs=4, seed=1)) for _ in range(2)]
    progress = [step.progress for step in runs[0]]
    assert progress == sorted(progress) and progress[-1] == 1.0 and 0 < progress[0] < 0.5
    assert [step.index for step in runs[0] if step.candidate] == [0, 1]
    ends = [[step.candidate.loss for step in run if step.candidate] for run in runs]
    assert ends[0] == ends[1]


def test_it_stops_when_told_and_keeps_what_is_finished():
    finished = []
    steps = train_gallery(wavy(), (0.5, 1.0, 2.0), None, epochs=5, should_stop=lambda: bool(finished))
    for step in steps:
        if step.candidate:
            finished.append(step.candidate)
    assert [candidate.gauss_scale for candidate in finished] == [0.5]


@pytest.mark.parametrize("scales", [(), (-1.0,), (101.0,), tuple(range(25))])
def test_impossible_scales_are_sentences(scales):
    with pytest.raises(ValueError, match="gauss_scale must be|1 to 24 scales"):
        next(train_gallery(wavy(), scales))


def test_without_pairs_it_says_what_to_do():
    with pytest.raises(TrainingError, match="encode"):
        next(train_gallery(TerrainDataset()))
    with pytest.raises(ValueError, match="train a gallery"):
        best_of([])
