"""One mix to many listeners: each message's bytes are made once and written to every connection.

A `MixStream` gathers frames from a session's ring into messages of one shape (encoding, frames, channels). An
`Outlet` is one listener's connection. Nothing here awaits: writing means handing bytes to the event loop's transport,
and a listener whose transport still holds too much loses the whole message, never a part of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from telharmonic.audio.ring import Ring
from telharmonic.wire.framing import BINARY, CHUNK_END, chunk_header, websocket_header
from telharmonic.wire.pcm import DISCONTINUITY, HEADER, HEADER_BYTES, VERSION, Encoding, check_frames, encode

_U32 = 0xFFFF_FFFF


class Wrapping(IntEnum):
    """How a message is laid on its connection."""

    WEBSOCKET = 0  # a binary frame
    CHUNK = 1  # a chunk of an HTTP body: header and samples
    BARE_CHUNK = 2  # a chunk with the samples alone, behind a WAV header


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one message of a stream looks like.

    Raises
    ------
    ParameterError
        If `frames` is not 120 to 4096.
    """

    encoding: Encoding = Encoding.F32
    frames: int = 240
    channels: int = 2

    def __post_init__(self) -> None:
        check_frames(self.frames)

    @property
    def payload_bytes(self) -> int:
        """Bytes of samples in one message."""
        return self.frames * self.channels * self.encoding.sample_bytes


class Transport(Protocol):
    """The part of asyncio's transport that is used."""

    def write(self, data: bytes) -> None:
        """Hand over bytes; never waits."""

    def get_write_buffer_size(self) -> int:
        """Bytes handed over that the system has not taken yet."""


class Outlet:
    """One listener's connection.

    Parameters
    ----------
    transport : Transport
        Where the bytes go.
    limit_bytes : int
        While more than this waits in the transport, messages are lost.
    on_caught_up : callable, optional
        Called with the count of messages lost, when the listener takes sound again.
    """

    __slots__ = ("buffered", "limit_bytes", "lost", "lost_total", "on_caught_up", "sent", "write")

    def __init__(
        self, transport: Transport, limit_bytes: int, on_caught_up: Callable[[int], None] | None = None
    ) -> None:
        self.write = transport.write
        self.buffered = transport.get_write_buffer_size
        self.limit_bytes = limit_bytes
        self.on_caught_up = on_caught_up
        self.lost = 0  # in a row, until now
        self.lost_total = 0
        self.sent = 0


class MixStream:
    """Messages of one shape from one ring.

    Parameters
    ----------
    ring : Ring
        The session's sound; stereo.
    shape : Shape
        Of the messages.
    sample_rate_hz, epoch : int
        For the header.
    """

    def __init__(self, ring: Ring, shape: Shape, *, sample_rate_hz: int, epoch: int) -> None:
        self.shape = shape
        self.next_frame = ring.written
        self.messages = 0
        self._ring = ring
        self._sample_rate_hz = sample_rate_hz
        self._epoch = epoch & _U32
        length = HEADER_BYTES + shape.payload_bytes
        self._prefixes = (websocket_header(BINARY, length), chunk_header(length), chunk_header(shape.payload_bytes))
        self._outlets: tuple[list[Outlet], ...] = tuple([] for _ in Wrapping)

    def __len__(self) -> int:
        return sum(map(len, self._outlets))

    def add(self, outlet: Outlet, wrapping: Wrapping = Wrapping.WEBSOCKET) -> None:
        """Send to this listener from the next message on."""
        if not len(self):
            self.next_frame = self._ring.written
        self._outlets[wrapping].append(outlet)

    def remove(self, outlet: Outlet) -> None:
        """Send to it no more; nothing happens if it is not here."""
        for outlets in self._outlets:
            if outlet in outlets:
                outlets.remove(outlet)

    def pump(self, now_ns: int) -> None:
        """Send every message that the ring has the frames for; `now_ns` is the clock of the ring's commits."""
        written, frames = self._ring.written, self.shape.frames
        while written - self.next_frame >= frames:
            self._send(now_ns)
            self.next_frame += frames

    def _send(self, now_ns: int) -> None:
        first, shape = self.next_frame, self.shape
        ring = self._ring
        flags = DISCONTINUITY if first <= ring.gap_frame < first + shape.frames else 0
        header = HEADER.pack(
            VERSION,
            shape.encoding,
            shape.channels,
            flags,
            shape.frames,
            0,
            self._epoch,
            self.messages & _U32,
            first,
            self._sample_rate_hz,
            min(max(0, now_ns - ring.time_ns) // 1000, _U32),
        )
        self.messages += 1
        samples = self._samples(ring.view(first, shape.frames), first)
        websocket, chunked, bare = self._outlets
        if websocket:
            _write(websocket, b"".join((self._prefixes[0], header, samples)))
        if chunked:
            _write(chunked, b"".join((self._prefixes[1], header, samples, CHUNK_END)))
        if bare:
            _write(bare, b"".join((self._prefixes[2], samples, CHUNK_END)))

    def _samples(self, frames: NDArray[np.float32], first_frame: int) -> memoryview | bytes:
        if self.shape.channels == 1:
            frames = frames.mean(axis=1, dtype=np.float32)
        if self.shape.encoding is Encoding.F32:
            return frames.data
        return encode(frames.reshape(-1), self.shape.encoding, first_frame)


def _write(outlets: list[Outlet], data: bytes) -> None:
    """The hot loop: two calls a listener, and one that has just left takes nothing from those behind it."""
    for outlet in outlets:
        try:
            if outlet.lost or outlet.buffered() > outlet.limit_bytes:
                _write_slow(outlet, data)
            else:
                outlet.write(data)
        except RuntimeError:  # uvloop says so of a closed connection; its handler removes it at the next turn
            outlet.lost_total += 1


def _write_slow(outlet: Outlet, data: bytes) -> None:
    """Lose the message, or, once everything before has left, go on and say how many were lost."""
    if outlet.buffered() > 0:
        outlet.lost += 1
        outlet.lost_total += 1
        return
    if outlet.on_caught_up is not None:
        outlet.on_caught_up(outlet.lost)
    outlet.lost = 0
    outlet.write(data)
