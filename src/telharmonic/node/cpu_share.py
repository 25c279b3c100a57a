"""How much of a core a program uses, over some seconds."""

from __future__ import annotations

from collections import deque

WINDOW_S = 10.0  # long enough for a burst: a piece that begins, a sample that is decoded


class CpuShare:
    """The share of one core over the last `window_s`, from looks at what was used so far."""

    def __init__(self, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._looks: deque[tuple[float, float]] = deque()

    def look(self, now_s: float, used_s: float) -> float:
        """At `now_s` of a monotonic clock so much processor time has been used: the share since the first look counted.

        Less than before, as where a process has gone whose time nobody took over, counts as nothing used.
        """
        self._looks.append((now_s, used_s))
        while len(self._looks) > 2 and self._looks[1][0] <= now_s - self._window_s:
            self._looks.popleft()
        first_s, used_before_s = self._looks[0]
        return max(0.0, used_s - used_before_s) / (now_s - first_s) if now_s > first_s else 0.0

    @property
    def is_whole(self) -> bool:
        """Whether it has been looked at for so long."""
        return len(self._looks) > 1 and self._looks[-1][0] - self._looks[0][0] >= self._window_s
