"""What the stream process and the process that talks to JACK say to each other: one pickled word a packet."""

from __future__ import annotations

import pickle
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from telharmonic.audio.ring import Ring
from telharmonic.protocol.jack import JackSpec, JackStatus, input_ports

PACKET_BYTES = 65_536
MIX_FRAMES = 8192  # of the ring in which the mix comes


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A strip that JACK feeds: its id, its ring's number among the session's live strips, one port or two."""

    id: str
    place: int
    stereo: bool

    @property
    def ports(self) -> tuple[str, ...]:
        """Short names of its input ports."""
        return input_ports(self.id, stereo=self.stereo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """All that the process needs to know, once."""

    spec: JackSpec
    rate_hz: int
    slot: int
    strips: tuple[Strip, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Midi:
    """A MIDI message of up to three bytes; it came, or is to be sent."""

    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """JACK's transport was started, stopped or moved; or is to be. No position: where it stands."""

    rolling: bool
    position_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Say in the next reports which of these patterns of port names (by any key) something fits."""

    patterns: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Once a second, and whenever something changed: how it goes, and what of the watched ports is there."""

    status: JackStatus
    there: tuple[str, ...] = ()
    needs_server: bool = False


Word = Midi | Transport | Watch | Report


def mix_bytes() -> int:
    """The memory of that ring."""
    return Ring.size_bytes(MIX_FRAMES)


def send(line: socket.socket, word: Word) -> bool:
    """Hand over a word; False if the other side does not read, or has gone."""
    try:
        line.send(pickle.dumps(word, pickle.HIGHEST_PROTOCOL))
    except OSError:
        return False
    return True


def receive(line: socket.socket, at_once: int = 64) -> Iterator[Any]:
    """The words that have come, oldest first; what is more than `at_once` waits."""
    for _ in range(at_once):
        try:
            packet = line.recv(PACKET_BYTES)
        except OSError:
            return
        if not packet:
            return
        yield pickle.loads(packet)


def pair() -> tuple[socket.socket, socket.socket]:
    """The two ends of a line."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    theirs.setblocking(False)
    return ours, theirs
