"""Takes: what a live strip brought, as WAV files that know where on the time line they belong.

A take is what went into the strip's ring, at the session's rate. Where it belongs follows from two things. The ring's
frames and the session's are the same but for a number that is read off while it records; and what the performer played
at a frame answers to what was heard then, which was rendered earlier by the measured delays: so it is moved by them.

Behind a pause (a line that was lost, a microphone that was switched off) that number is another one, since nothing goes
into the ring meanwhile. So a take has segments, each with a number of its own, and silence between them. It cannot be
read before the segment has been heard for a moment: until then its frames are held.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median_low

import numpy as np
from numpy.typing import NDArray

from telharmonic.errors import NotFoundError, RefusedError
from telharmonic.node.take_file import FRAME_BYTES, TakeFile, pcm_24

TAKE_S = 600.0
TAKES_PER_SESSION = 16  # the oldest goes when there is one more
TAKES_BYTES = 2 << 30  # of a node
OFFSETS = 32  # readings, of which the middle one is believed
HELD_S = 2.0  # a segment whose place is not known by then follows what was before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the song stood: `position_frames` at `frame` of the session, running."""

    frame: int
    position_frames: int


@dataclass(slots=True, kw_only=True)
class _Segment:
    """What was played without a pause: its first frame in the ring, and how many frames the take had before it."""

    first_frame: int
    frames_before: int
    offsets: list[int] = field(default_factory=list)
    is_placed: bool = False


class TakeFolder:
    """The files of all takes of a node; they go with it."""

    def __init__(self, limit_bytes: int = TAKES_BYTES) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="telharmonic-takes-")
        self._limit_bytes = limit_bytes
        self._used_bytes = 0
        self._count = 0

    def new(self) -> Path:
        """A path that is nobody's yet."""
        self._count += 1
        return Path(self._folder.name) / f"{self._count}.wav"

    def use(self, size_bytes: int) -> bool:
        """Take room; False if there is none. A negative size gives it back."""
        if self._used_bytes + size_bytes > self._limit_bytes:
            return False
        self._used_bytes += size_bytes
        return True

    def close(self) -> None:
        """Remove everything."""
        self._folder.cleanup()


class Take:
    """One take, being recorded or done.

    Parameters
    ----------
    folder : TakeFolder
    name, strip : str
        How it is called, and what of.
    rate_hz : int
        The session's.
    offset : callable
        The session's frame at which a frame of the ring came in, less its number in the ring, read now; None while that
        is not known. (Not the one at which it is played: how long it waits may change while it is recorded.)
    gap : callable
        The ring's frame before which time was lost most lately.
    place : callable
        Where the song stands; None while it does not run.
    longest_s : float
        It ends by itself after so long, pauses included.

    Raises
    ------
    NodeError
        If the file cannot be written.
    """

    def __init__(
        self,
        folder: TakeFolder,
        name: str,
        strip: str,
        *,
        rate_hz: int,
        offset: Callable[[], int | None],
        gap: Callable[[], int],
        place: Callable[[], Place | None],
        longest_s: float = TAKE_S,
    ) -> None:
        self.name, self.strip, self.rate_hz = name, strip, rate_hz
        self.path = folder.new()
        self.recording = True
        self.frames = 0
        self.start_s: float | None = None
        self.compensated_s = 0.0
        self._folder = folder
        self._offset, self._gap, self._place = offset, gap, place
        self._longest_frames = round(longest_s * rate_hz)
        self._segment: _Segment | None = None
        self._held: list[bytes] = []  # of the segment, until it is placed
        self._first: int | None = None  # the session's frame at which the first one came in
        self._anchor: Place | None = None
        self._size_bytes = 0
        self._file = TakeFile(self.path, rate_hz)

    @property
    def duration_s(self) -> float:
        """What it holds."""
        return self.frames / self.rate_hz

    @property
    def is_open(self) -> bool:
        """Whether more may be written: `finish` was not called."""
        return self._file.is_open

    @property
    def is_whole(self) -> bool:
        """Whether it is done and holds something."""
        return not self._file.is_open and self.frames > 0

    def write(self, first_frame: int, frames: NDArray[np.float32]) -> None:
        """What went into the ring from this frame of it on: up to 20 ms, after what was written last."""
        if self.recording and (self._segment is None or self._gap() == first_frame):
            self._settle()
            self._segment = _Segment(first_frame=first_frame, frames_before=self.frames)
        if not self.recording or (segment := self._segment) is None:
            return
        if len(segment.offsets) < OFFSETS and (offset := self._offset()) is not None:
            segment.offsets.append(offset)
        if self._anchor is None:
            self._anchor = self._place()
        self._append(pcm_24(frames))
        held_frames = self.frames - segment.frames_before
        if segment.is_placed or len(segment.offsets) == OFFSETS or held_frames >= HELD_S * self.rate_hz:
            self._settle()
        if self.frames >= self._longest_frames:
            self.recording = False

    def _append(self, data: bytes) -> None:
        if not self._use(len(data)):
            return
        self._held.append(data)
        self.frames += len(data) // FRAME_BYTES

    def _use(self, size_bytes: int) -> bool:
        """Take room; without any the take ends."""
        if not self._folder.use(size_bytes):
            self.recording = False
            return False
        self._size_bytes += size_bytes
        return True

    def _settle(self) -> None:
        """Put what is held into the file: at its place, or after what was before it where that is not known."""
        segment = self._segment
        if segment is not None and segment.offsets:
            first = segment.first_frame + median_low(segment.offsets) - segment.frames_before
            if self._first is None:
                self._first = first
            elif not segment.is_placed:
                self._rest(first - self._first, segment)
        if segment is not None:
            segment.is_placed = True
        for data in self._held:
            if not self._file.write(data):
                self.frames -= len(data) // FRAME_BYTES
                self.recording = False
        self._held.clear()

    def _rest(self, frames: int, segment: _Segment) -> None:
        """Be silent for so long before a segment; if the take becomes too long by that, it ends without the segment."""
        if frames <= 0:
            return
        fits = segment.frames_before + frames < self._longest_frames
        if not (fits and self._use(frames * FRAME_BYTES) and self._file.rest(frames)):
            self.recording = False
            self._held.clear()
            self.frames = segment.frames_before
        else:
            self.frames += frames

    def finish(self, compensate_s: float) -> None:
        """End it and say where it belongs, moved to the left by so much."""
        if not self._file.is_open:
            return
        self._settle()
        self.recording = False
        self.compensated_s = compensate_s
        self.start_s = self._start_s()
        cut_frames = 0
        if self.start_s is not None and self.start_s < 0:  # before the time line begins
            cut_frames = min(self.frames, round(-self.start_s * self.rate_hz))
            self.start_s = 0.0
        self.frames -= cut_frames
        try:
            self._file.close(self.frames, cut_frames)
        except OSError:
            self.frames = 0

    def _start_s(self) -> float | None:
        if self._first is None or self._anchor is None:
            return None
        heard_frame = self._first - self.compensated_s * self.rate_hz
        return (self._anchor.position_frames + heard_frame - self._anchor.frame) / self.rate_hz

    def remove(self) -> None:
        """Delete the file."""
        self.recording = False
        self._file.remove()
        self._folder.use(-self._size_bytes)


class SessionTakes:
    """The takes of one session."""

    def __init__(self, folder: TakeFolder) -> None:
        self.folder = folder
        self._takes: dict[str, Take] = {}
        self._count = 0

    def new_name(self) -> str:
        """The next take's; room is made for it.

        Raises
        ------
        RefusedError
            If so many are being recorded at once.
        """
        if len(self._takes) >= TAKES_PER_SESSION:
            done = next((take for take in self._takes.values() if not take.recording), None)
            if done is None:
                raise RefusedError(f"{TAKES_PER_SESSION} takes are being recorded; allowed: {TAKES_PER_SESSION}")
            done.remove()
            del self._takes[done.name]
        self._count += 1
        return f"take-{self._count}"

    def add(self, take: Take) -> None:
        """Keep it."""
        self._takes[take.name] = take

    def file(self, name: str) -> Take:
        """A take that is done.

        Raises
        ------
        NotFoundError
            If there is none of this name.
        """
        take = self._takes.get(name)
        if take is None or not take.is_whole:
            raise NotFoundError(f"no take {name[:32]!r}")
        return take

    @property
    def whole(self) -> tuple[Take, ...]:
        """Those that are done and hold something, the oldest first."""
        return tuple(take for take in self._takes.values() if take.is_whole)

    def clear(self) -> None:
        """Remove them all."""
        for take in self._takes.values():
            take.remove()
        self._takes.clear()
