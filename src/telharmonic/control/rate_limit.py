"""How often someone may: a token bucket whose clock is passed in."""

from __future__ import annotations

from telharmonic.errors import ParameterError


class TokenBucket:
    """Lets `burst` events through at once and `rate_hz` a second in the long run.

    Parameters
    ----------
    rate_hz : float
        Above 0.
    burst : float
        At least 1; the bucket begins full.

    Raises
    ------
    ParameterError
        If either is out of range.
    """

    def __init__(self, rate_hz: float, burst: float) -> None:
        if rate_hz <= 0:
            raise ParameterError("rate_hz", rate_hz, "above 0")
        if burst < 1:
            raise ParameterError("burst", burst, "1 or more")
        self._rate_hz = rate_hz
        self._burst = burst
        self._tokens = burst
        self._at_s: float | None = None

    def take(self, now_s: float, amount: float = 1.0) -> bool:
        """Whether so many more may pass at `now_s` (any monotonic clock; a step back counts as standing still)."""
        if self._at_s is not None:
            self._tokens = min(self._burst, self._tokens + max(0.0, now_s - self._at_s) * self._rate_hz)
        self._at_s = now_s
        if self._tokens < amount:
            return False
        self._tokens -= amount
        return True
