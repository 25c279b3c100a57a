"""One WebRTC connection of a member: sound out, words both ways, and an end that frees everything.

aiortc does SDP, DTLS, SCTP and RTCP; what strangers send is checked before it (`offer`), ICE is ours to bound
(`ice_line`). Nothing here waits for the peer but tasks that end with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from aioice import Candidate
from aiortc import RTCDataChannel, RTCRtpTransceiver, RTCSessionDescription

from telharmonic.errors import MessageError, RefusedError, TelharmonicError
from telharmonic.transport.aiortc_seam import PacketReceiver, SilentTrack
from telharmonic.transport.data_channel import CONTROL, METERS, DataChannelLine, is_reliable
from telharmonic.transport.ice import IceSettings
from telharmonic.transport.offer import Offer, compose_answer, renew_answer
from telharmonic.transport.peer_connection import NodePeerConnection
from telharmonic.transport.turns import Turns
from telharmonic.transport.unanswered import Unanswered
from telharmonic.wire.rtp import RtpPacket

CHANNELS = 8  # data channels that one connection may open in its life
CLOSE_S = 5.0  # what has not ended by itself by then is left to the garbage collector

# what peers do wrong is told to them; these libraries would tell it in tracebacks
for _name in ("aiortc", "aioice"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerEvents:
    """What a peer tells; called in the event loop.

    Parameters
    ----------
    connected : callable
        Sound may be sent.
    opened : callable
        A channel of a known label is open.
    said : callable
        A text came over `control`, or something that is no text.
    closed : callable
        It has ended, with the reason; called once, last.
    packet : callable, optional
        A packet of the peer's own sound came; without it the peer may send none.
    """

    connected: Callable[[], None]
    opened: Callable[[str, DataChannelLine], None]
    said: Callable[[str | TelharmonicError], None]
    closed: Callable[[str], None]
    packet: Callable[[RtpPacket], None] | None = None


class Peer:
    """One connection.

    Parameters
    ----------
    settings : IceSettings
        Addresses and servers.
    events : PeerEvents
        Who is told.
    connect_s : float
        A connection that has not come about by then is given up.
    turns : Turns, optional
        Where the datagrams of all peers wait for their turns.
    unanswered : Unanswered, optional
        Which servers no peer need wait for.
    """

    def __init__(
        self,
        settings: IceSettings,
        events: PeerEvents,
        *,
        connect_s: float,
        turns: Turns | None = None,
        unanswered: Unanswered | None = None,
    ) -> None:
        self.connection = NodePeerConnection(settings, turns, unanswered)
        self.transceiver: RTCRtpTransceiver | None = None  # by which sound goes out, if it does
        self.offer: Offer | None = None
        self._answer = ""
        self._events = events
        self._connect_s = connect_s
        self._channels = 0
        self._lines: set[str] = set()
        self._connected = False
        self._closing: asyncio.Task[None] | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self.connection.on("datachannel", self._channel)
        self.connection.on("connectionstatechange", self._changed)

    # -- signalling

    async def answer(self, offer: Offer, *, hears: bool, frame_ms: float) -> str:
        """The answer to the first offer, with all our candidates; the connection then comes about by itself.

        Raises
        ------
        MessageError
            If aiortc can make nothing of it.
        """
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._connect_s, self._too_late)
        self.offer = offer
        if offer.audio is not None and hears:
            take = self._events.packet
            self.transceiver = self.connection.addTransceiver(SilentTrack(), "sendrecv" if take else "sendonly")
            if take is not None:
                PacketReceiver(self.transceiver, take)
        try:
            if not offer.passive:
                self.connection.be_dtls_server()
            await self.connection.setRemoteDescription(RTCSessionDescription(offer.text, "offer"))
            for candidate in offer.candidates:
                await self._add(candidate)
            if offer.ended:
                await self.connection.line.add_remote_candidate(None)
            await self.connection.setLocalDescription(await self.connection.createAnswer())
            self._answer = compose_answer(offer, self.connection.localDescription.sdp, frame_ms=frame_ms)
        except TelharmonicError:
            raise
        except Exception:  # noqa: BLE001 - aiortc raises whatever comes
            raise MessageError("the offer cannot be answered: its sections do not fit together") from None
        return self._answer

    async def add_candidate(self, text: str) -> None:
        """One more ICE candidate of the peer; empty: there are no more.

        Raises
        ------
        MessageError
            If it is none.
        RefusedError
            If there are too many.
        """
        if text:
            await self._add(text)
        else:
            await self.connection.line.add_remote_candidate(None)

    async def _add(self, text: str) -> None:
        candidate = _candidate(text)
        if candidate.transport.lower() == "udp" and candidate.component == 1 and 0 < candidate.port < 65_536:
            await self.connection.line.add_remote_candidate(candidate)

    async def restart(self, offer: Offer) -> str:
        """The answer to an offer of the same connection with new ICE credentials.

        Raises
        ------
        RefusedError
            If it changes more than that.
        """
        assert self.offer is not None
        if (offer.audio is None, offer.data) != (self.offer.audio is None, self.offer.data):
            raise RefusedError("an offer may not change the sections of a line; close it first")
        if (offer.ufrag, offer.pwd) != (self.offer.ufrag, self.offer.pwd):
            await self.restart_ice(offer.ufrag, offer.pwd, offer.candidates, ended=offer.ended)
        return self._answer

    async def restart_ice(self, ufrag: str, pwd: str, candidates: tuple[str, ...], *, ended: bool) -> None:
        """Begin a new ICE session; the line's newest credentials and candidates then are ours for it.

        Raises
        ------
        MessageError
            If a candidate is none; the session that there is then goes on, as it does after the others.
        FullError, RefusedError, NodeError
            If the line has no restart to give.
        """
        assert self.offer is not None
        for candidate in candidates:
            _candidate(candidate)
        line = self.connection.line
        await line.restart(ufrag, pwd, self._connect_s)
        self.offer = replace(self.offer, ufrag=ufrag, pwd=pwd)
        for candidate in candidates:
            await self._add(candidate)
        if ended:
            await line.add_remote_candidate(None)
        self._answer = renew_answer(self._answer, line.local_username, line.local_password, self.local_candidates)

    @property
    def local_candidates(self) -> list[str]:
        """Ours, as SDP writes them."""
        return [f"candidate:{each.to_sdp()}" for each in self.connection.line.local_candidates]

    # -- what aiortc tells

    def _changed(self) -> None:
        state = self.connection.connectionState
        if state == "connected" and not self._connected:
            self._connected = True
            if self._deadline is not None:
                self._deadline.cancel()
            self._events.connected()
        elif state == "failed":
            self.close("the connection was lost" if self._connected else "the connection failed")
        elif state == "closed":
            self.close("the other side closed the connection")

    def _too_late(self) -> None:
        self.close(f"no connection came about within {self._connect_s:g} s")

    def _channel(self, channel: RTCDataChannel) -> None:
        self._channels += 1
        if self._channels > CHANNELS:
            self.close(f"too many data channels; allowed: {CHANNELS}")
            return
        unknown = channel.label not in (CONTROL, METERS) or channel.label in self._lines
        if unknown or (channel.label == CONTROL and not is_reliable(channel)):
            channel.close()
            return
        self._lines.add(channel.label)
        line = DataChannelLine(channel, self.close)
        if channel.label == CONTROL:
            channel.on("message", self._said)
        self._events.opened(channel.label, line)

    def _said(self, message: str | bytes) -> None:
        if self._closing is None:
            self._events.said(message if isinstance(message, str) else _NO_TEXT)

    # -- the end

    @property
    def is_connected(self) -> bool:
        """Whether sound and words pass."""
        return self._connected and self._closing is None

    def close(self, reason: str) -> asyncio.Task[None]:
        """End it, whatever state it is in; the task is done once everything is freed."""
        if self._closing is None:
            if self._deadline is not None:
                self._deadline.cancel()
            self._closing = asyncio.ensure_future(self._close())
            self._events.closed(reason)
        return self._closing

    async def _close(self) -> None:
        for close in (self.connection.close, self.connection.line.close):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_S):
                    await close()


def _candidate(text: str) -> Candidate:
    try:
        return Candidate.from_sdp(text.removeprefix("a=").removeprefix("candidate:"))
    except (AssertionError, ValueError, IndexError):
        raise MessageError(f"no ICE candidate: {text[:64]!r}") from None


_NO_TEXT = MessageError("a binary message; allowed: JSON text")
