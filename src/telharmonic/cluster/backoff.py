"""How long to wait before starting again what has just died."""

from __future__ import annotations


class Backoff:
    """Waits that double with every early death and begin again after a long life; reads no clock.

    Parameters
    ----------
    first_s : float
        The wait after the first death: short, since somebody is listening.
    longest_s : float
        The wait never grows beyond this.
    steady_s : float
        What lived so long was well: its death counts as a first one.
    """

    def __init__(self, *, first_s: float = 0.1, longest_s: float = 30.0, steady_s: float = 60.0) -> None:
        self.first_s = first_s
        self.longest_s = longest_s
        self.steady_s = steady_s
        self._next_s = first_s

    def wait_s(self, lived_s: float) -> float:
        """Seconds to wait after something that lived `lived_s` has died."""
        if lived_s >= self.steady_s:
            self._next_s = self.first_s
        wait_s, self._next_s = self._next_s, min(2.0 * self._next_s, self.longest_s)
        return wait_s
