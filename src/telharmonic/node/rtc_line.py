"""WebRTC connections to one session: let in within limits, sent its Opus, and counted until they have gone."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from telharmonic.errors import FullError, RefusedError, TelharmonicError
from telharmonic.node.audience import Audience
from telharmonic.node.opus_agreement import as_chosen, possible, settings_of
from telharmonic.node.rtc_gate import RtcGate
from telharmonic.protocol.rtc import OpusAgreed, OpusRequest, RtcInfo
from telharmonic.protocol.session import SessionSpec
from telharmonic.transport.aiortc_seam import AiortcLine
from telharmonic.transport.data_channel import DataChannelLine
from telharmonic.transport.offer import Offer
from telharmonic.transport.opus_mix import OpusListener
from telharmonic.transport.rtp_fan_out import choose
from telharmonic.transport.webrtc import Peer, PeerEvents
from telharmonic.wire.adaptation import Reception
from telharmonic.wire.opus import LOOKAHEAD_FRAMES
from telharmonic.wire.rtp import RtpPacket


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUser:
    """Who has the connection.

    Parameters
    ----------
    token : str
        By which it was let in; so many connections each.
    hears : bool
        Whether it is sent sound.
    opened : callable
        A data channel has opened: its label and itself.
    said : callable
        A text came over `control`.
    closed : callable
        The connection has ended, with the reason.
    packet : callable, optional
        Takes the packets of its own sound; without it, it may send none.
    """

    token: str
    hears: bool
    opened: Callable[[str, DataChannelLine], None]
    said: Callable[[str | TelharmonicError], None]
    closed: Callable[[str], None]
    packet: Callable[[RtpPacket], None] | None = None


class RtcSession:
    """The WebRTC connections of one session.

    Parameters
    ----------
    gate : RtcGate
        The node's.
    audience : Audience
        Who sends them sound.
    spec : SessionSpec
        What the session is, and what Opus it allows.
    changed : callable
        Called when someone has begun or ceased to hear.
    """

    def __init__(
        self,
        gate: RtcGate,
        audience: Audience,
        spec: SessionSpec,
        *,
        changed: Callable[[], None],
    ) -> None:
        self.gate = gate
        self.opus = spec.opus
        self.audience = audience
        self.changed = changed
        self._lines: set[RtcLine] = set()
        self._tokens: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._lines)

    def info(self, *, kept: bool = False) -> RtcInfo:
        """What a client is told before its first offer, or (`kept`) of the line that it goes on with."""
        return RtcInfo(ice_servers=self.gate.settings.servers(time.time()), opus=self.opus, kept=kept)

    def open(self, user: LineUser, wanted: OpusRequest | None) -> RtcLine:
        """A connection that has not seen its offer yet.

        Raises
        ------
        FullError
            If the session has too many.
        RefusedError
            If the token has.
        NodeError
            If too many are being made.
        ParameterError
            If what it wants is not there.
        """
        limits = self.gate.limits
        agreed = self.agree(wanted) if wanted is not None and user.hears else None
        if len(self._lines) >= limits.peers:
            raise FullError(f"the session is full; allowed: {limits.peers} WebRTC connections")
        if self._tokens[user.token] >= limits.peers_per_token:
            raise RefusedError(f"too many WebRTC connections with this token; allowed: {limits.peers_per_token}")
        self.gate.enter(user.token)
        line = RtcLine(self, user, agreed)
        self._lines.add(line)
        self._tokens[user.token] += 1
        self.changed()
        return line

    def agree(self, wanted: OpusRequest, asker: RtcLine | None = None) -> OpusAgreed:
        """What someone gets who wants `wanted`, beside what the others have; ParameterError if Opus has no such frame.

        Those whose connection is still being made count: what was agreed is kept.
        """
        agreed = self.opus.choose(wanted)
        others = {line.audio for line in self._lines if line is not asker and line.audio is not None}
        chosen = choose(settings_of(agreed), {settings_of(each) for each in others})
        return as_chosen(agreed, chosen)

    def connected(self, line: RtcLine) -> None:
        """One is no longer being made."""
        if line.connecting:
            line.connecting = False
            self.gate.leave(line.user.token)

    def forget(self, line: RtcLine) -> None:
        """One has ended."""
        if line in self._lines:
            self.connected(line)
            self._lines.discard(line)
            self._tokens[line.user.token] -= 1
            self._tokens += Counter()  # without zeros
            self.changed()

    async def end(self, reason: str) -> None:
        """End them all."""
        if self._lines:
            await asyncio.wait({line.close(reason) for line in self._lines.copy()})


class RtcLine:
    """One connection; made by `RtcSession.open`."""

    def __init__(self, session: RtcSession, user: LineUser, agreed: OpusAgreed | None) -> None:
        self.user = user
        self.audio = agreed
        self.connecting = True
        self._session = session
        self._listener: OpusListener | None = None
        self._rtp_offset = secrets.randbits(32)
        self._earlier: OpusListener | None = None  # the same before its sound was stopped
        self.round_trip_s: float | None = None
        events = PeerEvents(
            connected=self._connected,
            opened=self._opened,
            said=self._said,
            closed=self._closed,
            packet=self._take if user.packet is not None else None,
        )
        gate = session.gate
        self.peer = Peer(
            gate.settings,
            events,
            connect_s=gate.limits.connect_s,
            turns=gate.turns,
            unanswered=gate.unanswered,
        )

    async def answer(self, offer: Offer) -> str:
        """The answer to its offer, the first or one that restarts ICE; a first that fails ends the connection.

        Raises
        ------
        MessageError, RefusedError
            If it cannot be answered.
        """
        if self.peer.offer is not None:
            return await self.peer.restart(offer)
        self.audio = possible(self.audio, offer)
        try:
            frame_ms = self.audio.frame_ms if self.audio is not None else 20.0
            return await self.peer.answer(offer, hears=self.user.hears, frame_ms=frame_ms)
        except TelharmonicError as problem:
            await self.close(str(problem))
            raise

    def placed(self) -> OpusAgreed | None:
        """What is sent and where it lies, as the client is told."""
        if self.audio is None:
            return None
        return msgspec.structs.replace(
            self.audio,
            rtp_offset=self._rtp_offset,
            frame=self._session.audience.frame_48k,
            lookahead_frames=LOOKAHEAD_FRAMES[self.audio.application],
        )

    def change_audio(self, wanted: OpusRequest | None) -> OpusAgreed | None:
        """Send it other Opus from now on, or none; what was chosen.

        Raises
        ------
        RefusedError
            If it has no audio section, or may not hear.
        ParameterError
            If Opus has no such frame.
        """
        if wanted is not None and self.peer.transceiver is None:
            raise RefusedError("this line has no audio section; make a new offer")
        agreed = self._session.agree(wanted, self) if wanted is not None else None
        self.audio = possible(agreed, self.peer.offer)
        if self._listener is not None and self.audio is not None:
            fan_out = self._session.audience.opus
            least_bps, most_past = 1000 * self.audio.min_bitrate_kbps, self.audio.red
            fan_out.change_peer(self._listener, settings_of(self.audio), least_bps=least_bps, most_past=most_past)
        else:
            self._stop()
            self._start()
        return self.placed()

    def _connected(self) -> None:
        self._session.connected(self)
        self._start()

    def _start(self) -> None:
        transceiver, audio, offer = self.peer.transceiver, self.audio, self.peer.offer
        if transceiver is None or audio is None or offer is None or not self.peer.is_connected:
            return
        fan_out = self._session.audience.opus
        line = AiortcLine(transceiver, self._report)
        self._listener = fan_out.add_peer(
            line,
            settings_of(audio),
            ssrc=line.ssrc,
            payload_type=line.payload_type,
            red_payload_type=offer.red_payload_type,
            most_past=audio.red,
            least_bps=1000 * audio.min_bitrate_kbps,
            offset=self._rtp_offset,
        )
        if self._earlier is not None:  # SRTP takes a stream that begins anew for a replay
            for counter in ("sequence", "packets", "octets"):
                setattr(self._listener, counter, getattr(self._earlier, counter))

    def _opened(self, label: str, channel: DataChannelLine) -> None:
        self.user.opened(label, channel)

    def _said(self, text: str | TelharmonicError) -> None:
        self.user.said(text)

    def _take(self, packet: RtpPacket) -> None:
        if self.user.packet is not None:
            self.user.packet(packet)

    def _report(self, reception: Reception) -> None:
        self.round_trip_s = reception.round_trip_s
        if self._listener is not None:
            self._session.audience.opus.report(self._listener, reception)

    def _stop(self) -> None:
        if self._listener is not None:
            self._session.audience.opus.remove_peer(self._listener)
            self._earlier, self._listener = self._listener, None

    def _closed(self, reason: str) -> None:
        self._stop()
        self._session.forget(self)
        self.user.closed(reason)

    def close(self, reason: str) -> asyncio.Task[None]:
        """End it; the task is done once everything is freed."""
        return self.peer.close(reason)
