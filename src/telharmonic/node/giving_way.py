"""How other threads of the render process keep out of the clock's way.

Python runs one thread at a time (the GIL). Every session's kernel gives the lock up and must take it again, so one
busy thread beside the clock would cost it a wait for each session of a tick. A thread that gives way stops at its
next call or return as soon as a tick begins, and goes on when it has ended: the clock waits once a tick at most.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

PAUSE_S = 0.0002  # how often a thread that waits looks again: a tick of 60 sessions takes 3 ms


@contextmanager
def giving_way(busy: Callable[[], bool], pause: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """While entered, this thread stops wherever a function is called or returns, for as long as `busy()`.

    It uses the profiler's hook, so no profiler can run in the same thread meanwhile. Do not wait for the clock's
    thread inside: this thread may be stopped while it holds the lock that the clock needs to answer.
    """

    def stop(_frame: FrameType, _event: str, _argument: object) -> None:
        while busy():
            pause(PAUSE_S)

    sys.setprofile(stop)
    try:
        yield
    finally:
        sys.setprofile(None)
