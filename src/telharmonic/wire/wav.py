"""A WAV header for sound that has no end: what curl, ffmpeg and players read from ``/stream?format=wav``.

Both sizes are 0xFFFFFFFF, which readers of pipes take for "until the end" (EBU Tech 3306 reserves the value for
sizes that the 32 bits cannot say).
"""

from __future__ import annotations

import struct

from telharmonic.audio.block import AudioFormat
from telharmonic.wire.pcm import Encoding

UNKNOWN_SIZE = 0xFFFF_FFFF
_PCM, _FLOAT = 1, 3
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


def streaming_header(audio: AudioFormat, encoding: Encoding) -> bytes:
    """The 44 bytes before the first sample: ``RIFF``, ``fmt`` and the head of an endless ``data`` chunk."""
    sample_bytes = encoding.sample_bytes
    frame_bytes = sample_bytes * audio.channels
    return _HEADER.pack(
        b"RIFF",
        UNKNOWN_SIZE,
        b"WAVE",
        b"fmt ",
        16,
        _FLOAT if encoding is Encoding.F32 else _PCM,
        audio.channels,
        audio.sample_rate_hz,
        audio.sample_rate_hz * frame_bytes,
        frame_bytes,
        8 * sample_bytes,
        b"data",
        UNKNOWN_SIZE,
    )
