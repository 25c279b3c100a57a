"""A take's WAV file: stereo, 24 bit, written as it comes; its lengths are known when it is closed."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from telharmonic.errors import NodeError

CHANNELS = 2
SAMPLE_BYTES = 3
FRAME_BYTES = CHANNELS * SAMPLE_BYTES

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_PCM = 1
_FULL = 2**23 - 1


def pcm_24(frames: NDArray[np.float32]) -> bytes:
    """Frames (frames, 2) as the file has them; what is no number is 0, what is too loud the loudest."""
    whole = np.rint(np.clip(np.nan_to_num(frames), -1.0, 1.0) * _FULL).astype("<i4")
    return whole.reshape(-1, 1).view(np.uint8)[:, :SAMPLE_BYTES].tobytes()


class TakeFile:
    """One file, open until `close`.

    Parameters
    ----------
    path : Path
    rate_hz : int

    Raises
    ------
    NodeError
        If it cannot be written.
    """

    def __init__(self, path: Path, rate_hz: int) -> None:
        self.path = path
        self._rate_hz = rate_hz
        try:
            self._file = path.open("wb", buffering=1 << 16)
            self._file.write(self._header(0))
        except OSError as problem:
            raise NodeError(f"the take cannot be written: {problem.strerror}") from None

    @property
    def is_open(self) -> bool:
        """Whether more may be written."""
        return not self._file.closed

    def write(self, data: bytes) -> bool:
        """Add what `pcm_24` made; False if the disk takes no more."""
        try:
            self._file.write(data)
        except OSError:
            return False
        return True

    def rest(self, frames: int) -> bool:
        """Be silent for so many frames before what is written next, by a hole in the file; False as in `write`."""
        try:
            self._file.seek(frames * FRAME_BYTES, 1)
        except OSError:
            return False
        return True

    def close(self, frames: int, cut_frames: int = 0) -> None:
        """End it with `frames` frames, after taking `cut_frames` more off its beginning; OSError if that fails."""
        self._file.close()
        if cut_frames:
            shorter = self.path.with_suffix(".cut")
            with self.path.open("rb") as old, shorter.open("wb") as new:
                new.write(self._header(0))
                old.seek(_HEADER.size + cut_frames * FRAME_BYTES)
                while piece := old.read(1 << 20):
                    new.write(piece)
            shorter.replace(self.path)
        with self.path.open("r+b") as file:
            file.write(self._header(frames * FRAME_BYTES))

    def _header(self, size_bytes: int) -> bytes:
        rate = self._rate_hz
        head = (b"RIFF", 36 + size_bytes, b"WAVE", b"fmt ", 16, _PCM, CHANNELS, rate, rate * FRAME_BYTES, FRAME_BYTES)
        return _HEADER.pack(*head, 8 * SAMPLE_BYTES, b"data", size_bytes)

    def remove(self) -> None:
        """Delete it."""
        self._file.close()
        self.path.unlink(missing_ok=True)
