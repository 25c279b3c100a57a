"""Requests and answers of the front door about one's own music: uploads, bounces, impulses, invitations; and status.

``docs/your-music.md`` tells how they belong together.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from telharmonic.protocol.decoding import Record
from telharmonic.protocol.parts import Role
from telharmonic.protocol.session import MAXIMUM_RECORDINGS, MAXIMUM_STRIPS, Id, Name, Seconds

KINDS = ("WAV", "FLAC", "Ogg Vorbis", "Opus", "MP3", "AIFF")
UPLOAD_S = 2 * 3600.0  # the longest file that a visitor may send
IMPULSE_S = 3.0  # the longest impulse response that comes into a running session: every reverb keeps room for it
UPLOADS = "uploads/"  # a session's file whose name begins so is one that a visitor sent

UploadId = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-f]{32}\.(wav|flac|ogg|mp3|aiff)$(?!\n)",
        description="32 hex digits, a hash of the content, and the kind",
    ),
]


class PeaksWish(Record, frozen=True, kw_only=True):
    """Which waveforms, and how fine: at most `points` bins a strip. Without `end_s`: to the song's end."""

    start_s: Seconds = 0.0
    end_s: Seconds | None = None
    points: Annotated[int, Meta(ge=16, le=4096)] = 1000
    strips: Annotated[tuple[Id, ...], Meta(max_length=MAXIMUM_STRIPS)] | None = None
    recordings: Annotated[
        tuple[Id, ...], Meta(max_length=MAXIMUM_RECORDINGS)
    ] = ()  # beside them, from their beginnings


class Uploaded(Record, frozen=True, kw_only=True):
    """A file that the server has. `file` is its name in a session file; `upload` its id, which its content decides."""

    upload: str
    file: str
    name: str
    size_bytes: int
    duration_s: float
    channels: int
    sample_rate_hz: int


class UploadCheck(Record, frozen=True, kw_only=True):
    """From gateway to node: is the file at this absolute path sound that can be played?"""

    path: str


class UploadFacts(Record, frozen=True, kw_only=True):
    """It is: of this kind (a file name's ending), and so long. It is decoded already."""

    kind: str
    duration_s: float
    channels: int
    sample_rate_hz: int


class UploadLimits(Record, frozen=True, kw_only=True):
    """What a visitor may send."""

    kinds: tuple[str, ...]  # in words, for people
    file_bytes: int
    file_duration_s: float
    files_an_hour: int
    bytes_an_hour: int
    at_once: int
    impulse_s: float  # the longest impulse response
    session_strips: int  # a session has at most so many: one a file


class UploadedStrip(Record, frozen=True, kw_only=True):
    """One strip of a session that is made from uploads."""

    upload: UploadId
    name: Name = ""


class BounceWish(Record, frozen=True, kw_only=True):
    """The session as it is now, from its beginning to its end and the tails, as a file; stems come in a zip file."""

    format: Literal["wav", "flac", "ogg"] = "wav"
    stems: bool = False


class BounceOrder(Record, frozen=True, kw_only=True):
    """From gateway to the process that renders: ``session.toml`` in `folder`, its files under the other two folders."""

    folder: str
    base_folder: str
    uploads_folder: str
    format: Literal["wav", "flac", "ogg"]
    stems: bool
    limit_bytes: int


class BounceNews(Record, frozen=True, kw_only=True):
    """What that process says: how far it is, and at last the file in its folder, or what was wrong."""

    progress: float
    file: str = ""
    error: str = ""


class BounceView(Record, frozen=True, kw_only=True, omit_defaults=True):
    """How far a bounce is. `message` says why it failed; `file` is there once it is done, for `left_s` seconds."""

    id: str
    state: Literal["waiting", "running", "done", "failed"]
    progress: float  # 0 to 1
    format: Literal["wav", "flac", "ogg"]
    stems: bool
    self: str
    file: str | None = None
    size_bytes: int = 0
    left_s: float = 0.0
    message: str = ""


class ImpulseWish(Record, frozen=True, kw_only=True):
    """Let the reverbs of a running session choose an uploaded file as their impulse response."""

    upload: UploadId
    name: Name = ""


class ImpulseAdded(Record, frozen=True, kw_only=True):
    """Every reverb can be set to `id` now: ``aux/<id>/impulse``."""

    id: str
    name: str


class RecordingWish(Record, frozen=True, kw_only=True):
    """Let the players of grains of a running session read an uploaded file."""

    upload: UploadId
    name: Name = ""


class RecordingAdded(Record, frozen=True, kw_only=True):
    """Every player of grains can be set to ``recording/<id>`` now: ``strip/<strip>/grain_recording``."""

    id: str
    name: str


class InvitationWish(Record, frozen=True, kw_only=True):
    """Whom to invite."""

    role: Role


class Invitation(Record, frozen=True, kw_only=True):
    """Whoever opens `page`, or shows `token`, takes part in `role`."""

    role: Role
    token: str
    page: str


class SessionCost(Record, frozen=True, kw_only=True):
    """What one session takes of the node. `load` is its part of one core: 0.01 is one per cent.

    `beside` says in a line each how JACK and the session's programs do.
    """

    name: str
    members: int
    playing: bool
    cost_us: float
    load: float
    beside: tuple[str, ...] = ()


class StatusHistory(Record, frozen=True, kw_only=True):
    """The last minutes, one entry a look, oldest first: for small plots. Counts are those since the look before."""

    every_s: float
    sessions: tuple[int, ...]
    members: tuple[int, ...]
    load: tuple[float, ...]
    late_blocks: tuple[int, ...]
    skipped_blocks: tuple[int, ...]
    memory_bytes: tuple[int, ...]


class ServerStatus(Record, frozen=True, kw_only=True):
    """How the server does. Counts are those since the node was started."""

    ready: bool
    up_s: float
    realtime: bool  # SCHED_FIFO was granted to the clock
    maximum_sessions: int
    sessions: tuple[SessionCost, ...]
    late_blocks: int
    skipped_blocks: int
    memory_bytes: int  # of the node's processes; music that is mapped from the disk is not counted
    uploads: int
    upload_bytes: int
    history: StatusHistory
