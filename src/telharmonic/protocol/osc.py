"""Open Sound Control 1.0: packets <-> messages with time tags.

python-osc reads and writes the arguments of one message. Bundles are taken apart here, and a message is looked over
before the library sees it: a bundle element of negative size sends its reader round for ever, and an argument of an
unknown type is left out with a line in the log.

References
----------
M. Wright, "The Open Sound Control 1.0 Specification", 2002; time tags as NTP's (RFC 5905, section 6).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pythonosc import osc_message
from pythonosc.osc_message_builder import OscMessageBuilder

from telharmonic.errors import MessageError
from telharmonic.protocol.osc_pattern import ADDRESS_LIMIT, is_written

Argument = float | int | str | bool | bytes | None

IMMEDIATELY = 1  # the time tag that means: now
PACKET_BYTES = 65_507  # the longest UDP datagram
MESSAGES_LIMIT = 512  # to a packet
ARGUMENTS_LIMIT = 64  # to a message
DEPTH_LIMIT = 8  # bundles inside one another
TYPES = frozenset("ifsbhdTFNI")  # arrays, colours, MIDI and times are no parameter's value
_NTP_DELTA_S = 2_208_988_800  # from 1900 to 1970
_BUNDLE = b"#bundle\0"
_INT32 = range(-(2**31), 2**31)
_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class OscMessage:
    """One message.

    Parameters
    ----------
    address : str
        From the first slash on; of a received one, a pattern perhaps.
    arguments : tuple
        int (i, h), float (f, d), str, bytes (b), bool (T, F; the impulse I is True), None (N).
    types : str
        A type tag each; made from the arguments if it is not given (float: f).
    """

    address: str
    arguments: tuple[Argument, ...] = ()
    types: str = ""

    def __post_init__(self) -> None:
        if not self.types and self.arguments:
            object.__setattr__(self, "types", "".join(map(type_of, self.arguments)))


@dataclass(frozen=True, slots=True)
class Timed:
    """A message of a packet, and when it is to take effect: an NTP time tag."""

    message: OscMessage
    time_tag: int = IMMEDIATELY


def type_of(value: Argument) -> str:
    """The type tag that a Python value is written as."""
    match value:
        case bool():
            return "T" if value else "F"
        case int():
            return "i" if value in _INT32 else "h"
        case float():
            return "f"
        case str():
            return "s"
        case bytes():
            return "b"
        case None:
            return "N"


def parse(data: bytes) -> tuple[Timed, ...]:
    """Every message of a packet, in order. An inner bundle takes effect no earlier than the one around it.

    Raises
    ------
    MessageError
        Saying what is wrong with it; nothing of it is to be obeyed then.
    """
    if len(data) > PACKET_BYTES:
        raise MessageError(f"an OSC packet of {len(data)} bytes; allowed: up to {PACKET_BYTES}")
    found: list[Timed] = []
    _parse_element(data, IMMEDIATELY, found, 0)
    return tuple(found)


def _parse_element(data: bytes, time_tag: int, found: list[Timed], depth: int) -> None:
    if data.startswith(_BUNDLE):
        if depth >= DEPTH_LIMIT:
            raise MessageError(f"OSC bundles more than {DEPTH_LIMIT} deep; allowed: up to {DEPTH_LIMIT}")
        _parse_bundle(data, time_tag, found, depth)
    elif data.startswith(b"/"):
        if len(found) >= MESSAGES_LIMIT:
            raise MessageError(f"an OSC packet of more than {MESSAGES_LIMIT} messages; allowed: up to {MESSAGES_LIMIT}")
        found.append(Timed(_parse_message(data), time_tag))
    else:
        raise MessageError("an OSC packet begins with '/' or '#bundle'")


def _parse_bundle(data: bytes, outer_tag: int, found: list[Timed], depth: int) -> None:
    if len(data) < 16:
        raise MessageError("an OSC bundle without a time tag")
    (time_tag,) = struct.unpack_from(">Q", data, 8)
    time_tag = max(time_tag, outer_tag)
    place = 16
    while place < len(data):
        size = struct.unpack_from(">i", data, place)[0] if place + 4 <= len(data) else -1
        place += 4
        if size <= 0 or size % 4 or place + size > len(data):
            raise MessageError("an OSC bundle whose element does not end where it says")
        _parse_element(data[place : place + size], time_tag, found, depth + 1)
        place += size


def _parse_message(data: bytes) -> OscMessage:
    end = data.find(b"\0")
    address = data[: end if end >= 0 else len(data)]
    if len(data) % 4 or end < 0:
        raise MessageError("an OSC message that does not end at a multiple of 4 bytes")
    if len(address) > ADDRESS_LIMIT or not address.isascii() or not address.decode("ascii").isprintable():
        raise MessageError(f"an OSC address is up to {ADDRESS_LIMIT} printable characters of ASCII")
    types = _types(data, end // 4 * 4 + 4)
    try:
        read = list(osc_message.OscMessage(_without_infinitums(data, types)))
    except Exception as problem:  # noqa: BLE001 - whatever the library stumbles over, the packet is at fault
        raise MessageError(f"an OSC message that cannot be read: {type(problem).__name__}") from None
    arguments = tuple([_argument(value, kind) for value, kind in zip(read, types, strict=True)])
    return OscMessage(address.decode("ascii"), arguments, types)


def _types(data: bytes, place: int) -> str:
    """The type tags, without the comma; a message without any (older senders) has no arguments."""
    if place >= len(data):
        return ""
    end = data.find(b"\0", place)
    tags = data[place : end if end >= 0 else len(data)].decode("latin-1")
    if not tags.startswith(","):
        raise MessageError("an OSC message whose types do not begin with a comma")
    if len(tags) - 1 > ARGUMENTS_LIMIT:
        raise MessageError(f"an OSC message of {len(tags) - 1} arguments; allowed: up to {ARGUMENTS_LIMIT}")
    if unknown := set(tags[1:]) - TYPES:
        raise MessageError(f"OSC type {min(unknown)!r}; allowed: {' '.join(sorted(TYPES))}")
    return tags[1:]


def _without_infinitums(data: bytes, types: str) -> bytes:
    """The library does not know I; like T it has no bytes of its own."""
    if "I" not in types:
        return data
    return data.replace(b"," + types.encode(), b"," + types.replace("I", "T").encode(), 1)


def _argument(value: object, kind: str) -> Argument:
    """As we keep it. A NaN is no value of anything; infinity may be (silence in dB)."""
    if isinstance(value, float) and math.isnan(value):
        raise MessageError("an OSC message with NaN")
    if isinstance(value, str | int | float | bool | bytes) or value is None:
        return value
    raise MessageError(f"an OSC argument of type {kind!r} that cannot be read")


def serialize(message: OscMessage) -> bytes:
    """One message as a packet.

    Raises
    ------
    MessageError
        If an argument cannot be written as its type says, or the address is none: a zero byte in it would end it and
        begin the types.
    """
    if not is_written(message.address):
        raise MessageError(
            f"the OSC address {message.address[:64]!r}; allowed: '/' and up to {ADDRESS_LIMIT} printable characters"
            " of ASCII in all, no space"
        )
    builder = OscMessageBuilder(address=message.address)
    try:
        for value, kind in zip(message.arguments, message.types, strict=True):
            if isinstance(value, str) and "\0" in value:
                raise ValueError("a text with a zero byte in it")
            builder.add_arg(value, "T" if kind == "I" else kind)
        dgram: bytes = builder.build().dgram
    except Exception as problem:  # noqa: BLE001 - as in _parse_message
        raise MessageError(f"no OSC message can be made of {message.address[:64]!r}: {problem}") from None
    return dgram


def serialize_bundle(messages: Iterable[OscMessage], time_tag: int = IMMEDIATELY) -> bytes:
    """Messages as one packet: on its own if there is but one that is meant for now, else a bundle.

    Raises
    ------
    MessageError
        As `serialize`.
    """
    return _joined([serialize(message) for message in messages], time_tag)


def packets(messages: Iterable[OscMessage], limit_bytes: int) -> Iterator[bytes]:
    """Messages for now as packets of at most so many bytes, as few as it takes."""
    pending: list[bytes] = []
    size = 0
    for packet in map(serialize, messages):
        if pending and size + 4 + len(packet) > limit_bytes:
            yield _joined(pending)
            pending, size = [], 0
        size = (size or 16) + 4 + len(packet)
        pending.append(packet)
    if pending:
        yield _joined(pending)


def _joined(written: list[bytes], time_tag: int = IMMEDIATELY) -> bytes:
    if len(written) == 1 and time_tag == IMMEDIATELY:
        return written[0]
    parts = [struct.pack(">i", len(each)) + each for each in written]
    return b"".join([_BUNDLE, struct.pack(">Q", time_tag), *parts])


def unix_s(time_tag: int) -> float | None:
    """The time of day that a tag means, in seconds since 1970; None for "now"."""
    return None if time_tag == IMMEDIATELY else time_tag / 2**32 - _NTP_DELTA_S


def time_tag(unix_time_s: float) -> int:
    """The tag of a time of day."""
    return round((unix_time_s + _NTP_DELTA_S) * 2**32)
