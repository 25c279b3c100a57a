"""The OpenAPI 3.1 document of the front door, made from the dataclasses of `http_api`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from telharmonic.protocol import http_api
from telharmonic.protocol.music_operations import MUSIC_OPERATIONS
from telharmonic.protocol.operations import JSON, SESSION_OPERATIONS, Operation
from telharmonic.protocol.schema import Schema, components

_REF = "#/components/schemas/{name}"
_PATH_NAMES = {"id": "The session's id.", "bounce": "The bounce's id."}
_ERRORS = {
    400: "Not understood: the error names the value and what is allowed.",
    401: "No token of this session was given.",
    403: "The token's role may not do that.",
    404: "There is no such session.",
    408: "Too little of the body came for too long.",
    409: "That is not possible now.",
    411: "The body does not say its length.",
    413: "The body is too large.",
    429: "Too many requests; Retry-After says when to come again.",
    503: "No node is free or ready.",
}
EVERYWHERE = (429,)  # what any request may be answered with
_ABOUT = """Open a session, hand out its links, look at it, end it.

A session is one mixing console that a node renders. Its creator gets one token a role: a **performer** hears and
controls, a **controller** controls, a **listener** hears. Sound and control then go over the `ws` link, in the
protocol `telharmonic.v1` (its JSON Schema is at `/schema`)."""


OPERATIONS = (*SESSION_OPERATIONS, *MUSIC_OPERATIONS)


def openapi_document() -> dict[str, Any]:
    """The document that is served at ``/api/openapi.json``, in JSON's own types."""
    paths: dict[str, dict[str, Any]] = {}
    bodies = list(dict.fromkeys(each.body for each in OPERATIONS if each.body is not None))
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
        described["requestBody"] = {
            "required": True,
            "content": {operation.body_media: {} if operation.body is bytes else {"schema": body}},
        }
    return described


def _responses(operation: Operation, reply: Schema | None) -> dict[str, Any]:
    good: dict[str, Any] = {"description": operation.says}
    if reply is not None:
        good["content"] = {operation.media: {} if operation.reply is bytes else {"schema": reply}}
    if operation.status in (202, 307):
        good["headers"] = {"Location": {"required": True, "schema": {"type": "string", "format": "uri"}}}
    error = {JSON: {"schema": {"$ref": _REF.format(name="ErrorReply")}}}
    bad = {
        str(status): {"description": _ERRORS[status], "content": error}
        for status in sorted({*operation.errors, *EVERYWHERE})
    }
    return {str(operation.status): good, **bad}


def _path_parameters(path: str) -> list[Mapping[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "description": about, "schema": {"type": "string"}}
        for name, about in _PATH_NAMES.items()
        if f"{{{name}}}" in path
    ]


def _query_parameters(query: tuple[tuple[str, str, Schema], ...]) -> list[Mapping[str, Any]]:
    return [
        {"name": name, "in": "query", "required": False, "description": about, "schema": schema}
        for name, about, schema in query
    ]
