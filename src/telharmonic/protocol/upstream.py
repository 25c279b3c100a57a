"""What comes in from a performer: its microphone or line as a live strip, and takes of it.

The sound itself comes as Opus over the audio section of the member's WebRTC line (its offer says ``sendrecv``).
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from telharmonic.protocol.decoding import Record
from telharmonic.protocol.message import ClientMessage, ServerMessage
from telharmonic.protocol.parts import MessageId

StripId = Annotated[str, Meta(min_length=1, max_length=32, description='a strip with source = "live"')]
CaptureMs = Annotated[float, Meta(ge=0, le=1000, description="from the air to the encoder, as the client knows it")]


class Upstream(ClientMessage, frozen=True, kw_only=True, tag="upstream"):
    """Play what this member sends into a live strip from now on, or (null) no longer. For performers."""

    id: MessageId
    strip: StripId | None
    safety: Annotated[float, Meta(ge=0, le=1, description="0 fast to 1 safe")] = 0.25


class Take(ClientMessage, frozen=True, kw_only=True, tag="take"):
    """Begin to record this member's live strip, or end it. `capture_ms` and `heard_ms` place the take on the time line.

    `heard_ms` is how long the mix takes from the node to this member's ears; without it, what the member's `stats` say.
    """

    id: MessageId
    on: bool
    capture_ms: CaptureMs = 0.0
    heard_ms: Annotated[float, Meta(ge=0, le=5000)] | None = None


class UpstreamState(ServerMessage, frozen=True, kw_only=True, tag="upstream"):
    """How this member's upstream does: the answer to `upstream`, and once a second.

    `in_hand_ms` is how long sound waits at the node from its arrival to its turn (jitter buffer and ring), `target_ms`
    how long it should, `packet_ms` and `decoder_ms` what packets and codec add before and after, `round_trip_ms` the
    network's (null: not known yet). Frames are of 48 kHz.
    """

    id: int | None = None
    strip: str | None
    hears: bool = False  # packets come
    in_hand_ms: float = 0.0
    target_ms: float = 0.0
    packet_ms: float = 0.0
    decoder_ms: float = 0.0
    mixer_ms: float = 0.0
    round_trip_ms: float | None = None
    drift_ppm: float = 0.0
    packets: int = 0
    refused_packets: int = 0
    late_packets: int = 0
    lost_frames: int = 0
    concealed_frames: int = 0
    recovered_frames: int = 0
    dry: int = 0
    shut: int = 0


class TakeState(ServerMessage, frozen=True, kw_only=True, tag="take"):
    """A take of this member: the answer to `take`, and when something else ends it (`id` null).

    `start_s` is where on the time line its first sample belongs: where the member heard the song then, by the delays
    that were measured; null while it is not known. `path` is where the WAV file can be fetched with the performer's
    token; `compensated_ms` how far it was moved.
    """

    id: int | None = None
    name: str
    strip: str
    recording: bool
    duration_s: float = 0.0
    start_s: float | None = None
    compensated_ms: float = 0.0
    path: str | None = None


class TakeList(Record, frozen=True, kw_only=True):
    """The answer to ``GET /api/sessions/ID/takes``: those of all members that are done, the oldest first."""

    takes: tuple[TakeState, ...]


AnyUpstreamRequest = Upstream | Take
AnyUpstreamAnswer = UpstreamState | TakeState
