"""Requests and answers of the front door's `/api`; `openapi.py` makes its document from these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from telharmonic.errors import MessageError, ParameterError, TelharmonicError
from telharmonic.protocol.decoding import Record, decode, explain, short
from telharmonic.protocol.music_api import BounceWish, ImpulseWish, InvitationWish, RecordingWish, UploadedStrip
from telharmonic.protocol.parameters import TABLE, Law, Parameter, Value
from telharmonic.protocol.parts import Role
from telharmonic.protocol.session import MAXIMUM_STRIPS, Name, SessionSpec

LIMIT_BYTES = 1024 * 1024

R = TypeVar("R", bound=Record)


class CreateSession(Record, frozen=True, kw_only=True, omit_defaults=True):
    """The name of a session that the server has, or a whole description, or files that were sent: one strip a file.

    With `players` each file is read by so many strips of grains instead, 64 in all.
    """

    session: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    description: SessionSpec | None = None
    uploads: Annotated[tuple[UploadedStrip, ...], Meta(min_length=1, max_length=MAXIMUM_STRIPS)] | None = None
    name: Name = ""  # of the session that `uploads` make
    players: Annotated[int, Meta(ge=0, le=MAXIMUM_STRIPS)] = 0


class Links(Record, frozen=True, kw_only=True):
    """Where to go on."""

    self: str
    page: str
    ws: str
    whep: str
    stream: str
    state: str


class Tokens(Record, frozen=True, kw_only=True):
    """One secret a role; whoever shows it takes part in that role."""

    performer: str
    controller: str
    listener: str


class SessionCreated(Record, frozen=True, kw_only=True):
    """The answer to `CreateSession`."""

    id: str
    name: str
    links: Links
    tokens: Tokens


class SessionView(Record, frozen=True, kw_only=True):
    """One session, as a member sees it."""

    id: str
    name: str
    role: Role
    links: Links
    members: int
    playing: bool
    idle_s: float


class SessionListing(Record, frozen=True, kw_only=True, omit_defaults=True):
    """One session in a list; `id` only for the bearer of the admin token."""

    name: str
    members: int
    id: str | None = None


class SessionList(Record, frozen=True, kw_only=True):
    """How many sessions run, and what could be started."""

    count: int
    sessions: tuple[SessionListing, ...]
    available: tuple[str, ...] = ()  # names that `CreateSession.session` may give


class LatencySplit(Record, frozen=True, kw_only=True):
    """The stages of one control-to-sound measurement, in milliseconds; absent where not known."""

    control: float | None = None
    wait: float | None = None
    render: float | None = None
    network: float | None = None
    ring: float | None = None
    output: float | None = None


class LatencyResult(Record, frozen=True, kw_only=True):
    """One run of a latency test, as a client sends it."""

    kind: Literal["control", "sound"]  # control round trip, or control to sound
    client: Annotated[str, Meta(max_length=200)] = ""  # what measured: browser or program
    transport: Annotated[str, Meta(max_length=32)] = ""
    session: Annotated[str, Meta(max_length=64)] = ""
    samples_ms: Annotated[tuple[Annotated[float, Meta(ge=0, le=60_000)], ...], Meta(min_length=1, max_length=1000)]
    split_ms: LatencySplit = LatencySplit()
    underruns: Annotated[int, Meta(ge=0, le=2**53 - 1)] = 0


class LatencyRun(Record, frozen=True, kw_only=True):
    """One kept run: what a history draws."""

    at: str  # ISO 8601 UTC
    samples: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    split_ms: LatencySplit


class LatencySummary(Record, frozen=True, kw_only=True):
    """Figures over kept results of one kind."""

    kind: Literal["control", "sound"]
    client: str
    transport: str
    runs: int
    samples: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    histogram_ms: tuple[tuple[float, int], ...]  # (lower edge, count), 1 ms wide
    split_ms: LatencySplit
    at: str  # of the newest run, ISO 8601 UTC
    history: tuple[LatencyRun, ...]  # the newest 60 runs, oldest first


class LatencyReport(Record, frozen=True, kw_only=True):
    """The answer to GET /api/latency."""

    summaries: tuple[LatencySummary, ...]


class ParameterRow(Record, frozen=True, kw_only=True, omit_defaults=True):
    """One row of the parameter table."""

    name: str
    label: str
    unit: str
    law: Law
    default: Value
    allowed: str
    minimum: float | None = None
    maximum: float | None = None


class ErrorBody(Record, frozen=True, kw_only=True, omit_defaults=True):
    """What was wrong, in one sentence, with the value and what would have been allowed."""

    code: str
    message: str
    parameter: str | None = None
    value: Value | None = None
    allowed: str | None = None


class ErrorReply(Record, frozen=True, kw_only=True):
    """The body of every answer from 400 up."""

    error: ErrorBody


_DECODERS: dict[type[Record], msgspec.json.Decoder[Record]] = {
    kind: msgspec.json.Decoder(kind)
    for kind in (
        CreateSession,
        SessionCreated,
        SessionView,
        SessionList,
        LatencyResult,
        LatencyReport,
        ErrorReply,
        InvitationWish,
        BounceWish,
        ImpulseWish,
        RecordingWish,
    )
}


def parse(data: bytes, kind: type[R]) -> R:
    """One of this module's dataclasses from JSON.

    Raises
    ------
    MessageError, ParameterError
        As `decoding.decode`; also for a `CreateSession` that does not say one thing.
    """
    record = decode(data, _DECODERS[kind], limit_bytes=LIMIT_BYTES)
    assert isinstance(record, kind)
    if isinstance(record, CreateSession):
        given = sum(each is not None for each in (record.session, record.description, record.uploads))
        if given != 1:
            raise MessageError("give one of 'session' (a name), 'description' (a whole session) or 'uploads' (files)")
    return record


def parse_query(query: Mapping[str, object], kind: type[R]) -> R:
    """One of our dataclasses from the query of a URL, whose numbers are text.

    Raises
    ------
    MessageError
        If a name is not known.
    ParameterError
        If a value is outside its range.
    """
    try:
        return msgspec.convert(query, kind, strict=False)
    except msgspec.ValidationError as problem:
        raise explain(problem, kind, query) from None


def error_reply(error: TelharmonicError) -> ErrorReply:
    """The body that tells a client about `error`."""
    if isinstance(error, ParameterError):
        body = ErrorBody(
            code=error.code,
            message=str(error),
            parameter=error.parameter,
            value=short(error.value),
            allowed=error.allowed,
        )
    else:
        body = ErrorBody(code=error.code, message=str(error))
    return ErrorReply(error=body)


def parameter_rows() -> dict[str, tuple[ParameterRow, ...]]:
    """The whole parameter table, as GET /api/parameters gives it: kind -> rows."""
    return {kind: tuple(_row(entry) for entry in entries) for kind, entries in TABLE.items()}


def _row(entry: Parameter) -> ParameterRow:
    ranged = entry.law not in (Law.SWITCH, Law.CHOICE)
    return ParameterRow(
        name=entry.name,
        label=entry.label,
        unit=entry.unit,
        law=entry.law,
        default=entry.default,
        allowed=entry.allowed,
        minimum=entry.minimum if ranged else None,
        maximum=entry.maximum if ranged else None,
    )
