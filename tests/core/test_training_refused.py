"""What training is not given: each refusal is a sentence that names what was given."""

import pytest

from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.core.training.errors import TrainingError
from terrain_widgets.core.training.fit import fit
from terrain_widgets.core.training.settings import TrainingSettings
from tests.core.small_training import dataset, small


def test_no_pairs_is_a_sentence():
    with pytest.raises(TrainingError, match="draw a path"):
        fit(Terrain(2, 4), TerrainDataset())


def test_wrong_dimensions_are_a_sentence():
    with pytest.raises(TrainingError, match="2 control dimensions to 4 latents"):
        fit(Terrain(2, 5), dataset())


@pytest.mark.parametrize(
    "arguments",
    [{"method": "sgd"}, {"continuous": True, "epochs": 3}, {"settings": TrainingSettings(), "lr": 0.1}],
)
def test_arguments_that_do_not_fit_together_are_sentences(arguments):
    data = dataset()
    with pytest.raises(ValueError, match="method must|no limit|not both"):
        fit(small(data), data, **arguments)


@pytest.mark.parametrize("limits", [{"epochs": 0}, {"seconds": -1.0}, {"lr": 0.0}, {"batch_size": 0}])
def test_limits_out_of_range_are_named(limits):
    data = dataset()
    with pytest.raises(ValueError, match=next(iter(limits))):
        fit(small(data), data, **limits)
