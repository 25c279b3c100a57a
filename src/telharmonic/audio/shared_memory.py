"""Memory that two processes see: anonymous, so that nothing is left behind however they end.

A memfd has no name in ``/dev/shm``: the parent makes it, the child inherits the descriptor, and the kernel frees it
with the last process that holds it.
"""

from __future__ import annotations

import mmap
import os

from telharmonic.errors import ParameterError

CACHE_LINE_BYTES = 64


class SharedMemory:
    """`size_bytes` of zeros, untouched pages of which cost nothing.

    Parameters
    ----------
    size_bytes : int
        At least 1.
    descriptor : int, optional
        Of a region made by another process; without it a new one is made. The object owns it from then on.

    Raises
    ------
    ParameterError
        If the size is not positive, or larger than the region behind `descriptor`.
    """

    def __init__(self, size_bytes: int, descriptor: int | None = None) -> None:
        if size_bytes < 1:
            raise ParameterError("size_bytes", size_bytes, "1 or more")
        if descriptor is None:
            descriptor = os.memfd_create("telharmonic")
            os.ftruncate(descriptor, size_bytes)
        elif os.fstat(descriptor).st_size < size_bytes:
            raise ParameterError("size_bytes", size_bytes, f"up to {os.fstat(descriptor).st_size}")
        self.descriptor = descriptor
        self.size_bytes = size_bytes
        self._map = mmap.mmap(descriptor, size_bytes)
        self._view = memoryview(self._map)

    def part(self, offset: int, size_bytes: int) -> memoryview:
        """A writable view of bytes; `offset` counts from the beginning."""
        if offset < 0 or offset + size_bytes > self.size_bytes:
            raise ParameterError("offset", offset, f"0 to {self.size_bytes - size_bytes}")
        return self._view[offset : offset + size_bytes]

    def forget(self, offset: int, size_bytes: int) -> None:
        """Give whole pages inside the range back to the system; they read as zeros afterwards."""
        first = -(-offset // mmap.PAGESIZE) * mmap.PAGESIZE
        last = (offset + size_bytes) // mmap.PAGESIZE * mmap.PAGESIZE
        if last > first:
            self._map.madvise(mmap.MADV_REMOVE, first, last - first)

    def close(self) -> None:
        """Close the descriptor; the pages go with the last view of them."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1
