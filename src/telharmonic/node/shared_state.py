"""What the two halves of a node share: one region of memory, laid out here, and one wake-up.

======================  =========================================================================
part                    what
======================  =========================================================================
`to_render`             commands and wishes, pickled (both ends are our own processes)
`from_render`           news and meters, pickled
`gauges`                counters and times of the clock thread
`ring(slot)`            the sound of the session in that slot
======================  =========================================================================
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.message_ring import MessageRing
from telharmonic.audio.ring import Ring
from telharmonic.audio.shared_memory import SharedMemory
from telharmonic.engine.commands import Command, News
from telharmonic.engine.meters import Meters
from telharmonic.protocol.music_api import PeaksWish
from telharmonic.protocol.session import ImpulseSpec, RecordingSpec, SessionSpec

RING_FRAMES = 16_320  # 340 ms at 48 kHz, in whole quanta: a stream process that stalls longer loses sound
TO_RENDER_BYTES = 1 << 20
FROM_RENDER_BYTES = 4 << 20
TIMES = 1024  # times kept: the last 1024 ticks in which something was due, the last 256 blocks of each session
SESSION_TIMES = 256
COUNTERS = ("blocks", "late_blocks", "skipped_blocks", "ticks", "realtime", "failed", "awake", "news_lost")
LOG_PART = 200  # entries that are pickled at a time: 0.2 ms, in which the clock thread waits for the GIL
_PAGE = 4096


def _pages(size_bytes: int) -> int:
    return -(-size_bytes // _PAGE) * _PAGE


class Gauges:
    """Counters that one process writes and the other reads, without locks.

    `tick_us` and `wake_us` are the last `TIMES` ticks' compute time and lateness of waking; `cost_us[slot]` the last
    `SESSION_TIMES` block times of one session, those of short blocks as if they were whole. All in microseconds;
    unused places are 0.
    """

    def __init__(self, memory: memoryview, slots: int) -> None:
        self._words = memory[: 8 * len(COUNTERS)].cast("q")
        self._positions = memory[128 : 128 + 16 * slots].cast("q")
        floats = np.frombuffer(memory[self._start(slots) : self.size_bytes(slots)], np.float32)
        self.tick_us: NDArray[np.float32] = floats[:TIMES]
        self.wake_us: NDArray[np.float32] = floats[TIMES : 2 * TIMES]
        self.cost_us: NDArray[np.float32] = floats[2 * TIMES :].reshape(slots, SESSION_TIMES)

    @classmethod
    def size_bytes(cls, slots: int) -> int:
        """The memory that they lie in."""
        return cls._start(slots) + 4 * (2 * TIMES + slots * SESSION_TIMES)

    @staticmethod
    def _start(slots: int) -> int:
        return 128 + 16 * slots

    def count(self, name: str) -> int:
        """One of `COUNTERS`."""
        return self._words[COUNTERS.index(name)]

    def add(self, index: int, amount: int) -> None:
        """Add to the counter at this place of `COUNTERS`; only the writer may."""
        self._words[index] += amount

    def put(self, name: str, value: int) -> None:
        """Set one of `COUNTERS`; only the writer may."""
        self._words[COUNTERS.index(name)] = value

    def note_position(self, slot: int, frame: int, position_frames: int) -> None:
        """Say where a session's song stands."""
        self._positions[2 * slot] = frame
        self._positions[2 * slot + 1] = position_frames

    def position(self, slot: int) -> tuple[int, int]:
        """A frame of a session, and where its song stood there; at most a tenth of a second old while it renders."""
        return self._positions[2 * slot], self._positions[2 * slot + 1]

    def session_times_us(self, slots: list[int]) -> NDArray[np.float32]:
        """The block times of these sessions that were measured, in no order."""
        times = self.cost_us[slots].ravel()
        used: NDArray[np.float32] = times[times > 0]
        return used


class SharedState:
    """The region itself; made by the stream process, opened by the render process.

    Parameters
    ----------
    slots : int
        How many sessions there can be.
    descriptor : int, optional
        The region made by the other process.
    """

    def __init__(self, slots: int, descriptor: int | None = None) -> None:
        self.slots = slots
        self._gauges_bytes = _pages(Gauges.size_bytes(slots))
        self._ring_bytes = _pages(Ring.size_bytes(RING_FRAMES))
        self._rings_offset = TO_RENDER_BYTES + FROM_RENDER_BYTES + self._gauges_bytes
        self.memory = SharedMemory(self._rings_offset + slots * self._ring_bytes, descriptor)
        self.to_render = MessageRing(self.memory.part(0, TO_RENDER_BYTES))
        self.from_render = MessageRing(self.memory.part(TO_RENDER_BYTES, FROM_RENDER_BYTES))
        self.gauges = Gauges(self.memory.part(TO_RENDER_BYTES + FROM_RENDER_BYTES, self._gauges_bytes), slots)

    def ring(self, slot: int) -> Ring:
        """The ring of one slot; 0 <= slot < `slots`."""
        part = self.memory.part(self._rings_offset + slot * self._ring_bytes, self._ring_bytes)
        return Ring(part, capacity_frames=RING_FRAMES)

    def clear(self, slot: int) -> None:
        """Give a closed session's memory back; only while neither side uses it."""
        self.memory.forget(self._rings_offset + slot * self._ring_bytes, self._ring_bytes)
        self.gauges.cost_us[slot] = 0


# -- what goes through `to_render`, as (slot, one of these or an engine command)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the members need: whether anyone hears or controls the session now, whether anyone reads its meters, what is
    analysed, and whether anyone is sent less than a block at a time.
    """

    awake: bool
    meters: bool
    analyses: tuple[str, ...] = ()
    short: bool = False


# -- what comes through `from_render`, as (slot, one of these)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidings:
    """A session's news of one block, with the clock's times in nanoseconds."""

    news: tuple[News, ...]
    applied_ns: int
    rendered_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFailed:
    """Its engine raised: it is silent from `frame` on, the others play on."""

    frame: int
    reason: str


ToRender = tuple[int, Command | Wish]
FromRender = tuple[int, Tidings | Meters | SessionFailed]


# -- what is asked through the pipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Decode what this session needs into the cache; answered by None or a TelharmonicError."""

    session: SessionSpec
    base_folder: str
    uploads_folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Answered by the bytes of the waveforms of a session that was loaded, or a TelharmonicError."""

    load: Load
    wish: PeaksWish


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """Make an engine and let it play into the ring of `slot`; answered by `Built` or a TelharmonicError."""

    slot: int
    session: SessionSpec
    base_folder: str
    uploads_folder: str = ""
    position_frames: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What only the engine knows."""

    latency_frames: int
    duration_frames: int
    stereo: dict[str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddImpulse:
    """Let the reverbs of `slot` choose the file at `path` as well; answered by None or a TelharmonicError."""

    slot: int
    impulse: ImpulseSpec
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRecording:
    """Let the players of grains of `slot` read the file at `path` as well; answered as `AddImpulse`."""

    slot: int
    recording: RecordingSpec
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """End the session of `slot`; answered by None."""

    slot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLog:
    """Answered by up to `LOG_PART` entries of the session's log, from the one numbered `first` on."""

    slot: int
    first: int
