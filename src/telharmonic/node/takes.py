"""Takes: what a live strip brought, as WAV files that know where on the time line they belong.

A take is what went into the strip's ring, at the session's rate. Where it belongs follows from two things. The ring's
frames and the session's are the same but for a number that is read off while it records; and what the performer played
at a frame answers to what was heard then, which was rendered earlier by the measured delays: so it is moved by them.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median_low

import numpy as np
from numpy.typing import NDArray

from telharmonic.errors import NodeError, NotFoundError, RefusedError

TAKE_S = 600.0
TAKES_PER_SESSION = 16  # the oldest goes when there is one more
TAKES_BYTES = 2 << 30  # of a node
OFFSETS = 32  # readings, of which the middle one is believed

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_PCM = 1
_SAMPLE_BYTES = 3
_FULL = 2**23 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the song stood: `position_frames` at `frame` of the session, running."""

    frame: int
    position_frames: int


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
    place : callable
        Where the song stands; None while it does not run.
    longest_s : float
        It ends by itself after so long.

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
        self._offset, self._place = offset, place
        self._longest_frames = round(longest_s * rate_hz)
        self._offsets: list[int] = []
        self._first: int | None = None  # frame of the ring
        self._anchor: Place | None = None
        self._size_bytes = 0
        try:
            self._file = self.path.open("wb", buffering=1 << 16)
            self._file.write(self._header(0))
        except OSError as problem:
            raise NodeError(f"the take cannot be written: {problem.strerror}") from None

    @property
    def duration_s(self) -> float:
        """What it holds."""
        return self.frames / self.rate_hz

    @property
    def is_open(self) -> bool:
        """Whether more may be written: `finish` was not called."""
        return not self._file.closed

    @property
    def is_whole(self) -> bool:
        """Whether it is done and holds something."""
        return self._file.closed and self.frames > 0

    def write(self, first_frame: int, frames: NDArray[np.float32]) -> None:
        """What went into the ring from this frame of it on; what is missing before it is silence."""
        if not self.recording:
            return
        if self._first is None:
            self._first = first_frame
        if len(self._offsets) < OFFSETS and (offset := self._offset()) is not None:
            self._offsets.append(offset)
        if self._anchor is None:
            self._anchor = self._place()
        self._append(frames)
        if self.frames >= self._longest_frames:
            self.recording = False

    def _append(self, frames: NDArray[np.float32]) -> None:
        whole = np.rint(np.clip(np.nan_to_num(frames), -1.0, 1.0) * _FULL).astype("<i4")
        data = whole.reshape(-1, 1).view(np.uint8)[:, :_SAMPLE_BYTES].tobytes()
        if not self._folder.use(len(data)):
            self.recording = False
            return
        self._size_bytes += len(data)
        try:
            self._file.write(data)
        except OSError:
            self.recording = False
            return
        self.frames += len(frames)

    def finish(self, compensate_s: float) -> None:
        """End it and say where it belongs, moved to the left by so much."""
        if self._file.closed:
            return
        self.recording = False
        self.compensated_s = compensate_s
        self.start_s = self._start_s()
        cut_frames = 0
        if self.start_s is not None and self.start_s < 0:  # before the time line begins
            cut_frames = min(self.frames, round(-self.start_s * self.rate_hz))
            self.start_s = 0.0
        try:
            self._file.close()
            self._cut(cut_frames)
        except OSError:
            self.frames = 0

    def _start_s(self) -> float | None:
        if self._first is None or self._anchor is None or not self._offsets:
            return None
        heard_frame = self._first + median_low(self._offsets) - self.compensated_s * self.rate_hz
        return (self._anchor.position_frames + heard_frame - self._anchor.frame) / self.rate_hz

    def _cut(self, frames: int) -> None:
        """Take frames off the beginning and write the lengths into the header."""
        frame_bytes = 2 * _SAMPLE_BYTES
        if frames:
            shorter = self.path.with_suffix(".cut")
            with self.path.open("rb") as old, shorter.open("wb") as new:
                new.write(self._header(0))
                old.seek(_HEADER.size + frames * frame_bytes)
                while piece := old.read(1 << 20):
                    new.write(piece)
            shorter.replace(self.path)
            self.frames -= frames
        with self.path.open("r+b") as file:
            file.write(self._header(self.frames * frame_bytes))

    def _header(self, size_bytes: int) -> bytes:
        frame_bytes = 2 * _SAMPLE_BYTES
        rate = self.rate_hz
        head = (b"RIFF", 36 + size_bytes, b"WAVE", b"fmt ", 16, _PCM, 2, rate, rate * frame_bytes, frame_bytes)
        return _HEADER.pack(*head, 8 * _SAMPLE_BYTES, b"data", size_bytes)

    def remove(self) -> None:
        """Delete the file."""
        self.recording = False
        self._file.close()
        self.path.unlink(missing_ok=True)
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
