"""Redundant audio (RFC 2198): each packet also carries one or two earlier Opus packets.

A block before the last has four bytes: 1 bit "another block follows", 7 bits payload type, 14 bits how much older its
timestamp is, 10 bits its length; the last has one byte. What does not fit these fields, or would make the packet
larger than `MAX_BYTES`, is left out, the oldest first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from telharmonic.errors import MessageError, ParameterError

MOST_PAST = 2
MAX_BYTES = 1150  # with headers of RTP, SRTP, UDP, IPv6 and a TURN channel still below the 1280 of any IPv6 path
MAX_OFFSET = (1 << 14) - 1
MAX_BLOCK_BYTES = (1 << 10) - 1
MAX_BLOCKS = 8  # that a stranger's packet may hold
_FOLLOWS = 0x80


@dataclass(frozen=True, slots=True, kw_only=True)
class RedBlock:
    """One block; `age` is how many frames of the clock it is older than the packet's timestamp."""

    payload_type: int
    age: int
    payload: bytes


def serialize(payload_type: int, payload: bytes, past: Sequence[tuple[int, bytes]]) -> bytes:
    """The payload of a RED packet.

    Parameters
    ----------
    payload_type : int
        Of Opus, 0 to 127.
    payload : bytes
        The newest Opus packet.
    past : sequence of (int, bytes)
        Age in frames and bytes of up to two earlier packets, the oldest first.

    Raises
    ------
    ParameterError
        If the payload type is out of range or there are more than two.
    """
    if not 0 <= payload_type <= 127:
        raise ParameterError("payload_type", payload_type, "0 to 127")
    if len(past) > MOST_PAST:
        raise ParameterError("past", len(past), f"0 to {MOST_PAST}")
    room = MAX_BYTES - 1 - len(payload)
    headers: list[bytes] = []
    bodies: list[bytes] = []
    for age, body in reversed(past):
        room -= 4 + len(body)
        if room < 0 or not 0 < age <= MAX_OFFSET or len(body) > MAX_BLOCK_BYTES:
            break
        word = (_FOLLOWS | payload_type) << 24 | age << 10 | len(body)
        headers.insert(0, word.to_bytes(4, "big"))
        bodies.insert(0, body)
    return b"".join((*headers, bytes((payload_type,)), *bodies, payload))


def parse(data: bytes) -> list[RedBlock]:
    """The blocks of a RED payload, the oldest first; the last has age 0.

    Raises
    ------
    MessageError
        If it ends too early or holds more than `MAX_BLOCKS` blocks.
    """
    heads: list[tuple[int, int, int]] = []
    at = 0
    while at < len(data) and data[at] & _FOLLOWS:
        word = int.from_bytes(data[at : at + 4], "big")
        heads.append((data[at] & 0x7F, word >> 10 & MAX_OFFSET, word & MAX_BLOCK_BYTES))
        at += 4
        if len(heads) >= MAX_BLOCKS:
            raise MessageError(f"a RED packet has more than {MAX_BLOCKS} blocks")
    if at >= len(data):
        raise MessageError(f"a RED packet of {len(data)} bytes ends within its headers")
    last_type = data[at]
    at += 1
    blocks = []
    for payload_type, age, length in heads:
        if at + length > len(data):
            raise MessageError(f"a RED packet of {len(data)} bytes ends within a block")
        blocks.append(RedBlock(payload_type=payload_type, age=age, payload=data[at : at + length]))
        at += length
    blocks.append(RedBlock(payload_type=last_type, age=0, payload=data[at:]))
    return blocks


def offered_payload_type(sdp: str, opus_payload_type: int) -> int | None:
    """The payload type under which a description offers RED around this Opus, if it does."""
    for line in re.findall(r"^a=rtpmap:(\d{1,3}) red/48000/2\s*$", sdp, re.MULTILINE | re.IGNORECASE):
        inner = re.search(rf"^a=fmtp:{line} ([\d/]+)\s*$", sdp, re.MULTILINE)
        if int(line) <= 127 and inner is not None and set(inner[1].split("/")) == {str(opus_payload_type)}:
            return int(line)
    return None


def accept(answer: str, red_payload_type: int, opus_payload_type: int) -> str:
    """An answer that also takes RED, behind Opus, so that the other side still sends plain Opus."""
    lines = []
    for line in answer.splitlines():
        section = re.fullmatch(r"(m=audio \S+ \S+) (.*)", line)
        if section is not None and str(opus_payload_type) in section[2].split():
            line = f"{line} {red_payload_type}"
        lines.append(line)
        if re.match(rf"a=rtpmap:{opus_payload_type} opus/", line, re.IGNORECASE):
            lines.append(f"a=rtpmap:{red_payload_type} red/48000/2")
            lines.append(f"a=fmtp:{red_payload_type} {opus_payload_type}/{opus_payload_type}")
    return "\r\n".join(lines) + "\r\n"
