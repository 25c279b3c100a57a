"""A ring of audio frames in shared memory: one process writes, one reads, nobody ever waits.

The samples are float32, interleaved. The first `MIRROR_FRAMES` frames are kept twice, before the start's place and
behind the end, so that any block of up to that many frames is one contiguous array for the writer and for the reader.

Both sides count frames from the beginning and never reset the count; a position is a count modulo the capacity. The
writer stores samples first and its count last; x86 keeps that order, and elsewhere the wake-up that follows is a
system call, which does as well.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import Block
from telharmonic.audio.shared_memory import CACHE_LINE_BYTES
from telharmonic.errors import ParameterError

MIRROR_FRAMES = 4096  # the longest message of the wire
HEADER_BYTES = 2 * CACHE_LINE_BYTES  # the writer's words, then the reader's
_WRITTEN, _TIME, _GAP = 0, 1, 2  # the writer's words of 8 bytes
_TAKEN = 8  # the reader's


class Ring:
    """Frames on their way from one process to another.

    Parameters
    ----------
    memory : memoryview
        At least `size_bytes(capacity_frames, channels)` writable bytes, aligned to 8, the same on both sides.
    capacity_frames : int
        How many frames it holds; at least `MIRROR_FRAMES`.
    channels : int
        1 or more.

    Raises
    ------
    ParameterError
        If the memory is too small or a count is out of range.
    """

    def __init__(self, memory: memoryview, *, capacity_frames: int, channels: int = 2) -> None:
        if channels < 1:
            raise ParameterError("channels", channels, "1 or more")
        if capacity_frames < MIRROR_FRAMES:
            raise ParameterError("capacity_frames", capacity_frames, f"{MIRROR_FRAMES} or more")
        needed = self.size_bytes(capacity_frames, channels)
        if memory.nbytes < needed:
            raise ParameterError("memory", memory.nbytes, f"{needed} bytes or more")
        self.capacity_frames = capacity_frames
        self.channels = channels
        self._words = memory[:HEADER_BYTES].cast("q")
        samples = np.frombuffer(memory[HEADER_BYTES:needed], np.float32)
        self._frames: NDArray[np.float32] = samples.reshape(capacity_frames + MIRROR_FRAMES, channels)

    @staticmethod
    def size_bytes(capacity_frames: int, channels: int = 2) -> int:
        """The memory that a ring of this capacity lies in."""
        return HEADER_BYTES + 4 * channels * (capacity_frames + MIRROR_FRAMES)

    def reset(self, frame: int = 0) -> None:
        """Empty it and count on from `frame`; only while nobody else uses it."""
        for index in range(len(self._words)):
            self._words[index] = 0
        self._words[_WRITTEN] = self._words[_TAKEN] = frame
        self._words[_GAP] = -1

    @property
    def written(self) -> int:
        """Frames written since the beginning: the number of the next frame to come."""
        return self._words[_WRITTEN]

    @property
    def taken(self) -> int:
        """Frames that the reader has given back: the number of the oldest frame still here."""
        return self._words[_TAKEN]

    @property
    def fill(self) -> int:
        """Frames written and not yet given back."""
        return self._words[_WRITTEN] - self._words[_TAKEN]

    @property
    def time_ns(self) -> int:
        """The writer's clock at its last commit."""
        return self._words[_TIME]

    @property
    def gap_frame(self) -> int:
        """The frame before which time was lost most lately; -1 if never."""
        return self._words[_GAP]

    # -- the writer

    def reserve(self, frames: int) -> NDArray[np.float32] | None:
        """A view (frames, channels) of the next frames to be filled; None if there is no room."""
        words = self._words
        written = words[_WRITTEN]
        if not 0 < frames <= MIRROR_FRAMES or frames > self.capacity_frames - (written - words[_TAKEN]):
            return None
        start = written % self.capacity_frames
        return self._frames[start : start + frames]

    def commit(self, frames: int, time_ns: int = 0) -> None:
        """Publish the `frames` that were reserved and filled; `time_ns` is any monotonic clock."""
        words, data, capacity = self._words, self._frames, self.capacity_frames
        written = words[_WRITTEN]
        start = written % capacity
        end = start + frames
        if end > capacity:
            data[: end - capacity] = data[capacity:end]
        elif start < MIRROR_FRAMES:
            last = min(end, MIRROR_FRAMES)
            data[capacity + start : capacity + last] = data[start:last]
        words[_TIME] = time_ns
        words[_WRITTEN] = written + frames

    def push(self, block: Block, time_ns: int = 0) -> int:
        """Write a block (channels, frames) if all of it fits; the frames written, 0 or all."""
        frames: int = block.shape[1]
        room = self.reserve(frames)
        if room is None:
            return 0
        room[:] = block.T
        self.commit(frames, time_ns)
        return frames

    def mark_gap(self) -> None:
        """Note that time was lost between the last frame written and the next."""
        self._words[_GAP] = self._words[_WRITTEN]

    # -- the reader

    def view(self, first_frame: int, frames: int) -> NDArray[np.float32]:
        """A view (frames, channels) beginning at a frame that is here; at most `MIRROR_FRAMES`. Nothing is checked."""
        start = first_frame % self.capacity_frames
        return self._frames[start : start + frames]

    def give_back(self, before_frame: int) -> None:
        """Let the writer have everything before `before_frame` again."""
        self._words[_TAKEN] = before_frame

    def pop(self, out: Block) -> int:
        """Fill `out` (channels, frames) as far as there are frames; how many there were."""
        taken = self.taken
        frames: int = min(out.shape[1], self.fill, MIRROR_FRAMES)
        if frames > 0:
            out[:, :frames] = self.view(taken, frames).T
            self.give_back(taken + frames)
        return frames
