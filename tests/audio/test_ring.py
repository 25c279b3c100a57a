"""The ring against a plain list of frames, and between two real processes."""

import multiprocessing
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telharmonic.audio.ring import MIRROR_FRAMES, Ring
from telharmonic.audio.shared_memory import SharedMemory
from telharmonic.errors import ParameterError

CAPACITY = 4800


def make_ring(capacity: int = CAPACITY, channels: int = 2) -> Ring:
    memory = SharedMemory(Ring.size_bytes(capacity, channels))
    ring = Ring(memory.part(0, memory.size_bytes), capacity_frames=capacity, channels=channels)
    ring.reset()
    memory.close()
    return ring


def counted(first: int, frames: int) -> np.ndarray:
    """Frame n carries n and -n: exact in float32 up to 2^24."""
    numbers = np.arange(first, first + frames, dtype=np.float32)
    return np.stack((numbers, -numbers))


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(1, 1500), st.integers(1, 1500)), max_size=60))
def test_gives_every_frame_once_and_in_order(steps):
    ring, written, read = make_ring(), 0, 0
    for push, pop in steps:
        pushed = ring.push(counted(written, push))
        assert pushed == (push if written - read + push <= CAPACITY else 0)
        written += pushed
        out = np.zeros((2, pop), np.float32)
        popped = ring.pop(out)
        assert popped == min(pop, written - read)
        np.testing.assert_array_equal(out[:, :popped], counted(read, popped))
        read += popped
        assert (ring.written, ring.taken, ring.fill) == (written, read, written - read)


def test_a_block_of_4096_frames_is_contiguous_wherever_it_begins():
    ring = make_ring(5000)
    for first in range(0, 40_000, 500):
        assert ring.push(counted(first, 500))
        if first >= 4096:
            begin = first + 500 - MIRROR_FRAMES
            view = ring.view(begin, MIRROR_FRAMES)
            assert view.flags.c_contiguous
            np.testing.assert_array_equal(view.T, counted(begin, MIRROR_FRAMES))
            ring.give_back(begin + 500)


def test_a_full_ring_takes_nothing_and_loses_nothing():
    ring = make_ring()
    assert ring.push(counted(0, 2400)) == 2400
    assert ring.push(counted(2400, 2400)) == 2400
    assert ring.push(counted(4800, 1)) == 0
    assert ring.reserve(1) is None
    out = np.zeros((2, 4096), np.float32)
    assert ring.pop(out) == 4096
    np.testing.assert_array_equal(out, counted(0, 4096))


def test_an_empty_ring_gives_nothing():
    assert make_ring().pop(np.zeros((2, 100), np.float32)) == 0


def test_counts_on_from_any_frame():
    ring = make_ring()
    ring.reset(10**12)
    ring.push(np.ones((2, 240), np.float32), time_ns=5)
    assert (ring.written, ring.taken, ring.time_ns, ring.gap_frame) == (10**12 + 240, 10**12, 5, -1)
    ring.mark_gap()
    assert ring.gap_frame == 10**12 + 240


@pytest.mark.parametrize(
    ("options", "named"),
    [({"capacity_frames": 100}, "capacity_frames"), ({"capacity_frames": 4800, "channels": 0}, "channels")],
)
def test_refuses_counts_out_of_range(options, named):
    with pytest.raises(ParameterError, match=named):
        Ring(memoryview(bytearray(100)), **options)


def test_refuses_memory_that_is_too_small():
    with pytest.raises(ParameterError, match="memory"):
        Ring(memoryview(bytearray(1000)), capacity_frames=4800)


def _write_all(descriptor: int, frames: int) -> None:
    memory = SharedMemory(Ring.size_bytes(CAPACITY), descriptor)
    ring = Ring(memory.part(0, memory.size_bytes), capacity_frames=CAPACITY)
    written = 0
    while written < frames:
        written += ring.push(counted(written, 240)) or os.sched_yield() or 0


def test_two_processes_pass_200_000_frames_without_a_torn_one():
    memory = SharedMemory(Ring.size_bytes(CAPACITY))
    ring = Ring(memory.part(0, memory.size_bytes), capacity_frames=CAPACITY)
    ring.reset()
    total, read = 240 * 833, 0
    writer = multiprocessing.get_context("fork").Process(target=_write_all, args=(os.dup(memory.descriptor), total))
    writer.start()
    out = np.zeros((2, 500), np.float32)
    while read < total:
        popped = ring.pop(out)
        if not popped:
            assert writer.exitcode in (None, 0)
            os.sched_yield()
            continue
        np.testing.assert_array_equal(out[:, :popped], counted(read, popped))
        read += popped
    writer.join()
    memory.close()
