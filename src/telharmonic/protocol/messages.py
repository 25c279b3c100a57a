"""Every message of `telharmonic.v1`: what client and node say to each other in JSON text.

Frames count from the session's beginning; times are seconds unless the name says microseconds (`_us`, the
node's monotonic clock); levels are dB. ``docs/protocol.md`` tells the conversation.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, field

from telharmonic.protocol.editing import Armed, Described, EditingMessage, Impulses, Lane, Recordings, Steps
from telharmonic.protocol.levels import MetersMessage
from telharmonic.protocol.message import ClientMessage, ServerMessage
from telharmonic.protocol.midi import AnyMidiRequest, MidiHeard
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.parts import (
    PING_HIGHEST_HZ,
    PING_HZ,
    PING_LOWEST_HZ,
    Address,
    AudioAgreed,
    AudioRequest,
    Beat,
    Frame,
    Gesture,
    LoopState,
    MemberInfo,
    MessageId,
    Position,
    Ramp,
    Resume,
    Role,
    SceneName,
    SettingValue,
    State,
    Text,
    Timing,
)
from telharmonic.protocol.relay import Osc
from telharmonic.protocol.rtc import AnyRtcAnswer, AnyRtcRequest, RtcInfo

PROTOCOL = "telharmonic.v1"  # also the WebSocket subprotocol's name
MESSAGE_LIMIT_BYTES = 16 * 1024


class Hello(ClientMessage, frozen=True, kw_only=True, tag="hello"):
    """The first message, within 5 s."""

    token: Annotated[str, Meta(max_length=256)]
    name: Text = ""
    audio: AudioRequest | None = None
    meters_hz: Annotated[float, Meta(ge=0, le=30)] = 25.0
    resume: Resume | None = None


class Set(ClientMessage, frozen=True, kw_only=True, tag="set"):
    """Turn one parameter: to `value`, over `ramp_s` (10 ms if absent), from `at_frame` or `at_beat` or now."""

    id: MessageId
    address: Address
    value: SettingValue
    ramp_s: Ramp | None = None
    at_frame: Frame | None = None
    at_beat: Beat | None = None
    gesture: Gesture | None = None


class Play(ClientMessage, frozen=True, kw_only=True, tag="play"):
    """Run the time line."""

    id: MessageId


class Pause(ClientMessage, frozen=True, kw_only=True, tag="pause"):
    """Hold the time line; tails ring out."""

    id: MessageId


class Stop(ClientMessage, frozen=True, kw_only=True, tag="stop"):
    """Hold the time line and go back to its beginning."""

    id: MessageId


class Seek(ClientMessage, frozen=True, kw_only=True, tag="seek"):
    """Go to a position of the time line."""

    id: MessageId
    position_s: Position


class Loop(ClientMessage, frozen=True, kw_only=True, tag="loop"):
    """Set the loop region. Absent ends keep the ones there are."""

    id: MessageId
    on: bool
    start_s: Position | None = None
    end_s: Position | None = None


class SceneStore(ClientMessage, frozen=True, kw_only=True, tag="scene_store"):
    """Keep all values under a name, replacing a scene of that name."""

    id: MessageId
    name: SceneName


class SceneRecall(ClientMessage, frozen=True, kw_only=True, tag="scene_recall"):
    """Take a scene's values, over `fade_s`."""

    id: MessageId
    name: SceneName
    fade_s: Ramp = 0.0


class SceneDelete(ClientMessage, frozen=True, kw_only=True, tag="scene_delete"):
    """Forget a scene."""

    id: MessageId
    name: SceneName


class Ping(ClientMessage, frozen=True, kw_only=True, tag="ping"):
    """Sound the latency test's 20 ms burst at a pitch, of a strip if one is named; its ack carries `timing`."""

    id: MessageId
    strip: Annotated[str, Meta(max_length=32)] | None = None
    freq_hz: Annotated[float, Meta(ge=PING_LOWEST_HZ, le=PING_HIGHEST_HZ)] = PING_HZ


class Echo(ClientMessage, frozen=True, kw_only=True, tag="echo"):
    """Measure the control round trip: `client_us` comes back beside the node's clock."""

    id: MessageId
    client_us: Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Audio(ClientMessage, frozen=True, kw_only=True, tag="audio"):
    """Change how the sound comes; null stops it."""

    id: MessageId
    audio: AudioRequest | None


class Stats(ClientMessage, frozen=True, kw_only=True, tag="stats"):
    """What a listener's player has seen, once a second. Not answered."""

    underruns: Annotated[int, Meta(ge=0, le=2**53 - 1)]
    fill_frames: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    target_frames: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    dropped_blocks: Annotated[int, Meta(ge=0, le=2**53 - 1)]
    arrival_p95_ms: Annotated[float, Meta(ge=0, le=1e6)]
    delay_ms: Annotated[float, Meta(ge=0, le=1e6)]


_Command = Set | Play | Pause | Stop | Seek | Loop | SceneStore | SceneRecall | SceneDelete | Ping
AnyClientMessage = Hello | _Command | Echo | Audio | Stats | Osc | AnyMidiRequest | AnyRtcRequest | EditingMessage


class Ack(ServerMessage, frozen=True, kw_only=True, tag="ack"):
    """Done, from `frame` on. A ping's has `timing`, an audio message's has `audio`."""

    id: int
    frame: int
    timing: Timing | None = None
    audio: AudioAgreed | None = None


class Error(ServerMessage, frozen=True, kw_only=True, tag="error"):
    """Not done, and why. `id` is absent if the message had none that could be read."""

    id: int | None = None
    code: str
    message: str
    parameter: str | None = None
    value: Value | None = None
    allowed: str | None = None


class Change(ServerMessage, frozen=True, kw_only=True, tag="change"):
    """Someone (`member`; empty: the node itself) turned a parameter; to all, the sender too."""

    seq: int
    member: str
    address: str
    value: Value
    ramp_s: float
    frame: int


class Transport(ServerMessage, frozen=True, kw_only=True, tag="transport"):
    """The time line was started, held, moved or looped."""

    seq: int
    member: str
    playing: bool
    position_s: float
    frame: int
    loop: LoopState


class Scenes(ServerMessage, frozen=True, kw_only=True, tag="scenes"):
    """The scenes there are now."""

    seq: int
    names: tuple[str, ...]


class Members(ServerMessage, frozen=True, kw_only=True, tag="members"):
    """Who takes part now."""

    seq: int
    members: tuple[MemberInfo, ...]


class Welcome(ServerMessage, frozen=True, kw_only=True, tag="welcome"):
    """The answer to hello: either `state`, or (after a resume that history still covers) `missed`."""

    protocol: str
    session: str
    name: str
    role: Role
    member: str
    epoch: int
    seq: int
    sample_rate_hz: int
    latency_frames: int
    audio: AudioAgreed | None
    rtc: RtcInfo | None = None
    history_key: str = ""  # a secret of this connection's, for `resume`
    state: State | None = None
    missed: (
        tuple[Change | Transport | Scenes | Members | Impulses | Recordings | Described | Lane | Armed, ...] | None
    ) = None


class EchoReply(ServerMessage, frozen=True, kw_only=True, tag="echo"):
    """The answer to echo."""

    id: int
    client_us: int
    server_us: int


class Dropped(ServerMessage, frozen=True, kw_only=True, tag="dropped"):
    """This listener read too slowly and lost whole blocks."""

    blocks: int


class Status(ServerMessage, frozen=True, kw_only=True, tag="status"):
    """How the node does, once a second. `shut`: how often strips were shut for what is no sound, those that were."""

    sessions: int
    late_blocks: int
    skipped_blocks: int
    block_p50_us: float
    block_p99_us: float
    ring_fill_frames: int
    members: int
    shut: dict[str, int] = field(default_factory=dict)


class Bye(ServerMessage, frozen=True, kw_only=True, tag="bye"):
    """The node closes the connection next."""

    reason: str


HistoryMessage = Change | Transport | Scenes | Members | Impulses | Recordings | Described | Lane | Armed
_Told = HistoryMessage | Steps | MetersMessage | MidiHeard | Dropped | Status | Bye
AnyServerMessage = Welcome | Ack | Error | EchoReply | _Told | AnyRtcAnswer

_encoder = msgspec.json.Encoder()


def encode(message: ServerMessage | ClientMessage) -> bytes:
    """The message as UTF-8 JSON. Encode once and send the bytes to every member."""
    return _encoder.encode(message)
