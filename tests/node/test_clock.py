"""The clock on a time of its own."""

import pytest

from telharmonic.errors import ParameterError
from telharmonic.node.clock import Clock, longest_block, quanta_until


class Time:
    """A time that passes only in sleep, which is late by a written pattern."""

    def __init__(self, late_ns: list[int] | None = None) -> None:
        self.now_ns = 1_000
        self.late_ns = list(late_ns or [])

    def now(self) -> int:
        return self.now_ns

    def sleep(self, seconds: float) -> None:
        self.now_ns += round(seconds * 1e9) + (self.late_ns.pop(0) if self.late_ns else 0)


def make_clock(time: Time, **options) -> Clock:
    return Clock(5_000_000, now=time.now, sleep=time.sleep, **options)


def test_ticks_stay_on_the_grid_however_late_each_was():
    time = Time([300_000, 0, 4_000_000, 1])
    clock = make_clock(time)
    begin = time.now_ns
    for index in range(6):
        assert clock.wait() == 0
        assert (clock.index, clock.due_ns) == (index, begin + index * 5_000_000)
        assert time.now_ns >= clock.due_ns


def test_a_short_stall_is_caught_up_without_sleeping():
    time = Time()
    clock = make_clock(time, catch_up_ticks=4)
    clock.wait()
    time.now_ns += 22_000_000
    stalled_at = time.now_ns
    given = []
    while time.now_ns == stalled_at:
        assert clock.wait() == 0
        given.append(clock.index)
    assert given == [1, 2, 3, 4, 5]
    assert clock.skipped == 0


def test_a_long_stall_is_skipped_and_counted_and_the_grid_kept():
    time = Time()
    clock = make_clock(time, catch_up_ticks=4)
    clock.wait()
    first_due = clock.due_ns
    time.now_ns += 103_000_000
    assert clock.wait() == 19
    assert clock.skipped == 19
    assert clock.index == 20
    assert clock.due_ns == first_due + 100_000_000
    assert clock.wait() == 0
    assert clock.index == 21


def test_a_sleep_that_returns_early_is_slept_again():
    time = Time([-3_000_000])
    clock = make_clock(time)
    clock.wait()
    clock.wait()
    assert time.now_ns >= clock.due_ns


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_sessions_of_every_rate_get_their_frames(rate_hz):
    def until(tick: int) -> int:
        return quanta_until(tick, rate_hz) * 120

    for tick in range(0, 2000, 7):
        due = tick * rate_hz / 400  # 2.5 ms a tick
        assert due - 120 < until(tick) <= due
    assert until(400 * 60) == 60 * rate_hz  # a minute has no rest at any of the three
    for ticks in (1, 2):
        assert longest_block(ticks, rate_hz) == max(until(tick + ticks) - until(tick) for tick in range(2000))


@pytest.mark.parametrize("options", [{"period_ns": 0}, {"period_ns": 1, "catch_up_ticks": -1}])
def test_refuses_counts_out_of_range(options):
    with pytest.raises(ParameterError, match=list(options)[-1]):
        Clock(**options)
