"""Pairs: frames counted as nn.terrain counts, its spacing on its own cases, and no frame lost in silence."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from terrain_widgets.core.paths.fixed_spacing import fixed_spacing, frames_reported
from terrain_widgets.core.paths.pairing import PairingRule, drawing_progress, pair
from terrain_widgets.core.paths.trajectory import LatentTrajectory, SpatialTrajectory
from terrain_widgets.core.training.dataset import TerrainDataset

# Two segments of lengths 1.0 and 1.1; at a spacing of 0.4 nn.terrain sends 6 points and reports 7.
BENT = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.1]]


def sound(frames, frame_rate=None):
    return LatentTrajectory(np.arange(2.0 * frames).reshape(frames, 2), frame_rate)


def test_nn_terrain_s_spacing_on_the_known_case():
    points = fixed_spacing(BENT, 0.4)
    assert len(points) == 6 and frames_reported(BENT, 0.4) == 7
    first, second = np.array([0, 0.4, 0.8]) / 1.00001, np.array([0, 0.4, 0.8]) / 1.10001
    assert np.allclose(points[:3], np.stack([first, 0 * first], axis=1), atol=1e-12)
    assert np.allclose(points[3:], np.stack([1 + 0 * second, 1.1 * second], axis=1), atol=1e-12)


@pytest.mark.parametrize(
    ("vertices", "sent", "reported"),
    [
        ([[0, 0], [0.4, 0]], 2, 1 + 1),  # overshoot of 0.001 lets a point on the end in
        ([[0, 0], [0.3995, 0]], 2, 1 + 1),
        ([[0, 0], [0.398, 0]], 1, 1 + 1),
        ([[0, 0], [2.0, 0]], 6, 1 + 5),
        ([[3, 3]], 1, 1),
    ],
)
def test_nn_terrain_s_spacing_at_the_edges(vertices, sent, reported):
    assert len(fixed_spacing(vertices, 0.4)) == sent and frames_reported(vertices, 0.4) == reported


@settings(deadline=None)
@given(
    hnp.arrays(np.float64, st.tuples(st.integers(2, 8), st.just(2)), elements=st.floats(-16, 16)), st.floats(0.1, 10)
)
def test_nn_terrain_s_spacing_is_its_loop(vertices, spacing):
    expected = []
    for a, b in zip(vertices[:-1], vertices[1:], strict=True):
        d, step = math.dist(a, b), 0
        assume(abs((d + 0.001) / spacing - round((d + 0.001) / spacing)) > 1e-9)  # where a rounding decides
        while step * spacing < d + 0.001:
            expected.append([p + (q - p) * step * spacing / (d + 1e-5) for p, q in zip(a, b, strict=True)])
            step += 1
    assert np.allclose(fixed_spacing(vertices, spacing), expected, atol=1e-9)
    assert len(fixed_spacing(vertices, spacing, 5)) == min(6, len(expected))


def test_progress_of_a_drawing():
    path = SpatialTrajectory(BENT)
    for rule in (PairingRule.STRETCH, PairingRule.SPEED):
        assert not drawing_progress(None, 20, rule).complete and drawing_progress(None, 20, rule).to_draw == 20
        assert drawing_progress(path, 20, rule).complete
        assert drawing_progress(SpatialTrajectory([[1, 1]]), 20, rule).to_draw == 19
    bent = drawing_progress(path, 7, "nn.terrain", 0.4)
    assert (bent.drawn, bent.to_draw, bent.complete) == (6, 1, False)  # nn.terrain itself would say complete
    assert drawing_progress(path, 6, "nn.terrain", 0.4).complete
    with pytest.raises(ValueError):
        drawing_progress(path, 0)


@given(st.integers(2, 60), st.floats(0.05, 5), st.floats(0, 40))
def test_what_is_left_to_draw_completes_the_path(required, spacing, begun):
    path = SpatialTrajectory([[0, 0], [begun, 0]])
    progress = drawing_progress(path, required, "nn.terrain", spacing)
    if not progress.complete:
        more = progress.length_left + 1e-2 * spacing
        drawn = [[0, 0], [begun, 0], [begun, more]] if path.length > 0 else [[0, 0], [0, more]]
        assert drawing_progress(SpatialTrajectory(drawn), required, "nn.terrain", spacing).complete


def test_stretch_keeps_everything_and_says_nothing():
    paired = pair(SpatialTrajectory(BENT), sound(22))
    assert len(paired.spatial) == len(paired.latent) == 22 and paired.warnings == ()


def test_a_path_too_short_to_tell_frames_apart_is_said():
    assert "closer" in pair(SpatialTrajectory([[0, 0], [1e-3, 0]]), sound(100)).warnings[0]


def test_speed_uses_times_or_says_that_there_are_none():
    timed = SpatialTrajectory([[0, 0], [1, 0], [4, 0]], times=[0, 1, 2])
    paired = pair(timed, sound(5, 2.5), "speed")
    assert paired.spatial.values[:, 0].tolist() == [0, 0.5, 1, 2.5, 4] and paired.warnings == ()
    slow = pair(timed, sound(5, 0.5), "speed")
    assert "2 s" in slow.warnings[0] and "10 s" in slow.warnings[0]
    untimed = pair(SpatialTrajectory([[0, 0], [4, 0]]), sound(5), "speed")
    assert "not timed" in untimed.warnings[0] and untimed.spatial.values[:, 0].tolist() == [0, 1, 2, 3, 4]
    rested = SpatialTrajectory([[0, 0], [1, 0], [1, 0]], times=[0, 1, 9])
    assert "rested" in pair(rested, sound(30), "speed").warnings[0]


def test_nn_terrain_s_rule_cuts_as_it_does_and_says_so():
    path = SpatialTrajectory(BENT)
    short = pair(path, sound(9), "nn.terrain", 0.4)
    assert len(short.spatial) == len(short.latent) == 6
    assert "last 3 are left out" in short.warnings[0]
    assert np.allclose(short.spatial.values, fixed_spacing(BENT, 0.4), atol=1e-6)
    long = pair(path, sound(3), "nn.terrain", 0.4)
    assert len(long.spatial) == len(long.latent) == 3 and "longer" in long.warnings[0]
    assert pair(path, sound(6), "nn.terrain", 0.4).warnings == ()
    freehand = pair(path.resampled(50), sound(6), "nn.terrain", 0.4)
    assert len(freehand.spatial) == 6 and "50 vertices" in freehand.warnings[0]


@pytest.mark.parametrize("rule", ["stretch", "speed"])
def test_a_single_place_cannot_carry_frames(rule):
    with pytest.raises(ValueError, match="draw a line"):
        pair(SpatialTrajectory([[1, 1], [1, 1]], times=[0, 1]), sound(4), rule)


def test_a_dataset_keeps_rules_and_warnings():
    data = TerrainDataset().add(BENT, sound(9), "bell", "nn.terrain").add(BENT, sound(4), "drum")
    assert [each.rule for each in data] == ["nn.terrain", "stretch"]
    assert data.frame_count == 10 and data.coordinates.shape == (10, 2) and data.latents.shape == (10, 2)
    assert len(data.warnings) == 1 and data.warnings[0].startswith("“bell”: ")
    with pytest.raises(ValueError, match="guess"):
        data.add(BENT, sound(4), rule="guess")
