"""Audio messages of `telharmonic.v1`: a header of 32 bytes, then interleaved samples. Pure: bytes in, values out.

All fields are little-endian:

======  ======  ================================================================================
offset  type    field
======  ======  ================================================================================
0       u8      version, 1
1       u8      encoding: 0 float32, 1 int16, 2 int24 (three bytes a sample)
2       u8      channels, 1 to 64
3       u8      flags: bit 0 = discontinuity, blocks were skipped before this message
4       u16     frames, 120 to 4096
6       u16     reserved, 0
8       u32     epoch: one number for each life of the stream; frames of two epochs are unrelated
12      u32     sequence: counts the messages of this stream, also those that a slow reader lost; wraps
16      u64     first frame: engine frame of the first sample
24      u32     sample rate in Hz
28      u32     age in microseconds: from the end of rendering until these bytes were built
======  ======  ================================================================================

Integers are full scale at 2^15 and 2^23 and clip there. int16 is dithered with triangular noise of two steps
peak to peak (Lipshitz, Wannamaker and Vanderkooy, "Quantization and dither", JAES 40, 1992), so that its error
does not follow the sound; digital silence stays digital silence.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from telharmonic.errors import MessageError, ParameterError

VERSION = 1
HEADER = struct.Struct("<BBBBHHIIQII")
HEADER_BYTES = HEADER.size
MIN_FRAMES, MAX_FRAMES = 120, 4096
MAX_CHANNELS = 64
DISCONTINUITY = 1

_U32 = 0xFFFF_FFFF


class Encoding(IntEnum):
    """How a sample is written."""

    F32 = 0
    S16 = 1
    S24 = 2

    @property
    def sample_bytes(self) -> int:
        """Bytes of one sample of one channel."""
        return _SAMPLE_BYTES[self]

    @classmethod
    def named(cls, name: str) -> Encoding:
        """The encoding called ``f32``, ``s16`` or ``s24``.

        Raises
        ------
        ParameterError
            For any other name.
        """
        try:
            return _BY_NAME[name]
        except (KeyError, TypeError):
            raise ParameterError("encoding", name, ", ".join(_BY_NAME)) from None


_SAMPLE_BYTES = {Encoding.F32: 4, Encoding.S16: 2, Encoding.S24: 3}
_BY_NAME = {"f32": Encoding.F32, "s16": Encoding.S16, "s24": Encoding.S24}


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioHeader:
    """The fields of the table above."""

    encoding: Encoding
    channels: int
    frames: int
    epoch: int
    sequence: int
    first_frame: int
    sample_rate_hz: int
    age_us: int = 0
    discontinuity: bool = False

    @property
    def payload_bytes(self) -> int:
        """How many bytes of samples follow the header."""
        return self.frames * self.channels * _SAMPLE_BYTES[self.encoding]


def check_frames(frames: int) -> int:
    """The count itself, if a message may hold it.

    Raises
    ------
    ParameterError
        If it is not 120 to 4096.
    """
    if isinstance(frames, bool) or not isinstance(frames, int) or not MIN_FRAMES <= frames <= MAX_FRAMES:
        raise ParameterError("frames", frames, f"{MIN_FRAMES} to {MAX_FRAMES}")
    return frames


def serialize_header(header: AudioHeader) -> bytes:
    """The 32 bytes; epoch, sequence and age are taken modulo 2^32 and at most 2^32 - 1."""
    return HEADER.pack(
        VERSION,
        header.encoding,
        header.channels,
        DISCONTINUITY if header.discontinuity else 0,
        header.frames,
        0,
        header.epoch & _U32,
        header.sequence & _U32,
        header.first_frame,
        header.sample_rate_hz,
        min(header.age_us, _U32),
    )


def parse_header(data: bytes | bytearray | memoryview) -> AudioHeader:
    """Read the first 32 bytes; what follows them is not looked at.

    Raises
    ------
    MessageError
        If they are not a header of this version, or a field is outside its range.
    """
    if len(data) < HEADER_BYTES:
        raise MessageError(f"an audio message has {len(data)} bytes; its header alone has {HEADER_BYTES}")
    fields = HEADER.unpack_from(data)
    version, encoding, channels, flags, frames, reserved, epoch, sequence, first_frame, rate_hz, age_us = fields
    if version != VERSION:
        raise MessageError(f"version of the audio message is {version}; allowed: {VERSION}")
    if encoding > Encoding.S24:
        raise MessageError(f"encoding of the audio message is {encoding}; allowed: 0 to 2")
    if not 1 <= channels <= MAX_CHANNELS:
        raise MessageError(f"channels of the audio message are {channels}; allowed: 1 to {MAX_CHANNELS}")
    if flags & ~DISCONTINUITY or reserved:
        raise MessageError("unknown flags in the audio message; only bit 0 is known")
    if not MIN_FRAMES <= frames <= MAX_FRAMES:
        raise MessageError(f"frames of the audio message are {frames}; allowed: {MIN_FRAMES} to {MAX_FRAMES}")
    if not rate_hz:
        raise MessageError("sample rate of the audio message is 0; allowed: 1 Hz and more")
    return AudioHeader(
        encoding=Encoding(encoding),
        channels=channels,
        frames=frames,
        epoch=epoch,
        sequence=sequence,
        first_frame=first_frame,
        sample_rate_hz=rate_hz,
        age_us=age_us,
        discontinuity=bool(flags & DISCONTINUITY),
    )


def parse_message(data: bytes | bytearray | memoryview) -> tuple[AudioHeader, NDArray[np.float32]]:
    """A whole message: its header, and its samples as float32 (frames, channels).

    Raises
    ------
    MessageError
        If the header is wrong or the samples are not as many as it says.
    """
    header = parse_header(data)
    if len(data) != HEADER_BYTES + header.payload_bytes:
        raise MessageError(
            f"an audio message of {header.frames} frames has {len(data)} bytes; "
            f"it should have {HEADER_BYTES + header.payload_bytes}"
        )
    samples = decode(memoryview(data)[HEADER_BYTES:], header.encoding)
    return header, samples.reshape(header.frames, header.channels)


def serialize_message(header: AudioHeader, samples: NDArray[np.float32]) -> bytes:
    """Header and samples (frames, channels) in one piece.

    Raises
    ------
    ParameterError
        If `samples` has another shape than the header says.
    """
    if samples.shape != (header.frames, header.channels):
        raise ParameterError("samples", samples.shape, f"shape ({header.frames}, {header.channels})")
    return serialize_header(header) + encode(samples.reshape(-1), header.encoding, header.first_frame)


def encode(samples: NDArray[np.float32], encoding: Encoding, dither_position: int = 0) -> bytes:
    """Interleaved float32 samples as bytes.

    Parameters
    ----------
    samples : NDArray[np.float32]
        One dimension, C-contiguous, nominal [-1, 1].
    encoding : Encoding
        int16 and int24 clip at full scale.
    dither_position : int
        Where in the fixed dither noise to begin: the frame, so that all listeners get the same bytes.
    """
    if encoding is Encoding.F32:
        return samples.astype("<f4", copy=False).tobytes()
    if encoding is Encoding.S16:
        return _encode_s16(samples, dither_position)
    scaled = np.clip(samples.astype(np.float64) * 8_388_608.0, -8_388_608.0, 8_388_607.0)
    whole = np.rint(scaled).astype("<i4")
    return whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


def decode(data: bytes | bytearray | memoryview, encoding: Encoding) -> NDArray[np.float32]:
    """The inverse of `encode`, up to half a step of the encoding (one and a half for the dithered int16)."""
    if encoding is Encoding.F32:
        return np.frombuffer(data, "<f4").astype(np.float32)
    if encoding is Encoding.S16:
        return np.frombuffer(data, "<i2").astype(np.float32) * np.float32(1 / 32_768)
    parts = np.frombuffer(data, np.uint8).reshape(-1, 3).astype(np.int32)
    whole = parts[:, 0] | parts[:, 1] << 8 | (parts[:, 2] ^ 0x80) - 0x80 << 16
    return (whole * (1 / 8_388_608)).astype(np.float32)


# 1.4 s of stereo noise: long enough not to be heard as a pitch; a block of any allowed size fits behind any start
_DITHER_STARTS = 1 << 16
_DITHER = np.random.default_rng(1906).random((2, 2 * _DITHER_STARTS + MAX_FRAMES * MAX_CHANNELS), np.float32).sum(
    axis=0
) - np.float32(1.0)


def _encode_s16(samples: NDArray[np.float32], dither_position: int) -> bytes:
    if not samples.any():
        return bytes(2 * len(samples))
    start = 2 * (dither_position % _DITHER_STARTS)
    scaled = samples * np.float32(32_768.0)
    scaled += _DITHER[start : start + len(samples)]
    np.rint(scaled, out=scaled)
    np.clip(scaled, np.float32(-32_768.0), np.float32(32_767.0), out=scaled)
    return scaled.astype("<i2").tobytes()
