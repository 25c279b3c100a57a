"""A member's WebRTC connection beside its WebSocket: offers and what follows, one after another."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from telharmonic.control.outcome import error_message
from telharmonic.errors import RefusedError, TelharmonicError
from telharmonic.node.guest import Guest
from telharmonic.node.inputs import MemberInput
from telharmonic.node.rtc_line import LineUser, RtcLine, RtcSession
from telharmonic.protocol.message import ServerMessage
from telharmonic.protocol.messages import Ack
from telharmonic.protocol.rtc import (
    AnyRtcRequest,
    RtcAnswer,
    RtcAudio,
    RtcCandidate,
    RtcChosen,
    RtcClose,
    RtcClosed,
    RtcOffer,
)
from telharmonic.protocol.upstream import AnyUpstreamAnswer, AnyUpstreamRequest, Take, Upstream
from telharmonic.transport.data_channel import DataChannelLine
from telharmonic.transport.encoded import EncodedMessage
from telharmonic.transport.offer import parse_offer
from telharmonic.wire.rtp import RtpPacket

WAITING = 100  # words about the connection that may wait while an offer is answered


class MemberRtc:
    """One member's signalling.

    Parameters
    ----------
    session : RtcSession
        Where its connection belongs.
    guest : Guest
        Whose it is; answers go over its line.
    hears : bool
        Whether its role is sent sound.
    said : callable
        Takes what comes over `control`, with the channel to answer by.
    plays : MemberInput, optional
        What it plays into the session, if its role may.
    """

    def __init__(
        self,
        session: RtcSession,
        guest: Guest,
        *,
        hears: bool,
        said: Callable[[str | TelharmonicError, DataChannelLine], None],
        plays: MemberInput | None = None,
    ) -> None:
        self._session = session
        self._guest = guest
        self._hears = hears
        self._said = said
        self._plays = plays
        if plays is not None:
            plays.tell = self._say
        self._frame = 0
        self._line: RtcLine | None = None
        self._control: DataChannelLine | None = None
        self._is_told = False  # it has its answer, and must hear of the end
        self._waiting: deque[AnyRtcRequest] = deque()
        self._work: asyncio.Task[None] | None = None

    def take(self, request: AnyRtcRequest, frame: int) -> None:
        """Do what the member asks, after what it asked before, and answer it; `frame` is the session's now."""
        self._frame = frame
        if len(self._waiting) >= WAITING:
            self._say(error_message(RefusedError(f"{WAITING} words about the line are waiting already"), request.id))
            return
        self._waiting.append(request)
        if self._work is None or self._work.done():
            self._work = asyncio.ensure_future(self._do_all())

    async def _do_all(self) -> None:
        while self._waiting:
            request = self._waiting.popleft()
            try:
                self._say(await self._do(request))
            except TelharmonicError as problem:
                self._say(error_message(problem, request.id))

    async def _do(self, request: AnyRtcRequest) -> ServerMessage:
        match request:
            case RtcOffer():
                return await self._offer(request)
            case RtcCandidate():
                await self._there().peer.add_candidate(request.candidate)
            case RtcAudio():
                return RtcChosen(id=request.id, audio=self._there().change_audio(request.audio))
            case Upstream() | Take():
                return self._play(request)
            case RtcClose():
                await self._end()
        return Ack(id=request.id, frame=self._frame)

    async def _offer(self, request: RtcOffer) -> RtcAnswer:
        offer = parse_offer(request.sdp)
        known = self._line.peer.offer if self._line is not None else None
        if self._line is None or known is None or not known.same_peer(offer):
            await self._end()
            self._line = self._session.open(self._user(), request.audio)
        line = self._line
        answer = await line.answer(offer)
        self._is_told = True
        return RtcAnswer(id=request.id, sdp=answer, audio=line.placed())

    def _user(self) -> LineUser:
        return LineUser(
            token=self._guest.token,
            hears=self._hears,
            opened=self._opened,
            said=self._heard,
            closed=self._closed,
            packet=self._take_packet if self._plays is not None else None,
        )

    @property
    def is_connected(self) -> bool:
        """Whether sound or words can come and go by it now."""
        return self._line is not None and not self._line.connecting

    def adopt(self, former: MemberRtc) -> None:
        """The member has come back by another WebSocket: the line of the one it was before goes on as this one's."""
        self._line, former._line = former._line, None
        self._control, former._control = former._control, None
        self._is_told, former._is_told = former._is_told, False
        if self._line is not None:
            self._line.user = self._user()
        self._guest.adopt_channels(former._guest)

    async def _end(self) -> None:
        """End the line that there is, if there is one, without a word about it."""
        self._is_told = False
        if self._line is not None:
            await self._line.close("")

    def _there(self) -> RtcLine:
        if self._line is None:
            raise RefusedError("there is no WebRTC line; make an offer first")
        return self._line

    def _play(self, request: AnyUpstreamRequest) -> AnyUpstreamAnswer:
        if self._plays is None:
            raise RefusedError("only performers play into a session")
        if self._guest.stats is not None:
            self._plays.heard_ms = self._guest.stats.delay_ms
        return self._plays.obey(request)

    def _take_packet(self, packet: RtpPacket) -> None:
        if self._plays is not None and self._plays.upstream is not None:
            self._plays.upstream.take(packet)

    def each_second(self) -> None:
        """Tell the member how what it plays arrives."""
        if self._plays is None or self._plays.upstream is None:
            return
        if self._line is not None:
            self._plays.upstream.round_trip_s = self._line.round_trip_s
        for told in self._plays.each_second():
            self._say(told)

    def _opened(self, label: str, channel: DataChannelLine) -> None:
        self._guest.add_channel(label, channel)
        if label == "control":
            self._control = channel

    def _heard(self, text: str | TelharmonicError) -> None:
        if self._control is not None:
            self._said(text, self._control)

    def _closed(self, reason: str) -> None:
        self._guest.drop_channels()
        self._line = self._control = None
        if self._is_told:
            self._say(RtcClosed(reason=reason))
        self._is_told = False

    def _say(self, message: ServerMessage) -> None:
        self._guest.line.send(EncodedMessage(message))

    def close(self) -> None:
        """The member has gone."""
        self._waiting.clear()
        if self._plays is not None:
            self._plays.close()
        if self._line is not None:
            self._line.close("the member has gone")
