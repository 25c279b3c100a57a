"""Frames against time: the truest of many stamps that are late by chance."""

import numpy as np

from telharmonic.node.frame_clock import KEPT, FrameClock


def test_knows_nothing_at_first():
    clock = FrameClock(48_000)
    assert clock.frame_at(10**9) is None
    clock.note(0, 0)
    clock.forget()
    assert clock.frame_at(10**9) is None


def test_is_as_true_as_the_earliest_stamp():
    clock, rng = FrameClock(48_000), np.random.default_rng(1)
    late_ns = rng.exponential(500_000, KEPT)
    for tick in range(KEPT):
        clock.note(240 * tick, 7_000_000_000 + tick * 5_000_000 + int(late_ns[tick]))
    expected = 48_000 + 240 * KEPT
    found = clock.frame_at(7_000_000_000 + KEPT * 5_000_000 + 1_000_000_000)
    assert 0 <= expected - found <= np.ceil(late_ns.min() * 48e-6)


def test_forgets_what_was_before_a_gap():
    clock = FrameClock(44_100)
    clock.note(0, 0)
    for tick in range(KEPT):
        clock.note(441 * tick, 2_000_000_000 + tick * 10_000_000)
    assert clock.frame_at(3_000_000_000) == 44_100
