"""The events of one quantum on their way from Python to the kernel."""

from __future__ import annotations

from telharmonic.engine.arena import EVENT_ROOM, EVENT_VALUES, EVENTS, EVENTS_DUE, MEASURE_ANEW, RATE, Arena
from telharmonic.engine.events import MODE_STEP
from telharmonic.engine.pings import Pings
from telharmonic.engine.ramps import CHANNELS, EVENT_INTS, IN_LAW, JUMP, LISTS, PING, RAMP, SLOT
from telharmonic.engine.transport import Jump
from telharmonic.protocol.parts import PING_HZ
from telharmonic.sources.ping import turn

SPARE = 160  # rows kept free: one command never makes more (a solo moves every channel)

Row = tuple[int, int, int, int, float]  # frame, kind, index, extra, value


class EventList:
    """Collects events and writes them, sorted by frame, where the kernel reads them."""

    def __init__(self, arena: Arena, pings: Pings) -> None:
        self._arena = arena
        self._pings = pings
        self._rows: list[list[Row]] = [[] for _ in range(LISTS)]
        self._ints = arena.i(EVENTS).reshape(LISTS, EVENT_ROOM, EVENT_INTS)
        self._values = arena.d(EVENT_VALUES).reshape(LISTS, EVENT_ROOM)

    @property
    def has_room(self) -> bool:
        """Whether another command fits into this quantum."""
        return all(len(rows) < EVENT_ROOM - SPARE for rows in self._rows)

    def ramp(self, which: int, frame: int, index: int, target: float, frames: int, mode: int = IN_LAW) -> None:
        """Let value `index` go to `target` in `frames` frames."""
        self._rows[which].append((frame, RAMP, index, frames + mode * MODE_STEP, target))

    def slot(self, frame: int, index: int, value: int) -> None:
        """Write `value` at place `index` of the integers."""
        self._rows[CHANNELS].append((frame, SLOT, index, value, 0.0))

    def jump(self, jump: Jump) -> None:
        """Move the song."""
        self._rows[CHANNELS].append((jump.frame, JUMP, int(jump.playing), jump.position, 0.0))

    def ping(self, frame: int, strip: str | None = None, freq_hz: float = PING_HZ) -> None:
        """Sound the ping, of a strip if one is named.

        Raises
        ------
        NotFoundError
            If there is no such strip.
        """
        step = turn(freq_hz, int(self._arena.ints[RATE]))
        for place in self._pings.of(strip):
            self._rows[CHANNELS].append((frame, PING, place, step, 0.0))

    def measure_anew(self, frame: int) -> None:
        """Begin the master's long measurements with the quantum of `frame`."""
        self.slot(frame, MEASURE_ANEW, 1)

    def write(self) -> None:
        """Hand everything over."""
        for which, rows in enumerate(self._rows):
            if not rows:
                continue
            rows.sort(key=_frame)  # stable: what came first stays first
            for number, (frame, kind, index, extra, value) in enumerate(rows):
                self._ints[which, number] = frame, kind, index, extra
                self._values[which, number] = value
            self._arena.ints[EVENTS_DUE + which] = len(rows)
            rows.clear()


def _frame(row: Row) -> int:
    return row[0]
