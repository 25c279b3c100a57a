"""aiortc's SCTP and DTLS with bounds on what a peer may make them keep, compute, or raise.

aiortc 1.16 trusts its peer: it reads a parameter of no length for ever, keeps fragments past the window that it
advertised, makes a set of every number that a SACK names (one packet of 260 gaps, each 65,535 wide, is worth seconds),
sorts all that came out of order for each chunk, and asserts what the peer says. Of RTCP, one NACK of a packet's length
names 6000 numbers and takes 8 ms to read, and every new stream's number is kept. A peer that goes past these bounds
has its own connection ended, or is not heard, and disturbs nobody else.
"""

from __future__ import annotations

import asyncio
import contextlib
from struct import unpack_from
from typing import Any

from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcsctptransport import (
    CHUNK_TYPES,
    BaseInitChunk,
    BaseParamsChunk,
    Chunk,
    DataChunk,
    ForwardTsnChunk,
    RTCSctpTransport,
    SackChunk,
)

from telharmonic.transport.ice_session import Allowance

STREAMS = 64  # that a peer may begin; browsers number channels from 0 on
MISORDERED = 256  # chunks that may lie beyond a gap; what comes on top of that is dropped, and sent again
FRAGMENTS = 512  # of one stream that wait for the rest of their message; the largest message has 230
NUMBERS = 1 << 32
REPORTS_PER_S, REPORTS_BURST = 25, 50  # RTCP datagrams; browsers send one or two a second
REPORT_BYTES = 600  # such a datagram: 24 reports; a browser's have one, and its name
SOURCES = 16  # RTP streams that a peer may begin in all; a browser begins one
_PACKET_HEADER_BYTES, _CHUNK_HEADER_BYTES, _PARAMETER_HEADER_BYTES = 12, 4, 4
_INIT_FIELDS_BYTES = 16  # between the chunk's header and its parameters


def parameters_end(packet: bytes) -> bool:
    """Whether every parameter of an SCTP packet is at least as long as its own header (RFC 9260, section 3.2.1).

    aiortc steps from one to the next by their lengths, and stays for ever at one of length 0.
    """
    at = _PACKET_HEADER_BYTES
    while at + _CHUNK_HEADER_BYTES <= len(packet):
        kind, _flags, length = unpack_from("!BBH", packet, at)
        if length < _CHUNK_HEADER_BYTES or at + length > len(packet):
            return True  # aiortc reads no further
        chunk: type[Any] = CHUNK_TYPES.get(kind, Chunk)
        if issubclass(chunk, BaseInitChunk | BaseParamsChunk):
            skip = _INIT_FIELDS_BYTES if issubclass(chunk, BaseInitChunk) else 0
            if not _parameters_end(packet[at + _CHUNK_HEADER_BYTES + skip : at + length]):
                return False
        at += length + -length % 4
    return True


def _parameters_end(body: bytes) -> bool:
    at = 0
    while at + _PARAMETER_HEADER_BYTES <= len(body):
        length = unpack_from("!H", body, at + 2)[0]
        if length < _PARAMETER_HEADER_BYTES:
            return False
        at += length + -length % 4
    return True


class BoundedSctp(RTCSctpTransport):
    """aiortc's, which drops what it has no room for and ends with who claims what cannot be."""

    async def _handle_data(self, data: bytes) -> None:
        if not parameters_end(data):
            raise ConnectionError("a parameter without a length")
        await super()._handle_data(data)

    async def _receive_chunk(self, chunk: Chunk) -> None:
        if isinstance(chunk, DataChunk):
            if not self._has_room(chunk):
                return
        elif isinstance(chunk, SackChunk):
            self._check_gaps(chunk)
        elif isinstance(chunk, ForwardTsnChunk):
            chunk.streams = [each for each in chunk.streams if each[0] in self._inbound_streams]
        await super()._receive_chunk(chunk)

    async def _send_chunk(self, chunk: Chunk) -> None:
        with contextlib.suppress(ConnectionError):  # words that come too late; the tasks that say them are nobody's
            await super()._send_chunk(chunk)

    def _has_room(self, chunk: DataChunk) -> bool:
        """Whether a chunk may be taken; SCTP may drop what it has no room for (RFC 9260, section 6.2).

        Raises
        ------
        ConnectionError
            If the peer fills what it cannot complete.
        """
        stream = self._inbound_streams.get(chunk.stream_id)
        if stream is None and len(self._inbound_streams) >= STREAMS:
            raise ConnectionError(f"too many streams; allowed: {STREAMS}")
        if stream is not None and len(stream.reassembly) >= FRAGMENTS:
            raise ConnectionError(f"too many fragments of one message; allowed: {FRAGMENTS}")
        if self._advertised_rwnd < len(chunk.user_data):
            raise ConnectionError("more was sent than the window that was advertised")
        assert self._last_received_tsn is not None
        is_next = (chunk.tsn - self._last_received_tsn) % NUMBERS == 1
        return is_next or len(self._sack_misordered) < MISORDERED

    def _check_gaps(self, chunk: SackChunk) -> None:
        """Let in only gaps as they can be: one after the other, of numbers that we have sent."""
        sent = (self._local_tsn - chunk.cumulative_tsn) % NUMBERS  # 1: all
        before = 0
        if not 0 < sent < NUMBERS // 2:
            raise ConnectionError("a SACK of what was never sent")
        for first, last in chunk.gaps:
            if not before < first <= last < sent:
                raise ConnectionError("a SACK of what was never sent")
            before = last


class BoundedDtls(RTCDtlsTransport):
    """aiortc's, for which a peer that makes anything above it raise has ended the connection."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._reports = Allowance(REPORTS_PER_S, REPORTS_BURST)

    async def _handle_rtcp_data(self, data: bytes) -> None:
        if len(data) <= REPORT_BYTES and self._reports.take():
            await super()._handle_rtcp_data(data)

    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:
        known = self._rtp_router.ssrc_table
        if len(known) < SOURCES or int.from_bytes(data[8:12], "big") in known:
            await super()._handle_rtp_data(data, arrival_time_ms=arrival_time_ms)

    async def _recv_next(self) -> None:
        try:
            await super()._recv_next()
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception:  # noqa: BLE001 - what a peer sends may make aiortc raise whatever comes
            raise ConnectionError("the peer sent what cannot be read") from None
