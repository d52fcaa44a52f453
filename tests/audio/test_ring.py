from __future__ import annotations

import os
import subprocess
import sys
import threading
import tracemalloc

import numpy as np
import pytest

from terrain_widgets.audio.memory.control import ControlBlock, Gesture, SeqTable, Telemetry, Touch
from terrain_widgets.audio.memory.ring import Ring
from terrain_widgets.audio.memory.shared import SharedMemory


def test_what_goes_in_comes_out_in_any_pieces() -> None:
    ring = Ring.create(2, 100, private=True)
    sent = np.random.default_rng(0).normal(size=(2, 1000)).astype(np.float32)
    rng, got, at = np.random.default_rng(1), [], 0
    while at < 1000 or ring.available:
        at += ring.write(sent[:, at : at + int(rng.integers(0, 70))])
        assert 0 <= ring.available <= 100 and ring.available + ring.free == 100
        got.append(ring.read(int(rng.integers(0, 70))))
    np.testing.assert_array_equal(np.concatenate(got, axis=1), sent)
    assert ring.read(10).shape == (2, 0) and ring.write(np.ones((2, 130), np.float32)) == 100


def test_reading_into_memory_that_is_there() -> None:
    ring = Ring.create(2, 100, private=True)
    sent = np.random.default_rng(0).normal(size=(2, 1000)).astype(np.float32)
    rng, got, at = np.random.default_rng(1), np.full((2, 1000), np.nan, np.float32), 0
    written = 0
    while at < 1000:
        written += ring.write(sent[:, written : written + int(rng.integers(0, 70))])
        at += ring.read_into(got[:, at : at + int(rng.integers(0, 70))])
        assert ring.taken == at and ring.written == written
    np.testing.assert_array_equal(got, sent)
    out = np.full((2, 5), 7.0, np.float32)
    assert ring.read_into(out) == 0
    np.testing.assert_array_equal(out, 7.0)


def test_reading_into_interleaved_memory_allocates_nothing() -> None:
    ring = Ring.create(2, 100, private=True)
    ring.write(np.zeros((2, 70), np.float32))
    ring.skip(70)
    sent = np.arange(120, dtype=np.float32).reshape(2, 60)
    ring.write(sent)  # over the ring's end
    device = np.zeros((64, 2), np.float32)  # as PortAudio gives it: time first
    tracemalloc.start()
    try:
        assert ring.read_into(device.T) == 60
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    np.testing.assert_array_equal(device[:60].T, sent)
    np.testing.assert_array_equal(device[60:], 0.0)
    assert peak < 2000, "only views and numbers, no copy of the sound"


def test_skipping() -> None:
    ring = Ring.create(1, 10, private=True)
    ring.write(np.arange(8, dtype=np.float32)[None])
    assert ring.skip(3) == 3 and ring.taken == 3 and ring.available == 5
    assert ring.read(1)[0, 0] == 3.0
    assert ring.skip(100) == 4 and ring.available == 0 and ring.skip(-5) == 0


CHILD = """
import sys
import numpy as np
from terrain_widgets.audio.memory.ring import Ring
ring = Ring.attach(sys.argv[1], 2, 500)
ring.memory.unlink()
at = 0
while at < 200_000:
    block = np.arange(at, min(at + 173, 200_000), dtype=np.float32)
    at += ring.write(np.stack([block, -block]))
"""


def test_two_processes() -> None:
    ring = Ring.create(2, 500)
    child = subprocess.Popen([sys.executable, "-c", CHILD, ring.memory.path])
    got, count = [], 0
    while count < 200_000 and (child.poll() is None or ring.available):
        block = ring.read(211)
        count += block.shape[1]
        got.append(block)
    assert child.wait(10) == 0
    audio = np.concatenate(got, axis=1)
    expected = np.arange(200_000, dtype=np.float32)
    np.testing.assert_array_equal(audio[0], expected)
    np.testing.assert_array_equal(audio[1], -expected)
    assert not os.path.exists(ring.memory.path)


def test_a_closed_ring_leaves_no_file() -> None:
    ring = Ring.create(1, 10)
    path = ring.memory.path
    assert os.path.exists(path)
    ring.close()
    assert not os.path.exists(path)


READS_ON = """
from terrain_widgets.audio.memory.control import ControlBlock
from terrain_widgets.audio.memory.ring import Ring
ring, control = Ring.create(1, 100_000), ControlBlock.create()
ring.close(), control.close()
print(ring.available, ring.read(10).shape, control.telemetry().frames)
"""


def test_who_reads_while_another_thread_closes_the_memory_does_not_end_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", READS_ON], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stdout.split()[0] == "0", (done.returncode, done.stderr[-400:])


def test_a_table_is_never_seen_half_written() -> None:
    table = SeqTable(SharedMemory.private(256), 0, 31)
    table.write([0.0] * 31)
    stop = threading.Event()

    def write() -> None:
        k = 0
        while not stop.is_set():
            k += 1
            table.write([float(k)] * 31)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(5000):
            assert len(set(table.read())) == 1
    finally:
        stop.set()
        thread.join()


def test_a_writer_that_died_half_way_leaves_the_last_whole_table() -> None:
    table = SeqTable(SharedMemory.private(256), 0, 31)
    table.write([1.0, 2.0])
    assert list(table.read()[:2]) == [1.0, 2.0]
    table._sequence[0] += 1
    table._values[0] = 9.0
    assert list(table.read()[:2]) == [1.0, 2.0]


def test_gestures_and_levels_cross() -> None:
    block = ControlBlock.create(private=True)
    assert block.gesture() == Gesture() and block.telemetry() == Telemetry()
    glide = Touch((0.25, -3.0, 1e-3), True, 0.5, 3, 1.5, "even", 2)
    gesture = Gesture((glide, Touch(), Touch((1.0,), True, 1.0, 1)), 0.7, 2)
    block.put_gesture(gesture)
    telemetry = Telemetry(
        -3.0, -12.0, 2.0, 4, 0.3, 99, False, 1, playheads=(2.5,), place=(0.5, -1.0), latents=(1.0, 2.0)
    )
    block.put_telemetry(telemetry)
    assert block.gesture() == gesture and block.telemetry() == telemetry
    with pytest.raises(ValueError, match="1 to 16 coordinates, got 17"):
        block.put_gesture(Gesture((Touch((0.0,) * 17),)))
