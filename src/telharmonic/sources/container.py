"""Whether an audio file is whole: what its container says about its own end.

libsndfile plays what is there of a WAV, AIFF or Ogg file that was cut off, and says nothing. A song that
stops in its middle is worse than one that is refused, so the end is looked for here.
"""

from __future__ import annotations

import os
import struct

_RIFF_UNKNOWN = 0x7FFF_0000  # from here on a writer to a pipe means "I do not know" (ffmpeg: 0xFFFFFFFF)
_OGG_PAGE_BYTES = 27 + 255 + 255 * 255  # the longest page
_OGG_END_OF_STREAM = 0x04


def is_whole(descriptor: int) -> bool:
    """Whether the file reaches as far as its container says; True where a container does not say.

    Parameters
    ----------
    descriptor : int
        An open regular file; its position is not changed.
    """
    size = os.fstat(descriptor).st_size
    head = os.pread(descriptor, 28, 0)
    if head[:4] == b"OggS":
        return _ogg_has_its_end(descriptor, size)
    if head[:4] in (b"RIFF", b"FORM") and len(head) >= 8:
        (said,) = struct.unpack("<I" if head[:4] == b"RIFF" else ">I", head[4:8])
        return bool(
            said >= _RIFF_UNKNOWN or said + 8 <= size + 1
        )  # some writers count a padding byte that is not there
    if head[:4] == b"RF64" and len(head) >= 28:
        (said,) = struct.unpack("<Q", head[20:28])
        return bool(said + 8 <= size + 1)
    return True


def _ogg_has_its_end(descriptor: int, size: int) -> bool:
    """Whether the last page is complete and marked as the end of its stream (RFC 3533, section 6)."""
    start = max(0, size - _OGG_PAGE_BYTES)
    tail = os.pread(descriptor, size - start, start)
    page = tail[tail.rfind(b"OggS") :]
    if len(page) < 27:
        return False
    segments = page[26]
    length = 27 + segments + sum(page[27 : 27 + segments])
    return len(page) >= max(length, 27 + segments) and bool(page[5] & _OGG_END_OF_STREAM)


def mp3_states_its_length(descriptor: int) -> bool:
    """Whether an MP3 file has a Xing, Info or VBRI header, so that its number of frames is known and not guessed."""
    head = os.pread(descriptor, 10, 0)
    start = 0
    if head[:3] == b"ID3" and len(head) == 10:
        start = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])
    first_frame = os.pread(descriptor, 256, start)
    return any(tag in first_frame for tag in (b"Xing", b"Info", b"VBRI"))
