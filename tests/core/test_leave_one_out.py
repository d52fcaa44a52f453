"""Points left out: errors against values known by analysis."""

import numpy as np
import pytest

from terrain_widgets.core.points.leave_one_out import leave_one_out
from terrain_widgets.core.points.point_map import Method
from terrain_widgets.core.points.points import PointSet


def of(places, latents):
    points = PointSet()
    for place, latent in zip(places, latents, strict=True):
        points = points.placed(place, latent)
    return points


def plane(count=20, control_dim=2):
    """Latents that are an affine function of the place."""
    random = np.random.default_rng(0)
    places = random.uniform(-1, 1, (count, control_dim))
    return of(places, places @ random.normal(size=(control_dim, 3)) + 0.5)


def test_the_nearest_of_a_row_is_wrong_by_one_step():
    # 0, 1, 2, 3: every point's nearest other is one away, and the deviation of 0…3 is √1.25.
    row = of(np.arange(4.0)[:, None], np.arange(4.0)[:, None])
    assert leave_one_out(row, "nearest") == pytest.approx(1 / np.sqrt(1.25), rel=1e-6)


def test_thin_plates_continue_a_plane_exactly_and_nothing_else_here_does():
    errors = {method: leave_one_out(plane(), method) for method in Method}
    assert errors[Method.RBF] < 1e-5
    assert errors[Method.NETWORKS] < 0.3 and errors[Method.JOINT] < 0.3 < errors[Method.NEAREST]
    assert all(errors[m] > 1e-3 for m in Method if m is not Method.RBF)


def test_units_do_not_matter_and_a_latent_that_never_changes_counts_for_nothing():
    points = plane()
    places, latents = points.tables()
    scaled = of(places, np.column_stack([1000 * latents + 7, np.full(len(latents), 4.0)]))
    assert leave_one_out(scaled, "idw") == pytest.approx(leave_one_out(points, "idw"), rel=1e-4)
    assert leave_one_out(of(places, np.ones_like(latents)), "idw") == 0.0


def test_it_can_be_stopped_and_says_what_it_needs():
    assert np.isnan(leave_one_out(plane(), "networks", lambda: True))
    with pytest.raises(ValueError, match="needs 3 points with latents; there are 2"):
        leave_one_out(plane(2))
