"""RTP packets (RFC 3550) around Opus (RFC 7587: a clock of 48 kHz whatever the sound). Pure: bytes in, values out."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from telharmonic.errors import MessageError, ParameterError

HEADER = struct.Struct("!BBHII")
HEADER_BYTES = HEADER.size
VERSION_2 = 0x80  # no padding, no extension, no contributing sources
CLOCK_HZ = 48_000
U16, U32 = 0xFFFF, 0xFFFF_FFFF

_NTP_EPOCH_S = 2_208_988_800  # from 1900 to 1970


@dataclass(frozen=True, slots=True, kw_only=True)
class RtpPacket:
    """What a packet holds; extensions and contributing sources are skipped when parsing, and never written."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False


def serialize(packet: RtpPacket) -> bytes:
    """The packet's bytes; sequence, timestamp and source wrap.

    Raises
    ------
    ParameterError
        If the payload type is not 0 to 127.
    """
    if not 0 <= packet.payload_type <= 127:
        raise ParameterError("payload_type", packet.payload_type, "0 to 127")
    second = packet.payload_type | packet.marker << 7
    fields = (packet.sequence & U16, packet.timestamp & U32, packet.ssrc & U32)
    return HEADER.pack(VERSION_2, second, *fields) + packet.payload


def parse(data: bytes) -> RtpPacket:
    """Read one packet.

    Raises
    ------
    MessageError
        If it is of another version, or shorter than it says.
    """
    if len(data) < HEADER_BYTES:
        raise MessageError(f"an RTP packet has {len(data)} bytes; its header alone has {HEADER_BYTES}")
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    if first >> 6 != 2:
        raise MessageError(f"version of the RTP packet is {first >> 6}; allowed: 2")
    start, end = HEADER_BYTES + 4 * (first & 0x0F), len(data)
    if first & 0x10:
        if end < start + 4:
            raise MessageError("the RTP packet ends before its extension")
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    if first & 0x20:
        if not data[-1]:
            raise MessageError("padding of the RTP packet is 0 bytes; allowed: 1 and more")
        end -= data[-1]
    if start > end:
        raise MessageError(f"an RTP packet of {len(data)} bytes ends before its payload")
    return RtpPacket(
        payload_type=second & 0x7F,
        sequence=sequence,
        timestamp=timestamp,
        ssrc=ssrc,
        payload=data[start:end],
        marker=bool(second & 0x80),
    )


def unwrap(previous: int, value: int, bits: int = 16) -> int:
    """The number nearest to `previous` whose lowest `bits` are `value`: a count that does not wrap."""
    half = 1 << (bits - 1)
    return previous + ((value - previous + half) & ((1 << bits) - 1)) - half


def ntp_time(unix_ns: int) -> int:
    """A time as sender reports write it: seconds since 1900 in 32.32 bits."""
    seconds, rest = divmod(unix_ns, 1_000_000_000)
    return (((seconds + _NTP_EPOCH_S) & U32) << 32) | (rest << 32) // 1_000_000_000
