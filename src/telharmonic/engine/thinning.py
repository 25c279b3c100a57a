"""A hand's way with no more points than it takes to draw it: each is passed over as long as a straight line will do."""

from __future__ import annotations

import math

from telharmonic.engine.lane import is_stepped
from telharmonic.engine.ramps import law_value
from telharmonic.protocol.parameters import Parameter
from telharmonic.protocol.points import Point

TOLERANCE = 0.0025  # of the parameter's way in its own law: 0.33 dB of a fader, 1.7 % of a frequency


class ThinnedWay:
    """Points in order, of which those are kept that a straight line between others would miss by too much.

    A line from the last point kept must pass every point since within the tolerance, so that its slope lies between
    two bounds, which close in as points come. A point that cannot be reached within them makes the one before it be
    kept. That takes the same short time for each point, however many there are: the clock thread does it.

    Parameters
    ----------
    row : Parameter
        Of what is turned; points of switches and choices are all kept.
    """

    def __init__(self, row: Parameter) -> None:
        self._row = row
        self._stepped = is_stepped(row)
        self._tolerance = TOLERANCE * abs(law_value(row, row.maximum) - law_value(row, row.minimum))
        self._kept: list[Point] = []
        self._newest: Point | None = None  # behind the last one kept
        self._least = self._most = 0.0  # slope from there, in law units a frame
        self.hold()

    def __len__(self) -> int:
        return len(self._kept) + (self._newest is not None)

    @property
    def points(self) -> list[Point]:
        """Those kept and the newest."""
        return self._kept if self._newest is None else [*self._kept, self._newest]

    def add(self, point: Point) -> None:
        """One more, not before the newest."""
        if self._stepped or not self._kept:
            self._kept.append(point)
            return
        if not self._least <= self._slope(point, 0.0) <= self._most:
            self.hold()
        self._newest = point
        self._least = max(self._least, self._slope(point, -self._tolerance))
        self._most = min(self._most, self._slope(point, self._tolerance))

    def hold(self) -> None:
        """Keep the newest point, whatever comes."""
        if self._newest is not None:
            self._kept.append(self._newest)
        self._newest, self._least, self._most = None, -math.inf, math.inf

    def _slope(self, point: Point, aside: float) -> float:
        """Of the line from the last point kept to one that lies `aside` of `point`."""
        (start, value), (position, other) = self._kept[-1], point
        rise = law_value(self._row, other) + aside - law_value(self._row, value)
        return rise / (position - start) if position > start else math.copysign(math.inf, rise)
