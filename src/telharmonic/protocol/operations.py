"""What may be asked of the front door about sessions, the parameter table and latency; `openapi` writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telharmonic.protocol import http_api, node_api
from telharmonic.protocol.decoding import Record
from telharmonic.protocol.orchestra import OrchestraView
from telharmonic.protocol.schema import Schema

JSON = "application/json"
BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    name: str
    summary: str
    role: str = ""  # which token; empty: none
    body: type[Record] | type[bytes] | None = None
    status: int = 200
    says: str
    reply: Any = None  # a type, or None for no body
    media: str = JSON
    body_media: str = JSON
    errors: tuple[int, ...] = ()
    query: tuple[tuple[str, str, Schema], ...] = ()


_STREAM_QUERY = (
    ("format", "`raw`: binary messages as over the WebSocket; `wav`: an endless WAV file", {"enum": ["raw", "wav"]}),
    ("encoding", "how each sample is written", {"enum": ["f32", "s16", "s24"]}),
    ("token", "instead of the Authorization header, for programs that cannot send one", {"type": "string"}),
)
_WHEP_QUERY = (
    ("frame_ms", "of the Opus packets, as every field of `OpusRequest` in the protocol", {"type": "number"}),
    _STREAM_QUERY[-1],
)
_ORCHESTRA_QUERY = (
    ("session", "the session that plays it, whose token is shown", {"type": "string"}),
    _STREAM_QUERY[-1],
)
ONE = "/api/sessions/{id}"

SESSION_OPERATIONS = (
    Operation(
        method="post",
        path="/api/sessions",
        name="createSession",
        summary="Open a session: by the name of one that the server has, from a description, or of uploaded files.",
        body=http_api.CreateSession,
        status=201,
        says="The session renders. Keep the tokens: they are not shown again.",
        reply=http_api.SessionCreated,
        errors=(400, 404, 413, 503),
    ),
    Operation(
        method="get",
        path="/api/sessions",
        name="listSessions",
        summary="How many sessions run, and which can be opened. Ids only for the server's admin token.",
        says="Counts and names.",
        reply=http_api.SessionList,
        errors=(401,),
    ),
    Operation(
        method="get",
        path=ONE,
        name="viewSession",
        summary="Look at a session.",
        role="any",
        says="The session, as the token's role sees it.",
        reply=http_api.SessionView,
        errors=(401, 404),
    ),
    Operation(
        method="delete",
        path=ONE,
        name="endSession",
        summary="End a session; its members are told.",
        role="performer",
        status=204,
        says="It has ended.",
        errors=(401, 403, 404),
    ),
    Operation(
        method="get",
        path=f"{ONE}/state",
        name="sessionState",
        summary="Every value, the transport and the scenes.",
        role="any",
        says="What would be needed to open the session again as it is.",
        reply=node_api.Snapshot,
        errors=(401, 404, 503),
    ),
    Operation(
        method="get",
        path=f"{ONE}/log",
        name="sessionLog",
        summary="Every command that the engine has obeyed, for `telharmonic bounce --log`.",
        role="performer or controller",
        says="One JSON line a command.",
        reply=str,
        media="application/x-ndjson",
        errors=(401, 403, 404, 503),
    ),
    Operation(
        method="get",
        path=f"{ONE}/stream",
        name="sessionStream",
        summary="The sound as an endless HTTP body, for players and for browsers without WebSocket in a Worker.",
        role="performer or listener",
        status=307,
        says="Location is the node's link, which streams.",
        errors=(401, 404),
        query=_STREAM_QUERY,
    ),
    Operation(
        method="post",
        path=f"{ONE}/whep",
        name="sessionWhep",
        summary="A WebRTC line for players that speak WHEP; `docs/protocol.md` tells the exchange.",
        role="any",
        status=307,
        says="Location is the node's link, which answers offers.",
        errors=(401, 404),
        query=_WHEP_QUERY,
    ),
    Operation(
        method="get",
        path=f"{ONE}/whep",
        name="sessionWhepNothing",
        summary="What WHEP asks of an endpoint that has nothing to show.",
        role="any",
        status=204,
        says="It is there.",
        errors=(401, 404),
        query=_STREAM_QUERY[-1:],
    ),
    Operation(
        method="options",
        path=f"{ONE}/whep",
        name="sessionWhepOptions",
        summary="What may be posted to the WHEP endpoint; `Accept-Post` and `Allow` say it.",
        says="As the headers say.",
    ),
    Operation(
        method="get",
        path="/api/parameters",
        name="parameters",
        summary="The parameter table: every name, unit, range, default and law.",
        says="Rows by kind.",
        reply=dict[str, tuple[http_api.ParameterRow, ...]],
    ),
    Operation(
        method="get",
        path="/api/orchestra",
        name="orchestra",
        summary="What the Csound piece of `telharmonic play` can be told over the OSC relay, and how it does.",
        says="Its controls, with their ranges; with a token of its session, what they were told last as well.",
        reply=OrchestraView,
        errors=(401, 404),
        query=_ORCHESTRA_QUERY,
    ),
    Operation(
        method="post",
        path="/api/orchestra/play",
        name="playOrchestra",
        summary="Start the Csound piece again from its beginning, whether it has ended or plays.",
        role="performer or controller",
        status=204,
        says="It is being started.",
        errors=(401, 403, 404),
        query=_ORCHESTRA_QUERY,
    ),
    Operation(
        method="post",
        path="/api/latency",
        name="addLatencyResult",
        summary="Keep the result of a latency test.",
        body=http_api.LatencyResult,
        status=204,
        says="Kept.",
        errors=(400, 413),
    ),
    Operation(
        method="get",
        path="/api/latency",
        name="latency",
        summary="Percentiles and histograms of all kept latency results.",
        says="One summary for each kind, client and transport.",
        reply=http_api.LatencyReport,
    ),
)
