"""One ring copied into another."""

import numpy as np
import pytest

from telharmonic.audio.ring import Ring
from telharmonic.node.ring_tap import RingTap

CAPACITY = 8192


def ring() -> Ring:
    ring = Ring(memoryview(bytearray(Ring.size_bytes(CAPACITY))), capacity_frames=CAPACITY)
    ring.reset()
    return ring


@pytest.fixture
def source():
    return ring()


def push(source: Ring, frames: int) -> None:
    numbers = source.written + np.arange(frames, dtype=np.float32)
    assert source.push(np.stack([numbers, -numbers])) == frames


def test_the_copy_begins_with_what_comes_next(source):
    push(source, 100)
    target = ring()
    tap = RingTap(source, target)
    push(source, 240)
    tap.pump()
    out = np.zeros((2, 240), np.float32)
    assert target.pop(out) == 240
    np.testing.assert_array_equal(out[0], np.arange(100, 340))
    assert tap.next_frame == 340


def test_a_reader_that_sleeps_loses_sound_and_holds_nobody_up(source):
    target = ring()
    tap = RingTap(source, target)
    for _ in range(100):
        push(source, 240)
        tap.pump()
        source.give_back(tap.next_frame)
    assert tap.next_frame == source.written == 24_000
    assert target.fill == CAPACITY // 240 * 240
