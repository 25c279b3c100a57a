"""Which frame a session renders at which moment; fed with stamps, it reads no clock."""

from __future__ import annotations

from collections import deque

KEPT = 64  # stamps; the clock is late now and then, never early, so that the earliest of some is the truest


class FrameClock:
    """Frame against monotonic time.

    Parameters
    ----------
    sample_rate_hz : int
        Of the session.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        self._rate_hz = sample_rate_hz
        self._begins_ns: deque[float] = deque(maxlen=KEPT)  # when frame 0 would have been, by each stamp

    def note(self, frame: int, at_ns: int) -> None:
        """`frame` was the next to be rendered at `at_ns`, or a little before."""
        self._begins_ns.append(at_ns - frame * 1e9 / self._rate_hz)

    def forget(self) -> None:
        """The session sleeps: frames stand still."""
        self._begins_ns.clear()

    def frame_at(self, at_ns: int) -> int | None:
        """The frame that is next at `at_ns`; None before anything is known."""
        if not self._begins_ns:
            return None
        return max(0, round((at_ns - min(self._begins_ns)) * self._rate_hz / 1e9))
