"""The real clock on the real time of this machine: no claim about how busy it is, only that nothing is lost or bent."""

import threading
import time

import pytest

from telharmonic.node.clock import Clock, ask_for_realtime

pytestmark = pytest.mark.realtime

PERIOD_NS = 5_000_000


def test_a_second_of_ticks_stays_on_the_grid():
    clock, begin_ns, given = Clock(PERIOD_NS), time.monotonic_ns(), []

    def run() -> None:
        ask_for_realtime()  # granted or not
        for _ in range(200):
            skipped = clock.wait()
            given.append((clock.index, skipped, time.monotonic_ns() - clock.due_ns))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    indexes = [index for index, _, _ in given]
    assert all(late_ns >= 0 for _, _, late_ns in given), "a tick came before it was due"
    assert indexes[-1] == 199 + clock.skipped
    assert all(later - earlier == 1 + skipped for earlier, (later, skipped, _) in zip(indexes, given[1:], strict=False))
    assert clock.due_ns - begin_ns == pytest.approx(indexes[-1] * PERIOD_NS, abs=PERIOD_NS)


def test_work_that_holds_the_clock_up_is_caught_up():
    clock = Clock(PERIOD_NS, catch_up_ticks=8)
    clock.wait()
    stall_until = time.monotonic_ns() + 3 * PERIOD_NS
    while time.monotonic_ns() < stall_until:
        pass
    for index in range(1, 4):
        skipped = clock.wait()
        assert clock.index == index + clock.skipped
        assert skipped == 0 or clock.skipped > 8
