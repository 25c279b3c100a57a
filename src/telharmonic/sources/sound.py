"""Decoded sound: float32 at the session's rate, in memory or in a mapped file, shared by whoever plays it."""

from __future__ import annotations

import ctypes
import mmap

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.block import Block

_SAMPLE_BYTES = 4
_MADV_POPULATE_READ = 22  # Linux 5.14
_libc = ctypes.CDLL(None, use_errno=True)  # its calls release the GIL; `mmap.madvise` does not
_libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


class Sound:
    """Interleaved float32 samples that never change, with their place in memory.

    Parameters
    ----------
    samples : float32 (frames, channels), C-contiguous
        1 or 2 channels, at least one frame. It is kept, not copied.
    sample_rate_hz : int

    Attributes
    ----------
    address : int
        Where the first sample lies, for `dsp.memory.float_at`; valid while this object lives.
    """

    def __init__(self, samples: NDArray[np.float32], sample_rate_hz: int) -> None:
        assert samples.dtype == np.float32
        assert samples.flags.c_contiguous
        samples = samples.view()
        samples.flags.writeable = False
        self.samples = samples
        self.sample_rate_hz = sample_rate_hz
        self.frames: int = samples.shape[0]
        self.channels: int = samples.shape[1]
        self.address = int(samples.ctypes.data)

    @classmethod
    def from_block(cls, block: Block, sample_rate_hz: int) -> Sound:
        """A sound in memory from a block (channels, frames)."""
        return cls(np.ascontiguousarray(block.T, dtype=np.float32), sample_rate_hz)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate_hz

    @property
    def size_bytes(self) -> int:
        """Bytes of samples."""
        return self.frames * self.channels * _SAMPLE_BYTES

    def prefetch(self, first_frame: int, frames: int) -> None:
        """Bring a stretch into memory now, so that the audio thread meets no page fault there.

        Blocks on the disk, without the GIL: call it from any thread but the audio thread. What lies outside
        the sound is ignored.
        """
        first, end = max(0, first_frame), min(self.frames, first_frame + frames)
        if first >= end:
            return
        first_byte = first * self.channels * _SAMPLE_BYTES
        byte_count = (end - first) * self.channels * _SAMPLE_BYTES
        page_start = (self.address + first_byte) // mmap.PAGESIZE * mmap.PAGESIZE
        if _libc.madvise(page_start, self.address + first_byte + byte_count - page_start, _MADV_POPULATE_READ):
            # An older kernel, another system. Imported here, since the processes that only decode start without Numba
            from telharmonic.dsp.memory import touch

            touch(self.address, first_byte, byte_count)
