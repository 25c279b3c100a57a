"""Servers that have not answered of late, and are not waited for again until some time has passed."""

from __future__ import annotations

import time
from collections.abc import Callable

AGAIN_S = 60.0

Server = tuple[str, int]


class Unanswered:
    """Which STUN and TURN servers were silent: without it, one that is down would hold up every single join.

    Parameters
    ----------
    now : callable
        Seconds of a clock that only goes forward.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._again_s: dict[Server, float] = {}

    def pass_over(self, server: Server | None) -> Server | None:
        """The server, or None while it is not worth asking."""
        return None if server is None or self._now() < self._again_s.get(server, 0.0) else server

    def note(self, server: Server | None, *, answered: bool) -> None:
        """A server was asked, if it is one."""
        if server is not None and answered:
            self._again_s.pop(server, None)
        elif server is not None:
            self._again_s[server] = self._now() + AGAIN_S
