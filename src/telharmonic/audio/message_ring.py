"""Short messages between two processes without a system call: one writes, one reads, nobody waits.

A message is its length (8 bytes) and its bytes, padded to 8. One that would not fit before the end of the memory
begins at its start again; a length of -1 says so.
"""

from __future__ import annotations

from telharmonic.audio.shared_memory import CACHE_LINE_BYTES
from telharmonic.errors import ParameterError

HEADER_BYTES = 2 * CACHE_LINE_BYTES
_WRITTEN, _TAKEN = 0, 8
_WRAP = -1


class MessageRing:
    """Bytes in, the same bytes out, in order.

    Parameters
    ----------
    memory : memoryview
        Writable, aligned to 8, zeros at first, the same on both sides; its size a multiple of 8 above 256.

    Raises
    ------
    ParameterError
        If the size is not such.
    """

    def __init__(self, memory: memoryview) -> None:
        if memory.nbytes % 8 or memory.nbytes < 2 * HEADER_BYTES:
            raise ParameterError("memory", memory.nbytes, f"a multiple of 8 bytes, {2 * HEADER_BYTES} or more")
        self._words = memory[:HEADER_BYTES].cast("q")
        self._bytes = memory[HEADER_BYTES:]
        self._lengths = self._bytes.cast("q")
        self._capacity = memory.nbytes - HEADER_BYTES

    @property
    def longest(self) -> int:
        """The longest message that it takes: under half the memory, so that it always fits in an empty ring."""
        return self._capacity // 2 - 16

    def push(self, message: bytes) -> bool:
        """Send; False if there is no room now.

        Raises
        ------
        ParameterError
            If the message is longer than `longest`.
        """
        if len(message) > self.longest:
            raise ParameterError("message", len(message), f"up to {self.longest} bytes")
        written = self._words[_WRITTEN]
        room = self._capacity - (written - self._words[_TAKEN])
        size = 8 + (len(message) + 7 & ~7)
        start = written % self._capacity
        until_end = self._capacity - start
        if size > until_end:
            if until_end + size > room:
                return False
            self._lengths[start >> 3] = _WRAP
            written += until_end
            start = 0
        elif size > room:
            return False
        self._lengths[start >> 3] = len(message)
        self._bytes[start + 8 : start + 8 + len(message)] = message
        self._words[_WRITTEN] = written + size
        return True

    def pop(self) -> bytes | None:
        """The oldest message, or None."""
        taken = self._words[_TAKEN]
        if taken == self._words[_WRITTEN]:
            return None
        start = taken % self._capacity
        length = self._lengths[start >> 3]
        if length == _WRAP:
            taken += self._capacity - start
            start = 0
            length = self._lengths[0]
        message = bytes(self._bytes[start + 8 : start + 8 + length])
        self._words[_TAKEN] = taken + 8 + (length + 7 & ~7)
        return message
