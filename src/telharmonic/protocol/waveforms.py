"""The bytes of a session's waveforms, as ``docs/your-music.md`` describes them."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import msgspec

from telharmonic.errors import MessageError
from telharmonic.protocol.decoding import Record, decode

MARK = b"TELPEAK1"
NUMBERS = 3  # a bin of a strip: lowest, highest, RMS
_START = struct.Struct("<8sI")
_HEAD_LIMIT_BYTES = 64 * 1024  # 64 ids of 32 characters are 2.3 kB


class WaveformsHead(Record, frozen=True, kw_only=True):
    """What the numbers are of. Bin k holds the frames from (`first_bin` + k) * `bin_frames` on."""

    sample_rate_hz: int
    bin_frames: int
    first_bin: int
    bins: int
    duration_s: float
    strips: tuple[str, ...]


def pack(head: WaveformsHead, strips: Iterable[bytes]) -> bytes:
    """The whole answer; each strip's bytes are ``bins`` lowest (i8), ``bins`` highest (i8) and ``bins`` RMS (u8)."""
    text = msgspec.json.encode(head)
    text += b" " * (-len(text) % 4)
    return b"".join([_START.pack(MARK, len(text)), text, *strips])


def unpack(data: bytes) -> tuple[WaveformsHead, bytes]:
    """The head, and the numbers behind it.

    Raises
    ------
    MessageError, ParameterError
        If it is not what `pack` gives.
    """
    if len(data) < _START.size:
        raise MessageError(f"{len(data)} bytes of waveforms; allowed: {_START.size} or more")
    mark, length = _START.unpack_from(data)
    if mark != MARK:
        raise MessageError(f"waveforms begin with {mark!r}; allowed: {MARK!r}")
    head = decode(data[_START.size : _START.size + length], _decoder, limit_bytes=_HEAD_LIMIT_BYTES)
    numbers = data[_START.size + length :]
    wanted = NUMBERS * head.bins * len(head.strips)
    if len(numbers) != wanted:
        raise MessageError(f"{len(numbers)} bytes of numbers; the head says {wanted}")
    return head, numbers


_decoder = msgspec.json.Decoder(WaveformsHead)
