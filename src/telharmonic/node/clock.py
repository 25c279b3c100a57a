"""When the next block is due: absolute monotonic time, so that a late wake-up never shifts the ones after it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from telharmonic.audio.block import QUANTUM_FRAMES
from telharmonic.errors import ParameterError

TICK_FRAMES = QUANTUM_FRAMES  # at 48 kHz: 2.5 ms
TICK_NS = TICK_FRAMES * 1_000_000_000 // 48_000
BLOCK_TICKS = 2  # the length of a block where nobody asked for a shorter one
CATCH_UP_TICKS = 16  # a stall of up to 40 ms is made good at once: listeners that hold so much hear nothing of it
PRIORITY = 40  # SCHED_FIFO, 1 to 99: above everyday programs, below the kernel's own audio and interrupt threads


class Clock:
    """Ticks at ``start + index * period``.

    After a stall of up to `catch_up_ticks` every missed tick is still given, back to back. After a longer one the
    missed ticks are counted in `skipped` and the grid is kept: the clock never starts anew.

    Parameters
    ----------
    period_ns : int
        Nanoseconds from tick to tick, positive.
    catch_up_ticks : int
        0 or more.
    now : callable
        Monotonic nanoseconds.
    sleep : callable
        Waits so many seconds, at least roughly.

    Raises
    ------
    ParameterError
        If a count is out of range.
    """

    def __init__(
        self,
        period_ns: int,
        *,
        catch_up_ticks: int = CATCH_UP_TICKS,
        now: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if period_ns < 1:
            raise ParameterError("period_ns", period_ns, "1 or more")
        if catch_up_ticks < 0:
            raise ParameterError("catch_up_ticks", catch_up_ticks, "0 or more")
        self.period_ns = period_ns
        self.catch_up_ticks = catch_up_ticks
        self.index = -1  # of the tick that `wait` gave last
        self.skipped = 0
        self._now = now
        self._sleep = sleep
        self._start_ns = now()

    @property
    def due_ns(self) -> int:
        """When the tick that `wait` gave last was due."""
        return self._start_ns + self.index * self.period_ns

    def wait(self) -> int:
        """Sleep until the next tick; how many ticks were skipped before it (0 but after a long stall)."""
        self.index += 1
        ahead_ns = self.due_ns - self._now()
        while ahead_ns > 0:
            self._sleep(ahead_ns / 1e9)
            ahead_ns = self.due_ns - self._now()
        behind = -ahead_ns // self.period_ns
        if behind <= self.catch_up_ticks:
            return 0
        self.index += behind
        self.skipped += behind
        return behind


def ask_for_realtime(priority: int = PRIORITY) -> bool:
    """Ask SCHED_FIFO for the calling thread; whether it was granted."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(priority))
    except (OSError, AttributeError):
        return False
    return True


def quanta_until(tick: int, sample_rate_hz: int) -> int:
    """Whole quanta that a session of any rate has rendered when `tick` ticks have passed.

    A session at 48 kHz is given one quantum a tick, one at 44.1 kHz now and then none.
    """
    return tick * TICK_FRAMES * sample_rate_hz // (48_000 * QUANTUM_FRAMES)


def longest_block(ticks: int, sample_rate_hz: int) -> int:
    """The most frames that `ticks` ticks bring a session of any rate."""
    return -(-ticks * TICK_FRAMES * sample_rate_hz // (48_000 * QUANTUM_FRAMES)) * QUANTUM_FRAMES
