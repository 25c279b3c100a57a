"""A parameter on its lane: ramps from point to point, each begun at its exact frame.

Between points the kernel draws the straight line itself. No ramp is shorter than 10 ms, so that nothing clicks:
points that lie closer are passed over.
"""

from __future__ import annotations

from collections.abc import Callable

from telharmonic.engine.console import Console
from telharmonic.engine.lane import Lane, is_stepped, plain_value
from telharmonic.engine.ramps import DECLICK_S
from telharmonic.engine.recording import Pass
from telharmonic.engine.schedule import NEVER
from telharmonic.protocol.parameters import Value

Step = Callable[[str, Value, int], None]


class Follower:
    """One address, its lane, and what happens to it next.

    Parameters
    ----------
    address : str
    console : Console
        Whose parameter is turned.
    rate : int
        Frames a second.
    step : callable
        Sets a switch or a choice: address, value, frame.

    Attributes
    ----------
    next_frame : int
        When to `aim` (or, if a hand has it, to let go).
    held_until : int
        A hand has it until this frame; 0: none has.
    recording : Pass or None
        What the hand writes.
    """

    def __init__(self, address: str, console: Console, rate: int, step: Step) -> None:
        self.address = address
        self.lane = Lane(console.row(address))
        self.next_frame = NEVER
        self.held_until = 0
        self.recording: Pass | None = None
        self._console = console
        self._stepped = is_stepped(self.lane.row)
        self._declick = round(DECLICK_S * rate)
        self._step = step
        self._least = 0  # how long the next ramp must be
        self._heading: float | None = None  # None: it stands elsewhere than on its lane

    @property
    def is_stepped(self) -> bool:
        """Whether its parameter has nothing between two values."""
        return self._stepped

    @property
    def is_led(self) -> bool:
        """Whether the lane turns the parameter while the song runs."""
        return len(self.lane) > 0 and not self.held_until

    @property
    def value(self) -> Value:
        """Where the parameter is heading."""
        return self._console.values[self.address]

    def join(self, frame: int, glide: int = 0) -> None:
        """Go to the lane from wherever the parameter stands, from `frame` on, in `glide` frames (at least 10 ms)."""
        self.next_frame, self._least, self._heading = frame, max(glide, self._declick), None

    def aim(self, frame: int, position: int) -> None:
        """Begin the way to the next point; the song is at `position`."""
        following = self.lane.next_after(position) if len(self.lane) else None
        if not len(self.lane):
            self.next_frame = NEVER
        elif self._stepped:
            value = self.lane.value_at(position)
            if value != self.value:
                self._step(self.address, value, frame)
            self.next_frame = NEVER if following is None else frame + following - position
        else:
            until = position + self._least
            if following is not None and following > until and self._heading is not None:
                until = following
            self.next_frame = NEVER if following is None else frame + until - position
            self._head(self.lane.number_before(until), frame, until - position)
            self._least = self._declick

    def _head(self, number: float, frame: int, frames: int) -> None:
        if number != self._heading:
            self._console.glide(self.address, number, frames, frame)
            self._console.values[self.address] = plain_value(self.lane.row, number)
        self._heading = number

    def stop(self, frame: int, position: int) -> Value:
        """Stay where the lane is at `position`; that value."""
        self.next_frame, self._heading = NEVER, None
        if not self._stepped:
            self._console.glide(self.address, self.lane.number_before(position), self._declick, frame)
            self.stand(position)
        return self.value

    def stand(self, position: int) -> Value:
        """Call the parameter's value what the lane is at `position`, and go on."""
        if not self._stepped:
            self._console.values[self.address] = self.lane.value_at(position)
        return self.value
