"""The same landscape in other control units, against itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.interop.nn_terrain.rebounding import rebounded
from terrain_widgets.interop.nn_terrain.terrain import NN_TERRAIN_BOUNDARY, load_terrain
from tests.interop.doubles import DEMO, evaluate, grid

UNIT = np.random.default_rng(0).uniform(-0.5, 1.5, (300, 2))  # also beyond the edges


def latents_at(terrain, boundary, unit=UNIT):
    """Exact latents at view fractions: float64, so that only what the conversion rounds is seen."""
    return evaluate(terrain.state_dict(), boundary.from_unit(unit))


edges = st.tuples(
    st.floats(-8, 8), st.floats(-8, 8), st.floats(0.1, 16), st.floats(0.1, 16), st.booleans(), st.booleans()
)


def boundary_of(numbers):
    left, low, width, height, mirrored, down = numbers
    across, along = [left, left + width], [low + height, low]
    across, along = across[:: -1 if mirrored else 1], along[:: -1 if down else 1]
    return Boundary(across[0], along[0], across[1], along[1])


@settings(max_examples=60, deadline=None)
@given(edges, edges, st.sampled_from([0.0, 1.6]), st.integers(0, 50))
def test_every_place_keeps_its_latents_and_there_is_a_way_back(old, new, sigma, seed):
    old, new = boundary_of(old), boundary_of(new)
    # As rugged on any plane: 1.6 cycles per unit on a plane two units wide.
    nominal = sigma * 2 / max(abs(old.right - old.left), abs(old.bottom - old.top))
    terrain = Terrain(2, 4, nominal, network_channel=16, feature_size=12, seed=seed)
    there = rebounded(terrain, old, new)
    # float32 frequencies are known to 6e-8 of themselves, which is a phase error that grows with the distance from 0.
    far = max(np.abs(b.as_tuple()).max() / min(abs(b.right - b.left), abs(b.bottom - b.top)) for b in (old, new))
    tolerance = 1e-5 * max(1.0, far / 4)
    expected = latents_at(terrain, old)
    assert np.abs(latents_at(there, new) - expected).max() < tolerance
    back = rebounded(there, new, old)
    assert np.abs(latents_at(back, old) - expected).max() < 2 * tolerance
    assert abs(back.config.gauss_scale - nominal) < 1e-9 * max(1.0, nominal)
    assert (there.config.gauss_scale > 0) == (nominal > 0)


def test_the_demo_on_our_own_plane_has_y_upward():
    demo = load_terrain(DEMO)
    ours = rebounded(demo, NN_TERRAIN_BOUNDARY, Boundary())
    unit = np.random.default_rng(1).uniform(0, 1, (5000, 2))
    here, there = ours(Boundary().from_unit(unit)), demo(NN_TERRAIN_BOUNDARY.from_unit(unit))
    assert np.abs(here - there).max() < 1e-5
    top = demo([[3.0, -4.0]])
    assert np.abs(ours([[3.0 / 16, 1.0]]) - top).max() < 1e-5 < np.abs(ours([[3.0 / 16, -1.0]]) - top).max()
    assert ours.config.gauss_scale == pytest.approx(0.12 * 8)
    assert ours.B_T.stride() == demo.B_T.stride()


def test_the_same_plane_changes_nothing_and_the_original_is_left_alone():
    terrain = Terrain(2, 3, seed=5)
    before = {name: values.clone() for name, values in terrain.state_dict().items()}
    same = rebounded(terrain, NN_TERRAIN_BOUNDARY, NN_TERRAIN_BOUNDARY)
    rebounded(terrain, Boundary(), Boundary(0, 1, 5, 7))
    places = grid(Boundary())
    assert (same(places) == terrain(places)).all()
    assert all((terrain.state_dict()[name] == values).all() for name, values in before.items())


def test_only_a_plane_has_a_boundary():
    with pytest.raises(ValueError, match="3 control dimensions"):
        rebounded(Terrain(3, 2), Boundary(), Boundary())
