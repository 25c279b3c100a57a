"""One ICE session on our own addresses only, which hears nobody but its peer.

Anyone may send to an open port. aioice 0.13 raises where an attribute of a STUN message has a length that it does not
know, so that each such datagram would write a traceback into the log; it answers every check, and hands on what is no
STUN whoever sent it, so that a stranger could disturb a handshake. All three are kept out here.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any

import aioice
from aioice import stun
from aioice.ice import CandidatePair, StunProtocol, TransportPolicy

from telharmonic.transport.ice import IceSettings
from telharmonic.transport.turns import Turns
from telharmonic.transport.unanswered import Unanswered

CANDIDATES = 64  # of one peer; a laptop with many networks has about 20
GATHER_S = 2  # a STUN or TURN server that has not answered by then is done without
CONSENT_TRIES = 6  # unanswered in a row
STUN_PER_S, STUN_BURST = 200, 1000  # 64 candidates are checked by some 450 messages; consent takes one in 5 s
_TRANSACTION = slice(8, 20)  # RFC 8489, section 5
_STUN_FIRST_BYTES = 4  # RFC 7983: 0 to 3


class Allowance:
    """How many datagrams may come: so many at once, and so many a second.

    Parameters
    ----------
    per_s, burst : int
        Both positive.
    now : callable
        Seconds of a clock that only goes forward.
    """

    def __init__(self, per_s: int, burst: int, now: Callable[[], float] = time.monotonic) -> None:
        self._per_s, self._burst, self._now = per_s, burst, now
        self._left: float = burst
        self._at = now()

    def take(self) -> bool:
        """Whether one more may."""
        if self._left < 1:
            now = self._now()
            self._left = min(self._burst, self._left + (now - self._at) * self._per_s)
            self._at = now
            if self._left < 1:
                return False
        self._left -= 1
        return True


class BoundConnection(aioice.Connection):
    """One ICE session.

    Parameters
    ----------
    settings : IceSettings
        Addresses and servers.
    servers : dict
        `aioice.Connection`'s keyword arguments about servers.
    take : callable
        Where datagrams of the upper layers go.
    turns : Turns, optional
        Where STUN messages wait until they are read.
    unanswered : Unanswered, optional
        Which servers need not be waited for.

    Attributes
    ----------
    refused_datagrams : int
        Of strangers, unreadable, or too many.
    """

    def __init__(
        self,
        settings: IceSettings,
        servers: dict[str, object],
        take: Callable[[bytes], None],
        *,
        controlling: bool,
        turns: Turns | None = None,
        unanswered: Unanswered | None = None,
    ) -> None:
        policy = TransportPolicy.RELAY if settings.relay_only else TransportPolicy.ALL
        super().__init__(ice_controlling=controlling, transport_policy=policy, **servers)  # type: ignore[arg-type]
        self.refused_datagrams = 0
        self._settings = settings
        self._take = take
        self._turns = turns or Turns()
        self._unanswered = unanswered or Unanswered()
        self._checks = Allowance(STUN_PER_S, STUN_BURST)  # of the peer
        self._strange_checks = Allowance(STUN_PER_S, STUN_BURST)  # of any other address, from which it may begin
        self._peers: set[tuple[str, int]] = set()
        self._peers_of = 0  # so many remote candidates

    async def get_component_candidates(
        self,
        component: int,
        addresses: list[str],  # noqa: ARG002 - of the whole machine
        timeout: int = GATHER_S,
    ) -> list[aioice.Candidate]:
        """Open sockets on our addresses, whatever others this machine has."""
        ours = [] if self._settings.relay_only else list(self._settings.addresses)
        if ours:  # with the relay alone there is nothing else to offer
            self.stun_server = self._unanswered.pass_over(self.stun_server)
            self.turn_server = self._unanswered.pass_over(self.turn_server)
        found = await super().get_component_candidates(component, ours, min(timeout, GATHER_S))
        kinds = {candidate.type for candidate in found}
        self._unanswered.note(self.stun_server, answered="srflx" in kinds)
        self._unanswered.note(self.turn_server, answered="relay" in kinds)
        for protocol in self._protocols:
            self._guard(protocol)
        return found

    def _guard(self, protocol: StunProtocol) -> None:
        """Stand before a socket's reader, which must not raise."""
        read = protocol.datagram_received

        def received(data: bytes | str, addr: tuple[Any, ...]) -> None:
            if not data or not isinstance(data, bytes):
                return
            if data[0] >= _STUN_FIRST_BYTES and self._is_peer(addr):
                self.data_received(data, 1)
            elif not (
                data[0] < _STUN_FIRST_BYTES
                and self._may_ask(protocol, data, addr)
                and self._turns.give(self._read_stun, read, data, addr)
            ):
                self.refused_datagrams += 1

        protocol.datagram_received = received  # type: ignore[method-assign]

    def _may_ask(self, protocol: StunProtocol, data: bytes, address: tuple[Any, ...]) -> bool:
        """Whether a STUN message is read: strangers take nothing from the peer, and neither from our own questions."""
        if data[_TRANSACTION] in protocol.transactions:  # 96 random bits, which only who was asked knows
            return True
        return (self._checks if self._is_peer(address) else self._strange_checks).take()

    def _read_stun(self, read: Callable[[bytes, Any], None], data: bytes, address: tuple[Any, ...]) -> None:
        try:
            read(data, address)
        except Exception:  # noqa: BLE001 - aioice raises whatever comes
            self.refused_datagrams += 1

    def _is_peer(self, address: tuple[Any, ...]) -> bool:
        """Whether it is one that the peer named, or from which it showed that it knows the session's password."""
        if self._peers_of != len(self._remote_candidates):
            self._peers_of = len(self._remote_candidates)
            self._peers = {(each._network_host, each.port) for each in self._remote_candidates}
        return address[:2] in self._peers

    def data_received(self, data: bytes, component: int) -> None:  # noqa: ARG002 - all is one component
        """A datagram of the peer that is no STUN; an empty one would end aiortc's DTLS."""
        if data:
            self._take(data)

    def check_incoming(self, message: stun.Message, addr: tuple[str, int], protocol: StunProtocol) -> None:
        """A connectivity check of the peer; it has only so many addresses."""
        known = any(each.port == addr[1] and each.host == addr[0] for each in self._remote_candidates)
        if known or len(self._remote_candidates) < 2 * CANDIDATES:
            super().check_incoming(message, addr, protocol)

    async def query_consent(self) -> None:
        """Ask the peer again and again whether it still wants what it is sent (RFC 7675)."""
        assert self.remote_password is not None
        failures = 0
        while failures < CONSENT_TRIES:
            await asyncio.sleep(self._settings.consent_s / CONSENT_TRIES * random.uniform(0.8, 1.2))
            for pair in list(self._nominated.values()):
                try:
                    await pair.protocol.request(
                        self.build_request(pair, nominate=False),
                        pair.remote_addr,
                        integrity_key=self.remote_password.encode(),
                        retransmissions=0,
                    )
                    failures = 0
                except stun.TransactionError:
                    failures += 1
        self._query_consent_task = None
        await self.close()

    @property
    def path(self) -> CandidatePair | None:
        """The pair of addresses in use."""
        return self._nominated.get(1)
