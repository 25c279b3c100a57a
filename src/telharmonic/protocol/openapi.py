"""The OpenAPI 3.1 document of the front door, made from the dataclasses of `http_api`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from telharmonic.protocol import http_api, node_api
from telharmonic.protocol.decoding import Record
from telharmonic.protocol.schema import Schema, components

_JSON = "application/json"
_REF = "#/components/schemas/{name}"
_ERRORS = {
    400: "Not understood: the error names the value and what is allowed.",
    401: "No token of this session was given.",
    403: "The token's role may not do that.",
    404: "There is no such session.",
    409: "That is not possible now.",
    413: "The body is too large.",
    429: "Too many requests; Retry-After says when to come again.",
    503: "No node is free or ready.",
}
_ABOUT = """Open a session, hand out its links, look at it, end it.

A session is one mixing console that a node renders. Its creator gets one token a role: a **performer** hears and
controls, a **controller** controls, a **listener** hears. Sound and control then go over the `ws` link, in the
protocol `telharmonic.v1` (its JSON Schema is at `/schema`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    name: str
    summary: str
    role: str = ""  # which token; empty: none
    body: type[Record] | None = None
    status: int = 200
    says: str
    reply: Any = None  # a type, or None for no body
    media: str = _JSON
    errors: tuple[int, ...] = ()
    query: tuple[tuple[str, str, Schema], ...] = ()


_STREAM_QUERY = (
    ("format", "`raw`: binary messages as over the WebSocket; `wav`: an endless WAV file", {"enum": ["raw", "wav"]}),
    ("encoding", "how each sample is written", {"enum": ["f32", "s16", "s24"]}),
    ("token", "instead of the Authorization header, for programs that cannot send one", {"type": "string"}),
)
_ONE = "/api/sessions/{id}"

OPERATIONS = (
    Operation(
        method="post",
        path="/api/sessions",
        name="createSession",
        summary="Open a session, by the name of one that the server has or from a whole description.",
        body=http_api.CreateSession,
        status=201,
        says="The session renders. Keep the tokens: they are not shown again.",
        reply=http_api.SessionCreated,
        errors=(400, 404, 413, 429, 503),
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
        path=_ONE,
        name="viewSession",
        summary="Look at a session.",
        role="any",
        says="The session, as the token's role sees it.",
        reply=http_api.SessionView,
        errors=(401, 404),
    ),
    Operation(
        method="delete",
        path=_ONE,
        name="endSession",
        summary="End a session; its members are told.",
        role="performer",
        status=204,
        says="It has ended.",
        errors=(401, 403, 404),
    ),
    Operation(
        method="get",
        path=f"{_ONE}/state",
        name="sessionState",
        summary="Every value, the transport and the scenes.",
        role="any",
        says="What would be needed to open the session again as it is.",
        reply=node_api.Snapshot,
        errors=(401, 404, 503),
    ),
    Operation(
        method="get",
        path=f"{_ONE}/log",
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
        path=f"{_ONE}/stream",
        name="sessionStream",
        summary="The sound as an endless HTTP body, for players and for browsers without WebSocket in a Worker.",
        role="performer or listener",
        status=307,
        says="Location is the node's link, which streams.",
        errors=(401, 404),
        query=_STREAM_QUERY,
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
        method="post",
        path="/api/latency",
        name="addLatencyResult",
        summary="Keep the result of a latency test.",
        body=http_api.LatencyResult,
        status=204,
        says="Kept.",
        errors=(400, 413, 429),
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


def openapi_document() -> dict[str, Any]:
    """The document that is served at ``/api/openapi.json``, in JSON's own types."""
    paths: dict[str, dict[str, Any]] = {}
    bodies = [each.body for each in OPERATIONS if each.body is not None]
    replies = [each.reply for each in OPERATIONS if each.reply is not None]
    kinds = [*bodies, *replies, http_api.ErrorReply]
    roots, schemas = components(kinds, _REF)
    found = list(roots)
    body_schemas = dict(zip(bodies, found, strict=False))
    reply_schemas = found[len(bodies) :]
    for operation in OPERATIONS:
        reply = reply_schemas.pop(0) if operation.reply is not None else None
        body = body_schemas[operation.body] if operation.body is not None else None
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, body, reply)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Telharmonic",
            "version": version("telharmonic"),
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token of the session."},
            },
        },
    }


def _operation(operation: Operation, body: Schema | None, reply: Schema | None) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation.path), *_query_parameters(operation.query)],
        "responses": _responses(operation, reply),
        "security": [{"token": []}] if operation.role else [],
    }
    if operation.role:
        described["description"] = f"Needs a token of this session; role: {operation.role}."
    if body is not None:
        described["requestBody"] = {"required": True, "content": {_JSON: {"schema": body}}}
    return described


def _responses(operation: Operation, reply: Schema | None) -> dict[str, Any]:
    good: dict[str, Any] = {"description": operation.says}
    if reply is not None:
        good["content"] = {operation.media: {"schema": reply}}
    if operation.status == 307:
        good["headers"] = {"Location": {"required": True, "schema": {"type": "string", "format": "uri"}}}
    error = {_JSON: {"schema": {"$ref": _REF.format(name="ErrorReply")}}}
    bad = {str(status): {"description": _ERRORS[status], "content": error} for status in operation.errors}
    return {str(operation.status): good, **bad}


def _path_parameters(path: str) -> list[Mapping[str, Any]]:
    if "{id}" not in path:
        return []
    return [
        {"name": "id", "in": "path", "required": True, "description": "The session's id.", "schema": {"type": "string"}}
    ]


def _query_parameters(query: tuple[tuple[str, str, Schema], ...]) -> list[Mapping[str, Any]]:
    return [
        {"name": name, "in": "query", "required": False, "description": about, "schema": schema}
        for name, about, schema in query
    ]
