"""How many frames are decoded at once: chosen from what each block size costs, and changed when that changes."""

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terrain_widgets.audio.memory.control import ControlBlock, Gesture, Touch
from terrain_widgets.audio.memory.ring import Ring
from terrain_widgets.audio.render_loop.block_plan import BlockPlan
from terrain_widgets.audio.render_loop.loop import RenderLoop
from tests.audio.doubles import Plane, ToneCodec

CONVOLUTIONAL = {1: 0.68, 2: 0.47, 3: 0.45, 4: 0.32, 6: 0.28, 8: 0.2}  # a decoder of RAVE v2_small's size
FRAME = 512 / 44100


class CallIsDear(ToneCodec):
    """A call takes so many frames' time, however many frames it has."""

    def __init__(self, frames_per_call: float) -> None:
        super().__init__(ratio=320)  # frames of 20 ms
        self.seconds = frames_per_call * 0.02

    def stream(self, voices: int = 1):
        stream = super().stream(voices)
        decode = stream.decode

        def slowly(latents):
            time.sleep(self.seconds)  # may change under way
            return decode(latents)

        stream.decode = slowly
        return stream


def loop_of(codec, ring_frames=2):
    ring, control = Ring.create(1, 8000, private=True), ControlBlock.create(private=True)
    loop = RenderLoop(codec, ring, control, ring_frames)
    loop.engine.set_mapping(Plane())
    return loop, ring, control


def test_a_quick_codec_is_decoded_frame_by_frame():
    plan = BlockPlan({1: 0.05}, 0.023)
    assert plan.frames(0.01) == plan.frames(0.2) == 1 and plan.ready_frames(2) == 2


def test_a_slow_one_gets_the_smallest_block_that_is_easy():
    plan = BlockPlan(CONVOLUTIONAL, FRAME)
    assert plan.frames(math.inf) == 4, "the first below 0.4"
    assert plan.frames(0.03) == 1, "with little ready, waiting for more would run it dry"
    assert plan.frames(math.inf, slowdown=1.9) == 8
    assert plan.frames(math.inf, slowdown=5.0) == 8, "nothing is easy any more: the least loaded"


@given(st.floats(0.005, 2.0), st.floats(1.0, 8.0), st.lists(st.floats(0.01, 2.0), min_size=1, max_size=6))
def test_there_is_always_enough_ready_for_the_block(ready, slowdown, loads):
    plan = BlockPlan(dict(zip((1, 2, 3, 4, 6, 8), loads, strict=False)), FRAME)
    count = plan.frames(ready, slowdown)
    took = (count - 1 + count * slowdown * plan.loads[count]) * FRAME
    assert count == 1 or took < ready
    kept = plan.ready_frames(2, slowdown)
    assert kept >= 2 and plan.frames(kept * FRAME, slowdown) == plan.frames(math.inf, slowdown)


@pytest.mark.parametrize(("cost", "more"), [(0.02, False), (0.7, True)])
def test_the_loop_measures_its_codec_and_tells(cost, more):
    loop, ring, control = loop_of(CallIsDear(cost))
    loop.warm_up()
    told = control.telemetry()
    assert (told.block_frames > 1) == more and (told.ring_frames > 2) == more
    while loop.step() == 0.0:
        pass
    assert ring.available >= (told.ring_frames - told.block_frames + 1) * 320
    calls, before = loop.engine.frames, ring.available
    taken = 320
    ring.read(taken)
    loop.step()
    while ring.available < before - taken + 1 and taken < 8000:
        ring.read(32)
        taken += 32
        loop.step()
    assert loop.engine.frames - calls >= told.block_frames


def test_less_than_a_frame_ready_is_told_as_it_is():
    loop, ring, control = loop_of(CallIsDear(0.02), ring_frames=0.25)
    loop.warm_up()
    assert 0.25 <= control.telemetry().ring_frames < 1.0
    while loop.step() == 0.0:
        pass
    assert 80 <= ring.available <= 80 + 320 + loop.engine.delay


def test_more_is_rendered_at_once_when_the_load_grows():
    codec = CallIsDear(0.3)
    loop, ring, control = loop_of(codec)
    loop.warm_up()
    assert control.telemetry().block_frames == 1
    control.put_gesture(Gesture((Touch(gate=True),)))
    codec.seconds = 0.9 * 0.02  # as two more voices would make it
    deadline = time.monotonic() + 30
    while control.telemetry().block_frames == 1 and time.monotonic() < deadline:
        loop.step()
        ring.read(320)
    told = control.telemetry()
    assert told.block_frames > 1 and told.ring_frames > 2


def test_no_sizes_no_plan():
    with pytest.raises(ValueError, match="at least one"):
        BlockPlan({}, 0.02)
    assert np.isfinite(BlockPlan({1: 1.0}, 0.02).frames(0.1))
