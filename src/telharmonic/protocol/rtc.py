"""The WebRTC line's words: offers, answers and candidates over the session's WebSocket, and what Opus is to be like.

``docs/protocol.md`` tells the exchange; WHEP (`node.whep`) is the same one over HTTP.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from msgspec import Meta

from telharmonic.errors import ParameterError
from telharmonic.protocol.decoding import Record
from telharmonic.protocol.message import ClientMessage, ServerMessage
from telharmonic.protocol.parts import MessageId
from telharmonic.protocol.upstream import AnyUpstreamAnswer, AnyUpstreamRequest

FRAMES_MS = (2.5, 5.0, 10.0, 20.0, 40.0, 60.0)  # RFC 6716, section 2.1.4
SDP_LIMIT = 12_000  # characters; a browser's offer of audio and data has 2000 to 4000
CANDIDATE_LIMIT = 512  # characters of one candidate

Sdp = Annotated[str, Meta(min_length=1, max_length=SDP_LIMIT, description="a session description, RFC 8866")]
OpusApplication = Literal["audio", "lowdelay", "voip"]


class OpusRequest(Record, frozen=True, kw_only=True):
    """How the client wants its Opus; the session's own limits narrow it, and the answer says what was chosen.

    `bitrate_kbps` is what a good network gets, at most 255 at 40 ms and 170 at 60 (1275 bytes a packet); while reports
    show loss it falls to a half and a quarter, where these are not below `min_bitrate_kbps`.
    `red` is how many past frames may be repeated in each packet (RFC 2198) while frames are lost.
    """

    frame_ms: Annotated[float, Meta(ge=2.5, le=60, description="2.5, 5, 10, 20, 40 or 60")] = 5.0
    channels: Annotated[int, Meta(ge=1, le=2)] = 2
    bitrate_kbps: Annotated[int, Meta(ge=6, le=510)] = 128
    min_bitrate_kbps: Annotated[int, Meta(ge=6, le=510)] = 32
    vbr: bool = True
    complexity: Annotated[int, Meta(ge=0, le=10)] = 5
    application: OpusApplication = "lowdelay"
    red: Annotated[int, Meta(ge=0, le=2)] = 2


class OpusAgreed(Record, frozen=True, kw_only=True):
    """How the Opus will be, and where in the session it lies: by frames of 48 kHz, whatever the session's rate.

    Frame 0 of the session has the RTP timestamp `rtp_offset`; the session is near `frame` now, which tells how often
    the timestamp's 32 bits have wrapped; what is decoded is `lookahead_frames` late. A session encodes at most four
    different settings at once: who comes with a fifth gets the nearest of them.
    """

    frame_ms: float
    channels: int
    bitrate_kbps: int
    min_bitrate_kbps: int
    vbr: bool
    complexity: int
    application: OpusApplication
    red: int
    rtp_offset: int = 0
    frame: int = 0
    lookahead_frames: int = 0


class OpusLimits(Record, frozen=True, kw_only=True):
    """What a session allows its WebRTC listeners; wishes beyond it are narrowed to it."""

    min_frame_ms: Annotated[float, Meta(ge=2.5, le=60)] = 2.5
    max_channels: Annotated[int, Meta(ge=1, le=2)] = 2
    max_bitrate_kbps: Annotated[int, Meta(ge=6, le=510)] = 510
    max_complexity: Annotated[int, Meta(ge=0, le=10)] = 10
    max_red: Annotated[int, Meta(ge=0, le=2)] = 2

    def choose(self, wanted: OpusRequest) -> OpusAgreed:
        """What a listener gets who wants `wanted`.

        Raises
        ------
        ParameterError
            If its frame is none of Opus's.
        """
        if wanted.frame_ms not in FRAMES_MS:
            raise ParameterError("audio.frame_ms", wanted.frame_ms, "2.5, 5, 10, 20, 40 or 60")
        frame_ms = max(wanted.frame_ms, next(each for each in FRAMES_MS if each >= self.min_frame_ms))
        least_kbps = max(6, math.ceil(24 / frame_ms))  # three bytes a packet; with fewer libopus sends silence
        most_kbps = math.floor(8 * 1275 / frame_ms)  # what one packet may hold: `wire.opus.MAX_PACKET_BYTES`
        bitrate_kbps = max(least_kbps, min(wanted.bitrate_kbps, self.max_bitrate_kbps, most_kbps))
        return OpusAgreed(
            frame_ms=frame_ms,
            channels=min(wanted.channels, self.max_channels),
            bitrate_kbps=bitrate_kbps,
            min_bitrate_kbps=max(least_kbps, min(wanted.min_bitrate_kbps, bitrate_kbps)),
            vbr=wanted.vbr,
            complexity=min(wanted.complexity, self.max_complexity),
            application=wanted.application,
            red=min(wanted.red, self.max_red),
        )


class IceServer(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A STUN or TURN server as `RTCPeerConnection` takes it."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


class RtcInfo(Record, frozen=True, kw_only=True):
    """What a client needs before its first offer: the ICE servers (often none) and what Opus may be at most.

    `kept`: the WebRTC line of the connection that this one resumes goes on, and is this one's now.
    """

    ice_servers: tuple[IceServer, ...]
    opus: OpusLimits
    kept: bool = False


class RtcOffer(ClientMessage, frozen=True, kw_only=True, tag="rtc_offer"):
    """Open a WebRTC line beside this connection, or restart its ICE; `audio` null: data channels only."""

    id: MessageId
    sdp: Sdp
    audio: OpusRequest | None = None


class RtcCandidate(ClientMessage, frozen=True, kw_only=True, tag="rtc_candidate"):
    """One more ICE candidate of the client, as `RTCIceCandidate.candidate` says it; empty: there are no more."""

    id: MessageId
    candidate: Annotated[str, Meta(max_length=CANDIDATE_LIMIT)]
    mid: Annotated[str, Meta(max_length=16)] | None = None


class RtcAudio(ClientMessage, frozen=True, kw_only=True, tag="rtc_audio"):
    """Change the Opus of the WebRTC line, or (null) send none until the next such message."""

    id: MessageId
    audio: OpusRequest | None


class RtcClose(ClientMessage, frozen=True, kw_only=True, tag="rtc_close"):
    """End the WebRTC line; this connection goes on."""

    id: MessageId


class RtcAnswer(ServerMessage, frozen=True, kw_only=True, tag="rtc_answer"):
    """The answer to rtc_offer, with all candidates of the node, and the Opus that was chosen."""

    id: int
    sdp: str
    audio: OpusAgreed | None = None


class RtcChosen(ServerMessage, frozen=True, kw_only=True, tag="rtc_audio"):
    """The answer to rtc_audio."""

    id: int
    audio: OpusAgreed | None = None


class RtcClosed(ServerMessage, frozen=True, kw_only=True, tag="rtc_closed"):
    """The WebRTC line has ended, and why; said on the WebSocket."""

    reason: str


AnyRtcRequest = RtcOffer | RtcCandidate | RtcAudio | RtcClose | AnyUpstreamRequest
AnyRtcAnswer = RtcAnswer | RtcChosen | RtcClosed | AnyUpstreamAnswer
