"""aiortc's SCTP and DTLS with bounds on what a peer may make them keep, compute, or raise.

aiortc 1.16 trusts its peer: it keeps fragments past the window that it advertised, makes a set of every number that a
SACK names (one packet of 260 gaps, each 65,535 wide, is worth seconds), sorts all that came out of order for each
chunk, and asserts what the peer says. A peer that goes past these bounds has its own connection ended and disturbs
nobody else's.
"""

from __future__ import annotations

import asyncio
import contextlib

from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcsctptransport import Chunk, DataChunk, ForwardTsnChunk, RTCSctpTransport, SackChunk

STREAMS = 64  # that a peer may begin; browsers number channels from 0 on
MISORDERED = 256  # chunks that may lie beyond a gap; what comes on top of that is dropped, and sent again
FRAGMENTS = 512  # of one stream that wait for the rest of their message; the largest message has 230
NUMBERS = 1 << 32


class BoundedSctp(RTCSctpTransport):
    """aiortc's, which drops what it has no room for and ends with who claims what cannot be."""

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

    async def _recv_next(self) -> None:
        try:
            await super()._recv_next()
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception:  # noqa: BLE001 - what a peer sends may make aiortc raise whatever comes
            raise ConnectionError("the peer sent what cannot be read") from None
