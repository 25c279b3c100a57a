"""The hot loop of the fan-out, compiled: header, cipher and `sendto` for many listeners in one call.

In Python a packet to one of 250 listeners costs 16 us, of which the system takes 5 to 7 and the cipher 1.5; the rest is
the interpreter, whose code and data each system call pushes out of the caches. So the numbers of every stream, and its
way out (the SRTP session's address, the socket, the peer's address), lie in a few 64-bit words each, and one compiled
function goes through them: first it ciphers for all of a group, then it sends to all of it. libsrtp stays what
ciphers: its `srtp_protect` is met by its address in the very library that aiortc's sessions are of.

A stream without such a way (through a TURN server, or where that function is not to be found) is not native, and its
packets are made and sent one by one, with `RtpStream.serialize`.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, attr-defined"
from __future__ import annotations

import ctypes
import functools
import importlib
import ipaddress
import secrets
import socket
import struct
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numpy.typing import NDArray

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import intrinsic
from telharmonic.dsp.memory import address_of, words_at
from telharmonic.wire.rtp import HEADER, HEADER_BYTES, U16, U32, VERSION_2

GROUP = 32  # streams that are ciphered, then sent to, in one call: some 0.2 ms
PACKET_BYTES = 1500  # what pylibsrtp takes as well; a body has 1275 at most, a cipher adds 144 at most
_PROTECT = "srtp_err_status_t(*)(struct srtp_ctx_t_ *, void *, int *)"
_SOCKADDR = struct.Struct("=H2s4s8x"), struct.Struct("=H2s4x16s4x")  # sockaddr_in, sockaddr_in6

# a stream's words
SSRC, OFFSET, SEQUENCE, PAYLOAD_TYPE, RED_PAYLOAD_TYPE, FROM_FRAME = range(6)
PACKETS, OCTETS, FAILED, TIMESTAMP, MOMENT = range(6, 11)
_SESSION, _DESCRIPTOR, _ADDRESS, _ADDRESS_BYTES, _SOCKADDR_WORDS = range(11, 16)
WORDS = _SOCKADDR_WORDS + 4


def _word(place: int, text: str) -> property:
    return property(
        lambda stream: int(stream.words[place]), lambda stream, value: stream.words.__setitem__(place, value), doc=text
    )


class RtpStream:
    """The numbers of one listener's stream, and its way out.

    Parameters
    ----------
    ssrc, payload_type : int
        As they were negotiated.
    red_payload_type : int, optional
        Of redundant audio, if it was negotiated.
    offset : int, optional
        The RTP timestamp of frame 0 by 48 kHz, 0 to 2^32 - 1; random without.
    """

    __slots__ = ("_session", "native", "words")

    def __init__(
        self, ssrc: int, payload_type: int, red_payload_type: int | None = None, offset: int | None = None
    ) -> None:
        self.words: NDArray[np.int64] = np.zeros(WORDS, np.int64)
        self.native = False  # whether `send_group` can send it
        self._session: object = None
        self.words[SSRC], self.words[PAYLOAD_TYPE] = ssrc, payload_type
        self.words[RED_PAYLOAD_TYPE] = payload_type if red_payload_type is None else red_payload_type
        self.words[SEQUENCE] = secrets.randbelow(1 << 15)  # the lower half: a wrap at once would confuse SRTP's count
        self.words[OFFSET] = secrets.randbits(32) if offset is None else offset & U32

    ssrc = _word(SSRC, "Of the stream.")
    payload_type = _word(PAYLOAD_TYPE, "Of Opus.")
    red_payload_type = _word(RED_PAYLOAD_TYPE, "Of redundant audio; that of Opus if there is none.")
    sequence = _word(SEQUENCE, "Of the next packet.")
    offset = _word(OFFSET, "The RTP timestamp of frame 0.")
    from_frame = _word(FROM_FRAME, "What is before this frame it has been sent.")
    packets = _word(PACKETS, "That the system took.")
    octets = _word(OCTETS, "Of payload in them, as sender reports count.")
    failed = _word(FAILED, "Packets that the system did not take.")
    timestamp = _word(TIMESTAMP, "Of the last packet that it took.")

    @property
    def moment(self) -> int:
        """When the first frame of that packet was rendered: seconds since 1900 in 32.32 bits."""
        return int(self.words[MOMENT]) & 0xFFFF_FFFF_FFFF_FFFF

    def point_at(self, session: Any, descriptor: int, address: tuple[str, int]) -> None:
        """Let `send_group` send it: ciphered by a pylibsrtp session, from a datagram socket, to an address.

        The session is kept alive; the descriptor is the caller's, who calls `lead_nowhere` before closing it.
        """
        host, port = ipaddress.ip_address(address[0]), address[1].to_bytes(2, "big")
        family = socket.AF_INET if host.version == 4 else socket.AF_INET6
        data = _SOCKADDR[host.version == 6].pack(family, port, host.packed)
        words = self.words
        words[_SOCKADDR_WORDS:] = np.frombuffer(data.ljust(32, b"\0"), np.int64)
        words[_DESCRIPTOR], words[_ADDRESS_BYTES] = descriptor, len(data)
        words[_ADDRESS] = words[_SOCKADDR_WORDS:].ctypes.data
        words[_SESSION] = session_address(session)
        self._session = session
        self.native = True

    def lead_nowhere(self) -> None:
        """Forget the way out."""
        self.native = False
        self._session = None
        self.words[_SESSION], self.words[_DESCRIPTOR] = 0, -1

    def serialize(self, body: bytes, first_frame: int, *, red: bool) -> bytes:
        """The next packet, not ciphered; `note` what became of it."""
        payload_type = self.red_payload_type if red else self.payload_type
        timestamp = (self.offset + first_frame) & U32
        return HEADER.pack(VERSION_2, payload_type, self.sequence, timestamp, self.ssrc) + body

    def note(self, sent: bool, octets: int, first_frame: int, moment: int) -> None:
        """Count the packet that was serialized, whether or not the system took it."""
        self.sequence = (self.sequence + 1) & U16
        if sent:
            self.packets += 1
            self.octets += octets
            self.timestamp = (self.offset + first_frame) & U32
            self.words[MOMENT] = _signed(moment)
        else:
            self.failed += 1


class Batch:
    """Streams that are sent the same bodies.

    Parameters
    ----------
    streams : list of RtpStream
        All of them native.
    """

    def __init__(self, streams: list[RtpStream]) -> None:
        addresses = np.array([stream.words.ctypes.data for stream in streams], np.int64)
        self._streams = streams  # whose words are read
        self._groups = [addresses[at : at + GROUP] for at in range(0, len(streams), GROUP)]
        self._protect = protect_address()

    def __iter__(self) -> Any:
        """Groups, for `send`."""
        return iter(self._groups)

    def send(self, group: NDArray[np.int64], body: bytes, first_frame: int, moment: int, *, red: bool) -> None:
        """One packet to each of a group whose `from_frame` is not later; what the system does not take is counted."""
        payload = np.frombuffer(body, np.uint8)
        send_group(group, payload, red, first_frame, _signed(moment), self._protect, _packets, _lengths)


def session_address(session: Any) -> int:
    """The ``srtp_t`` of a pylibsrtp session."""
    return int(_pylibsrtp().ffi.cast("uintptr_t", session._srtp[0]))


@functools.cache
def protect_address() -> int:
    """Where ``srtp_protect`` lies in the library of pylibsrtp's sessions; 0 without one that takes what we give.

    libsrtp 3 takes more; pylibsrtp says what its own takes.
    """
    try:
        binding = _pylibsrtp()
        if binding.ffi.typeof(binding.lib.srtp_protect).cname != _PROTECT:
            return 0
        function = ctypes.CDLL(binding.__file__).srtp_protect
    except (OSError, AttributeError):
        return 0
    return ctypes.cast(function, ctypes.c_void_p).value or 0


def _pylibsrtp() -> Any:
    return importlib.import_module("pylibsrtp._binding")


def _signed(moment: int) -> int:
    """The same 64 bits as a signed number."""
    return moment - ((moment >> 63) << 64)


# -- compiled

_MSG_DONTWAIT = 0x40
_sendto: Any = types.ExternalFunction(
    "sendto", types.intp(types.int32, types.intp, types.intp, types.int32, types.intp, types.int32)
)
_packets = np.zeros((GROUP, PACKET_BYTES), np.uint8)
_lengths = np.zeros(GROUP, np.int32)


@intrinsic
def _call(_, function, session, packet, length):  # noqa: ARG001 (Numba matches arguments by name)
    """``srtp_err_status_t srtp_protect(srtp_t, void *, int *)`` at an address."""

    def generate(_context, builder, _signature, values):
        word = ir.IntType(64)
        pointer = builder.inttoptr(values[0], ir.FunctionType(ir.IntType(32), [word] * 3).as_pointer())
        return builder.call(pointer, values[1:])

    return types.int32(types.int64, types.int64, types.int64, types.int64), generate


@kernel()
def _put(packet, at, value, count):
    """Write a number of `count` bytes, the highest first."""
    for k in range(count):
        packet[at + k] = np.uint8((value >> (8 * (count - 1 - k))) & 0xFF)


@kernel()
def _write(packet, words, body, red, timestamp):
    packet[0] = np.uint8(VERSION_2)
    packet[1] = np.uint8(words[RED_PAYLOAD_TYPE] if red else words[PAYLOAD_TYPE])
    _put(packet, 2, words[SEQUENCE], 2)
    _put(packet, 4, timestamp, 4)
    _put(packet, 8, words[SSRC], 4)
    for k in range(len(body)):
        packet[HEADER_BYTES + k] = body[k]


@kernel(
    types.void(
        types.int64[::1],
        types.Array(types.uint8, 1, "C", readonly=True),
        types.boolean,
        types.int64,
        types.int64,
        types.int64,
        types.uint8[:, ::1],
        types.int32[::1],
    )
)
def send_group(streams, body, red, first_frame, moment, protect, packets, lengths):
    """Cipher for all, then send to all: so the cipher's code and data are not pushed out of the caches each time.

    Parameters
    ----------
    streams : addresses of their words, at most `GROUP`
    body : behind the RTP header, at most `PACKET_BYTES` less header and cipher
    red : whether it is redundant audio
    first_frame : of the body, by 48 kHz
    moment : when that was rendered
    protect : address of ``srtp_protect``
    packets, lengths : room for a group
    """
    for index in range(len(streams)):
        words = words_at(streams[index], WORDS)
        lengths[index] = 0
        if first_frame >= words[FROM_FRAME]:
            packet = packets[index]
            _write(packet, words, body, red, (words[OFFSET] + first_frame) & U32)
            lengths[index] = HEADER_BYTES + len(body)
            length = address_of(lengths) + 4 * index
            if _call(protect, words[_SESSION], address_of(packet), length) != 0:
                lengths[index] = -1
    for index in range(len(streams)):
        length = lengths[index]
        if length == 0:
            continue
        words = words_at(streams[index], WORDS)
        sent = (
            length > 0
            and _sendto(
                np.int32(words[_DESCRIPTOR]),
                address_of(packets[index]),
                length,
                _MSG_DONTWAIT,
                words[_ADDRESS],
                np.int32(words[_ADDRESS_BYTES]),
            )
            > 0
        )
        words[SEQUENCE] = (words[SEQUENCE] + 1) & U16
        if sent:
            words[PACKETS] += 1
            words[OCTETS] += len(body)
            words[TIMESTAMP] = (words[OFFSET] + first_frame) & U32
            words[MOMENT] = moment
        else:
            words[FAILED] += 1
