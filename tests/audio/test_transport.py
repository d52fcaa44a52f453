from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terrain_widgets.audio.engine.sources.playhead import Playhead, Transport

LINE = np.stack([np.arange(8.0), np.zeros(8)], axis=1)


def step(transport: Transport, frames: int) -> np.ndarray:
    """Its places in the next frames, in which it sounds."""
    places = transport.places(frames, 2)
    transport.advance(frames, True)
    return places


def walk(transport: Transport, frames: int) -> list[float]:
    return [float(x) for x in step(transport, frames)[:, 0]]


def test_speed_one_plays_one_point_a_frame() -> None:
    transport = Transport(Playhead(LINE, loop="once"))
    assert transport.frames_left == 8
    assert walk(transport, 8) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert transport.ended and walk(transport, 2) == [7, 7]


def test_backwards_half_speed_and_standing_still() -> None:
    assert walk(Transport(Playhead(LINE, -1.0, "once")), 8) == [7, 7, 6, 5, 4, 3, 2, 1]
    assert walk(Transport(Playhead(LINE, 0.5)), 4) == [0, 0.5, 1, 1.5]
    assert walk(Transport(Playhead(LINE, 0.5, interpolate=False)), 4) == [0, 0, 1, 1]
    assert walk(Transport(Playhead(LINE, 0.0, "once", seek=(1, 3.0))), 3) == [3, 3, 3]


def test_loops() -> None:
    assert walk(Transport(Playhead(LINE, 4.0)), 5) == [0, 4, 0, 4, 0]
    assert walk(Transport(Playhead(LINE, 3.0, "ping-pong")), 8) == [0, 3, 6, 7, 4, 1, 2, 5]


def test_a_change_of_speed_goes_on_from_here_and_a_seek_jumps() -> None:
    transport = Transport(Playhead(LINE))
    walk(transport, 3)
    assert not transport.take(Playhead(LINE, 0.5)) and walk(transport, 3) == [3, 3.5, 4]
    assert transport.take(Playhead(LINE, 0.5, seek=(1, 6.0))) and walk(transport, 2) == [6, 6.5]
    assert not transport.take(Playhead(LINE, 1.0, seek=(1, 6.0))) and walk(transport, 1) == [7]


def test_played_out_it_begins_again_when_started_anew() -> None:
    transport = Transport(Playhead(LINE, loop="once"))
    walk(transport, 9)
    transport.take(replace(transport.playhead, playing=False))
    assert transport.take(replace(transport.playhead, playing=True)) and walk(transport, 2) == [0, 1]


@given(
    st.floats(-4, 4),
    st.sampled_from(["once", "loop", "ping-pong"]),
    st.lists(st.integers(1, 16), min_size=1, max_size=12),
    st.booleans(),
)
def test_the_block_size_changes_nothing(speed: float, loop: str, sizes: list[int], interpolate: bool) -> None:
    head = Playhead(LINE, speed, loop, interpolate=interpolate)
    blocks = Transport(head)
    parts = [step(blocks, size) for size in sizes]
    np.testing.assert_array_equal(np.concatenate(parts), step(Transport(head), sum(sizes)))


@given(st.integers(-256, 256), st.sampled_from(["once", "loop", "ping-pong"]), st.integers(0, 60))
def test_now_goes_on_where_it_is(speed: int, loop: str, frames: int) -> None:
    # Speeds without rounding: where a loop begins again, the last bit of a place decides between its two ends.
    transport = Transport(Playhead(LINE, speed / 64, loop))
    step(transport, frames)
    again = Transport(transport.now)
    np.testing.assert_allclose(step(again, 6), step(transport, 6), atol=1e-5)


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="-4 to 4"):
        Playhead(LINE, 5.0)
    with pytest.raises(ValueError, match="once, loop, ping-pong"):
        Playhead(LINE, loop="twice")
    with pytest.raises(ValueError, match="finite table"):
        Playhead(np.full((2, 2), np.nan))
