"""Points of a lane: frames of the song and values, in order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from telharmonic.protocol.parameters import Value

Point = tuple[int, Value]


def stretch(points: Sequence[Point], start: int, end: int | None) -> tuple[int, int]:
    """Indexes of the points from `start` to `end`, both included (None: to the last)."""
    left = bisect_left(points, start, key=position_of)
    right = len(points) if end is None else bisect_right(points, end, key=position_of)
    return left, max(left, right)


def spliced(points: Sequence[Point], new: Iterable[Point], start: int = 0, end: int | None = None) -> tuple[Point, ...]:
    """The points with `new` ones (which lie in the stretch) in the place of those from `start` to `end`."""
    left, right = stretch(points, start, end)
    return (*points[:left], *in_order(new), *points[right:])


def in_order(points: Iterable[Point]) -> list[Point]:
    """Sorted by position; of those that share one the first and the last are kept: the value jumps there."""
    kept: list[Point] = []
    for point in sorted(points, key=position_of):
        if len(kept) > 1 and kept[-1][0] == kept[-2][0] == point[0]:
            kept[-1] = point
        else:
            kept.append(point)
    return kept


def position_of(point: Point) -> int:
    """Its frame of the song."""
    return point[0]
