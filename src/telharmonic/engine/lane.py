"""One parameter's automation: points of the song, joined by straight lines in the parameter's own law."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from telharmonic.engine.ramps import law_value
from telharmonic.errors import ParameterError
from telharmonic.protocol.parameters import Law, Parameter, Value
from telharmonic.protocol.points import Point, in_order, stretch
from telharmonic.protocol.session import MAXIMUM_POINTS


def plain_value(row: Parameter, number: float) -> Value:
    """A number in law units as the value that it stands for (not of choices, which have none)."""
    if row.law is Law.SWITCH:
        return number >= 0.5
    value = math.exp(number) if row.law is Law.LOG else number
    return min(max(value, row.minimum), row.maximum)


def is_stepped(row: Parameter) -> bool:
    """Whether a parameter has nothing between two values."""
    return row.law in (Law.SWITCH, Law.CHOICE)


def between(row: Parameter, first: Point, second: Point, position: int) -> Value:
    """Where the line from one point to the next stands."""
    if is_stepped(row) or position <= first[0]:
        return first[1]
    if position >= second[0]:
        return second[1]
    start, end = law_value(row, first[1]), law_value(row, second[1])
    return plain_value(row, start + (end - start) * (position - first[0]) / (second[0] - first[0]))


class Lane:
    """Points in the order of the song. Two may share a position: there the value jumps from the first to the second.

    Before the first point and behind the last it keeps their values.

    Parameters
    ----------
    row : Parameter
        Of the parameter table.

    Attributes
    ----------
    points : tuple of (int, Value)
    """

    def __init__(self, row: Parameter) -> None:
        self.row = row
        self.points: tuple[Point, ...] = ()
        self._positions: list[int] = []
        self._numbers: list[float] = []

    def __len__(self) -> int:
        return len(self.points)

    def splice(self, points: Iterable[Point], start: int = 0, end: int | None = None) -> None:
        """Put `points`, which lie from `start` to `end` (None: the lane's), in the place of those that are there.

        Raises
        ------
        ParameterError
            If there would be more than `MAXIMUM_POINTS`; nothing is changed then.
        """
        new, (left, right) = in_order(points), stretch(self.points, start, end)
        count = len(self.points) - (right - left) + len(new)
        if count > MAXIMUM_POINTS:
            raise ParameterError("points", count, f"up to {MAXIMUM_POINTS} in a lane")
        self.points = (*self.points[:left], *new, *self.points[right:])
        self._positions[left:right] = [position for position, _ in new]
        self._numbers[left:right] = [law_value(self.row, value) for _, value in new]

    def next_after(self, position: int) -> int | None:
        """The first point behind `position`, or None."""
        number = bisect_right(self._positions, position)
        return self._positions[number] if number < len(self._positions) else None

    def value_at(self, position: int) -> Value:
        """The value at a position; where it jumps, the second."""
        number = bisect_right(self._positions, position)
        if number == 0:
            return self.points[0][1]
        if number == len(self.points):
            return self.points[-1][1]
        return between(self.row, self.points[number - 1], self.points[number], position)

    def number_before(self, position: int) -> float:
        """Law units on the way to a position; where it jumps, the first."""
        number = bisect_left(self._positions, position)
        if number == len(self._positions):
            return self._numbers[-1]
        if number == 0 or self._positions[number] == position:
            return self._numbers[number]
        left, right = self._positions[number - 1], self._positions[number]
        way = (position - left) / (right - left)
        return self._numbers[number - 1] + (self._numbers[number] - self._numbers[number - 1]) * way
