"""The axes of the loss chart: they hold everything, change seldom, and leave a user's zoom alone."""

from __future__ import annotations

import numpy as np

from terrain_widgets.widgets.charts.loss_figure import LossFigure, edges


def falling(steps: int) -> np.ndarray:
    at = np.arange(1, steps + 1, dtype=np.float64)
    return np.stack([at, 3.0 * at**-0.7], axis=1)


def test_axes_hold_every_loss_and_move_in_steps() -> None:
    seen = set()
    for steps in range(1, 2001):
        (left, right), (down, up) = edges([falling(steps)])
        assert left == 0 and right >= steps and right < max(60, 1.6 * steps)
        assert 0 < down <= falling(steps)[-1, 1] and up >= 3.0
        seen.add((right, down))
    assert len(seen) < 40, "the page would lay the figure out anew again and again"


def test_what_is_no_loss_moves_nothing() -> None:
    broken = np.array([[1.0, np.nan], [2.0, 0.0], [3.0, np.inf], [np.nan, 1.0]])
    assert edges([]) == edges([np.empty((0, 2))]) == edges([broken])
    assert edges([falling(100), broken]) == edges([falling(100)])


def test_a_zoom_is_kept_and_reset_shows_everything() -> None:
    figure = LossFigure()
    x, y = figure.plot.x_range, figure.plot.y_range
    figure.show(falling(30))
    assert x.end == x.reset_end == 50.0
    figure.show(falling(200))
    assert x.end == x.reset_end > 200
    x.update(start=10.0, end=20.0)  # as the page tells it of a zoom
    figure.show(falling(1000))
    assert (x.start, x.end) == (10.0, 20.0) and x.reset_end > 1000
    x.update(start=x.reset_start, end=x.reset_end)
    y.update(start=y.reset_start, end=y.reset_end)
    figure.show(falling(5000))
    assert x.end > 5000 and y.start <= falling(5000)[-1, 1]


def test_earlier_trainings_are_seen_whole_too() -> None:
    figure = LossFigure()
    figure.show(falling(30))
    figure.show_earlier([("1", falling(400))])
    assert figure.plot.x_range.end > 400
    figure.show_earlier([])
    assert figure.plot.x_range.end == 50.0


def test_columns_are_lists_of_at_most_250() -> None:
    figure = LossFigure()
    figure.show(falling(3000))
    data = figure._source.data
    assert all(isinstance(column, list) and len(column) == 250 for column in data.values())
    assert data["step"][0] == 1 and data["step"][-1] == 3000
