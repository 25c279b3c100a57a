"""What peers' datagrams ask for, done one after the other, so that sound that is due waits for one of them at most.

A STUN check or a report costs Python half a millisecond. Those of hundreds of peers come by chance at the same time,
and an event loop handles all that it found ready before it looks at the clock again; one thing a turn of the loop, and
the clock's wake-up is seen between any two.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

MOST = 4096  # that wait; they take some two seconds, and what is later than that is of no use to ICE


class Turns:
    """A queue of calls for one event loop, one a turn of it.

    Parameters
    ----------
    most : int
        So many may wait.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._waiting: deque[tuple[Callable[..., object], tuple[Any, ...]]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def give(self, act: Callable[..., object], *arguments: object) -> bool:
        """Let `act` be called when its turn has come; False if too many wait. What it raises is the loop's."""
        if len(self._waiting) >= self._most:
            return False
        self._waiting.append((act, arguments))
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self._next)
        return True

    def _next(self) -> None:
        act, arguments = self._waiting[0]
        try:
            act(*arguments)
        finally:
            del self._waiting[0]
            if self._waiting:
                asyncio.get_running_loop().call_soon(self._next)
