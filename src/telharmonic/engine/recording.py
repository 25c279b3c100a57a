"""One pass of a hand over a lane: what it turned while the song ran, with no more points than that takes."""

from __future__ import annotations

from telharmonic.engine.lane import Lane, between, is_stepped
from telharmonic.engine.thinning import ThinnedWay
from telharmonic.protocol.parameters import Parameter, Value
from telharmonic.protocol.points import Point

POINTS_PER_S = 100  # a lane's points that lie closer than 10 ms are passed over
HELD_S = 0.15  # a hand that turned nothing for so long held still; a slow drag says 7 to 60 times a second where it is


class Pass:
    """Points on their way into a lane.

    A hand that drags a fader says where it is some sixty times a second: no steps are meant, and its places are joined
    by straight lines. One that held still and then moved at once has jumped: the value stays level until there.

    Parameters
    ----------
    row : Parameter
        Of what is turned.
    rate : int
        Frames a second.
    start : int
        Where in the song the hand came.
    value : Value
        What it found there.
    """

    def __init__(self, row: Parameter, rate: int, start: int, value: Value) -> None:
        self.start = start
        self._row = row
        self._spacing = rate // POINTS_PER_S
        self._held = round(HELD_S * rate)
        self._way = ThinnedWay(row)
        self._points: list[Point] = [(start, value)]  # behind it: those that may yet become others

    def __len__(self) -> int:
        return len(self._way) + len(self._points)

    @property
    def value(self) -> Value:
        """Where the hand is going."""
        return self._points[-1][1]

    def turn(self, position: int, value: Value, frames: int) -> None:
        """The hand turns to `value`, from `position` on and for `frames`."""
        if is_stepped(self._row):
            self._add((position, value))
            return
        last, standing = self._points[-1]
        if last - position > self._spacing:  # a long way was interrupted
            self._points = self._until(position)
        elif position - last >= self._held or (position > last and frames > 2 * self._spacing):
            self._points.append((position, standing))  # it rested meanwhile, or begins a long way just here
        self._add((position + frames, value))
        while len(self._points) > 2 and self._points[1][0] < position:
            self._way.add(self._points.pop(0))

    def _until(self, position: int) -> list[Point]:
        """What was turned before `position`, and where it stood there."""
        done = [point for point in self._points if point[0] <= position]
        if not is_stepped(self._row) and done[-1][0] < position:
            ahead = self._points[len(done)] if len(done) < len(self._points) else done[-1]
            done.append((position, between(self._row, done[-1], ahead, position)))
        return done

    def _add(self, point: Point) -> None:
        points = self._points
        while points and points[-1][0] >= point[0]:
            points.pop()
        if len(points) > 2 and points[-1][0] - points[-2][0] < self._spacing:
            points.pop()
        points.append(point)

    def end(self, lane: Lane, position: int, glide: int) -> tuple[tuple[Point, ...], int]:
        """The hand lets go at `position`: the points, and where what they replace in `lane` ends.

        A lane that had points is come back to: in `glide` frames, or, if 0, at once.
        """
        *done, end = self._until(position)
        for point in done:
            self._way.add(point)
        self._way.hold()  # where it came to rest
        points, until = [*self._way.points, end], position
        if len(lane):
            until = position + glide
            points.append((until, lane.value_at(until)))
        return tuple(points), until
