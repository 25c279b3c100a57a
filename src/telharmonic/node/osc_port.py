"""A node's OSC over UDP: which session a message is for, and how much may come.

``/session/ID/strip/3/fader`` is for that session; without ``/session/ID`` it is for the one that has been open longest.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from telharmonic.control.osc import ANSWERS, error_reply
from telharmonic.control.rate_limit import TokenBucket
from telharmonic.errors import NotFoundError, TelharmonicError
from telharmonic.node.node import Node
from telharmonic.node.osc_surface import PACKET_BYTES, OscPeer, OscSurface
from telharmonic.node.session_host import SessionHost
from telharmonic.protocol.osc import OscMessage, Timed, packets, parse, serialize
from telharmonic.protocol.parameters import SESSION
from telharmonic.transport.ice import host_addresses
from telharmonic.transport.osc_udp import LOOPBACK, Address, OscUdp, is_near

_log = logging.getLogger(__name__)

PACKETS_HZ = 4000.0  # read in a second; what is beyond is lost, as UDP may
PACKETS_BURST = 4000.0
_OWN_PARAMETERS = frozenset(row.name for row in SESSION)  # /session/tempo is no session
UNREAD_HZ = 20.0  # packets that are no OSC and are answered: whoever answers our errors so shall not go on for ever


@runtime_checkable
class Ear(Protocol):
    """A peer that is no UDP address."""

    def send_packet(self, packet: bytes) -> None:
        """Send without waiting."""


class OscPort:
    """The surfaces of all sessions behind one UDP port. Make it with `open`.

    Parameters
    ----------
    node : Node
        Whose sessions they are.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._surfaces: dict[str, OscSurface] = {}
        self._bucket = TokenBucket(PACKETS_HZ, PACKETS_BURST)
        self._unread = TokenBucket(UNREAD_HZ, UNREAD_HZ)
        self._udp: OscUdp | None = None
        self._own: frozenset[Address] = frozenset()  # where it listens itself
        self.lost_packets = 0
        self.far_packets = 0
        self.on_other_session: Callable[[], None] | None = None  # addresses without a session's name are another's now
        self._oldest = ""
        self._told = (0, 0)
        self._timer = asyncio.get_running_loop().call_later(1.0, self._each_second)

    async def open(self, host: str, port: int) -> int:
        """Listen at an IPv4 address of this machine; the port.

        Raises
        ------
        NodeError
            If it is taken.
        """
        self._udp = await OscUdp.open(host, port, self._received)
        self._own = frozenset((address, self._udp.port) for address in (*host_addresses(host), LOOPBACK))
        return self._udp.port

    def surface(self, session: str) -> OscSurface:
        """The surface of one session, made when it is first asked for.

        Raises
        ------
        NotFoundError
            If there is no such session.
        """
        host = self._node.host(session)
        surface = self._surfaces.get(session)
        if surface is None or not surface.is_of(host):
            surface = self._surfaces[session] = OscSurface(host, self._send)
        return surface

    @property
    def has_session(self) -> bool:
        """Whether an address without a session's name is for anyone."""
        return bool(self._node.hosts)

    def session_of(self, address: str) -> tuple[str, str, str]:
        """The session that an address is for, what stands before the session's own address, and that address.

        Raises
        ------
        NotFoundError
            If no session is open.
        """
        session, prefix, address = split_session(address)
        if session:
            return session, prefix, address
        oldest = next(iter(self._node.hosts), None)
        if oldest is None:
            raise NotFoundError("no session is open")
        return oldest, "", address

    def _received(self, data: bytes, address: Address) -> None:
        if not is_near(address[0]):
            self.far_packets += 1
            return
        if not self._bucket.take(time.monotonic()):
            self.lost_packets += 1
            return
        if address in self._own:
            return  # a forged packet: we would answer ourselves for ever
        try:
            packet = parse(data)
        except TelharmonicError as problem:
            if self._unread.take(time.monotonic()):
                self._send(serialize(error_reply("", problem)), OscPeer(address))
            return
        self._sort(packet, address)

    def _sort(self, packet: tuple[Timed, ...], where: Address) -> None:
        """Give each session its messages, together; what is for none is answered."""
        sorted_out: dict[tuple[str, str], list[Timed]] = {}
        errors: list[OscMessage] = []
        for timed in packet:
            if split_session(timed.message.address)[2] in ANSWERS:
                continue
            try:
                session, prefix, address = self.session_of(timed.message.address)
                self.surface(session)
            except TelharmonicError as problem:
                errors.append(error_reply(timed.message.address, problem))
                continue
            message = OscMessage(address, timed.message.arguments, timed.message.types)
            sorted_out.setdefault((session, prefix), []).append(Timed(message, timed.time_tag))
        for (session, prefix), messages in sorted_out.items():
            self.surface(session).hear(messages, OscPeer(where, prefix))
        for each in packets(errors, PACKET_BYTES):
            self._send(each, OscPeer(where))

    def _send(self, packet: bytes, peer: OscPeer) -> None:
        if self._udp is not None and isinstance(peer.where, tuple):
            self._udp.send(packet, peer.where)
        elif isinstance(peer.where, Ear):
            peer.where.send_packet(packet)

    def _each_second(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(1.0, self._each_second)
        hosts = self._node.hosts
        for session in [each for each, surface in self._surfaces.items() if not _is_current(surface, hosts.get(each))]:
            self._surfaces.pop(session).end()
        for surface in self._surfaces.values():
            surface.each_second()
        oldest = next(iter(hosts), "")
        if oldest != self._oldest and self.on_other_session is not None:
            self.on_other_session()
        self._oldest = oldest
        lost, far = self._told
        if self.lost_packets != lost:
            _log.warning("%d OSC packets came too fast and were lost", self.lost_packets - lost)
        if self.far_packets != far:
            _log.warning("%d OSC packets came from no private network and were refused", self.far_packets - far)
        self._told = (self.lost_packets, self.far_packets)

    def shut(self) -> None:
        """Take no more datagrams."""
        if self._udp is not None:
            self._udp.close()
            self._udp = None

    def close(self) -> None:
        """Listen no more."""
        self._timer.cancel()
        for surface in self._surfaces.values():
            surface.end()
        self.shut()


def split_session(address: str) -> tuple[str, str, str]:
    """The session that an address names (or ""), the words that do, and the session's own address."""
    words = address.split("/", 3)
    if len(words) < 3 or words[1] != "session" or (len(words) == 3 and words[2] in _OWN_PARAMETERS):
        return "", "", address
    return words[2], f"/session/{words[2]}", f"/{''.join(words[3:])}"


def _is_current(surface: OscSurface, host: SessionHost | None) -> bool:
    return host is not None and surface.is_of(host)
