"""What waits for its moment: settings for a frame or a beat, and the transport's commands in their order."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from telharmonic.engine.commands import (
    AutomationCommand,
    Loop,
    LoudnessReset,
    Pause,
    Ping,
    Play,
    SceneCommand,
    SceneRecall,
    Seek,
    Set,
    SetMany,
    Stop,
)
from telharmonic.engine.routing import Choice
from telharmonic.engine.transport import Jump, Transport
from telharmonic.errors import RefusedError, TelharmonicError

NEVER = 1 << 62
MAXIMUM_WAITING = 16_384  # commands; more are refused

TransportCommand = Play | Pause | Stop | Seek | Loop
Timed = Set | SetMany | Ping | SceneRecall | SceneCommand | AutomationCommand | LoudnessReset
Item = Timed | Choice


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """When something happens, and in which order among what happens at the same frame."""

    frame: int
    order: int  # of the command
    part: int = 0  # of what one command turned into


class Schedule:
    """Items in the order of their moments."""

    def __init__(self) -> None:
        self._heap: list[tuple[Moment, Item]] = []
        self._order = 0

    def __len__(self) -> int:
        return len(self._heap)

    def next_order(self) -> int:
        """A number above all before."""
        self._order += 1
        return self._order

    def add(self, moment: Moment, item: Item) -> None:
        """Keep `item` until its moment.

        Raises
        ------
        RefusedError
            If too many wait already.
        """
        if len(self._heap) >= MAXIMUM_WAITING:
            raise RefusedError(f"{MAXIMUM_WAITING} commands are waiting already")
        heapq.heappush(self._heap, (moment, item))

    @property
    def next_frame(self) -> int:
        """The first moment's frame, or `NEVER`."""
        return self._heap[0][0].frame if self._heap else NEVER

    def pop(self) -> tuple[Moment, Item]:
        """Take the first."""
        return heapq.heappop(self._heap)


class BeatSchedule:
    """Settings that wait for a place of the song.

    A place that the song has passed, and will not come to again by its loop, is due at once.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[int, Set]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, order: int, command: Set) -> None:
        """Keep a `Set` with `at_beat`.

        Raises
        ------
        RefusedError
            If too many wait already.
        """
        if len(self._waiting) >= MAXIMUM_WAITING:
            raise RefusedError(f"{MAXIMUM_WAITING} commands are waiting already")
        self._waiting.append((order, command))

    def next_frame(self, transport: Transport, frame: int, frames_per_beat: float) -> int:
        """The frame, `frame` or later, at which the next of them is due if nothing changes; `NEVER` if none is."""
        return min((_due(command, transport, frame, frames_per_beat) for _, command in self._waiting), default=NEVER)

    def take(self, transport: Transport, frame: int, end: int, frames_per_beat: float) -> list[tuple[int, int, Set]]:
        """Remove what is due in ``[frame, end)``: (frame, order, command)."""
        due, kept = [], []
        for order, command in self._waiting:
            at = _due(command, transport, frame, frames_per_beat)
            if at < end:
                due.append((at, order, command))
            else:
                kept.append((order, command))
        self._waiting = kept
        return due


def _due(command: Set, transport: Transport, frame: int, frames_per_beat: float) -> int:
    assert command.at_beat is not None
    place, now = round(command.at_beat * frames_per_beat), transport.position(frame)
    if place < now:
        coming = transport.loop_on and transport.loop_start <= place < transport.loop_end and now < transport.loop_end
        return NEVER if coming else frame
    at = transport.frame_of(place)
    return NEVER if at is None else at


class TransportQueue:
    """Carries the transport's commands out, one jump at a time, with the loop's wraps and the song's end between them.

    `done` is called with each command, its frame, and the error if it could not be obeyed; `over` with the frame at
    which the song ended.
    """

    def __init__(
        self,
        transport: Transport,
        done: Callable[[TransportCommand, int, TelharmonicError | None], None],
        over: Callable[[int], None],
    ) -> None:
        self._transport = transport
        self._done = done
        self._over = over
        self._waiting: deque[TransportCommand] = deque()

    def add(self, command: TransportCommand) -> None:
        """Keep a command until the jumps before it are over.

        Raises
        ------
        RefusedError
            If too many wait already.
        """
        if len(self._waiting) >= MAXIMUM_WAITING:
            raise RefusedError(f"{MAXIMUM_WAITING} commands are waiting already")
        self._waiting.append(command)

    def next_frame(self, frame: int) -> int:
        """The frame, `frame` or later, at which the song jumps or its loop changes; `NEVER` if it does not."""
        transport = self._transport
        waiting = max(frame, transport.busy_until) if self._waiting else NEVER
        return min(waiting, *(NEVER if at is None else at for at in (transport.next_wrap(), transport.next_end())))

    def step(self, frame: int) -> Jump | None:
        """Do what `next_frame` announced for `frame`: the song's jump, or None if it only changed its loop."""
        transport = self._transport
        wrap = transport.next_wrap()
        if wrap is not None and wrap <= frame:
            return transport.wrap(frame)
        end = transport.next_end()
        if end is not None and end <= frame:
            over = transport.hold_at_end(frame)
            self._over(frame)
            return over
        command = self._waiting.popleft()
        try:
            jump = self._obey(command, frame)
        except TelharmonicError as error:
            self._done(command, frame, error)
            return None
        self._done(command, frame, None)
        return jump

    def _obey(self, command: TransportCommand, frame: int) -> Jump | None:
        transport = self._transport
        match command:
            case Play():
                return transport.play(frame)
            case Pause():
                return transport.pause(frame)
            case Stop():
                return transport.stop(frame)
            case Seek():
                return transport.seek(frame, command.position_frames)
            case Loop():
                transport.set_loop(frame, on=command.on, start=command.start_frames, end=command.end_frames)
                return None
