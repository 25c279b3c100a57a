"""What gateway and node say to each other: JSON over HTTP on the node's private Unix socket.

=======================  ====================================  =============================
``POST /node/sessions``  `StartSession`                        201 `SessionStarted`
``DELETE /node/sessions/{id}``                                 204
``GET /node/sessions/{id}/state``                              200 `Snapshot`
``GET /node/sessions/{id}/log``                                200 JSONL, see `control.log`
``GET /node/sessions/{id}/file``                               200 TOML, a session file
``POST /node/sessions/{id}/peaks``    `music_api.PeaksWish`    200 binary, see docs/your-music.md
``POST /node/sessions/{id}/impulses`` `session.ImpulseSpec`    204
``POST .../recordings``               `session.RecordingSpec`  204
``POST /node/uploads``                 `music_api.UploadCheck`  200 `music_api.UploadFacts`
``GET /node/status``                                           200 `NodeStatus`
``POST .../programs/{program}``       (play it again)           204
``POST /node/osc``                     `relay.RelayWish`        204
``POST /node/osc/refused``             `relay.RelayRefusals`    204
``GET /node/osc``                                              200 `ToldList`
=======================  ====================================  =============================

Errors are `http_api.ErrorReply`, as at the front door.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec import field

from telharmonic.protocol.decoding import Record, decode
from telharmonic.protocol.jack import JackStatus
from telharmonic.protocol.music_api import PeaksWish, UploadCheck, UploadFacts
from telharmonic.protocol.orchestra import Told
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.parts import Label, Role, TransportState
from telharmonic.protocol.program import ProgramStatus
from telharmonic.protocol.relay import RelayRefusals, RelayWish
from telharmonic.protocol.session import Id, ImpulseSpec, RecordingSpec, SessionSpec

LIMIT_BYTES = 8 * 1024 * 1024  # a description of 1 MiB and a snapshot of 128 scenes and 50 000 points fit

R = TypeVar("R", bound=Record)


class Snapshot(Record, frozen=True, kw_only=True):
    """All that a session has beyond its description: kept by the gateway, given back after a restart."""

    values: dict[str, Value]
    transport: TransportState
    scenes: dict[str, dict[str, Value]] = field(default_factory=dict)
    lanes: dict[str, tuple[tuple[float, Value], ...]] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    seq: int = 0


class StartSession(Record, frozen=True, kw_only=True):
    """Open a session. Its files are looked for under `base_folder`, uploads in `uploads_folder` (both absolute)."""

    id: Id
    description: SessionSpec
    base_folder: str
    uploads_folder: str = ""
    tokens: dict[Role, str]
    state: Snapshot | None = None


class SessionStarted(Record, frozen=True, kw_only=True):
    """The session renders. `epoch` is what its messages and audio will carry."""

    id: str
    epoch: int
    duration_s: float


class SessionStatus(Record, frozen=True, kw_only=True):
    """One session of a node. `idle_s`: since the last member left; 0 while someone is there, JACK and OSC apart."""

    id: str
    members: int
    seq: int
    playing: bool
    idle_s: float
    cost_us: float  # compute per block, median
    jack: JackStatus | None = None
    programs: tuple[ProgramStatus, ...] = ()
    shut: dict[str, int] = field(default_factory=dict)  # how often each live strip was, for NaN or far too loud a sound


class NodeStatus(Record, frozen=True, kw_only=True):
    """Whether the node is ready, and all of its sessions."""

    ready: bool
    sessions: tuple[SessionStatus, ...] = ()
    public_port: int = 0
    late_blocks: int = 0
    skipped_blocks: int = 0
    realtime: bool = False  # SCHED_FIFO was granted
    memory_bytes: int = 0  # of its processes


class ToldList(Record, frozen=True, kw_only=True):
    """What the relay has told other programs since they were started."""

    told: tuple[Told, ...] = ()


_KINDS: tuple[type[Record], ...] = (
    StartSession,
    SessionStarted,
    NodeStatus,
    Snapshot,
    PeaksWish,
    ImpulseSpec,
    RecordingSpec,
    UploadCheck,
    UploadFacts,
    RelayWish,
    RelayRefusals,
    ToldList,
)
_DECODERS: dict[type[Record], msgspec.json.Decoder[Record]] = {kind: msgspec.json.Decoder(kind) for kind in _KINDS}


def parse(data: bytes, kind: type[R]) -> R:
    """One of this module's dataclasses from JSON.

    Raises
    ------
    MessageError, ParameterError
        As `decoding.decode`.
    """
    record = decode(data, _DECODERS[kind], limit_bytes=LIMIT_BYTES)
    assert isinstance(record, kind)
    return record


def serialize(record: Record) -> bytes:
    """UTF-8 JSON of any of our dataclasses."""
    return msgspec.json.encode(record)
