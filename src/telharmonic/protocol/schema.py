"""JSON Schema (draft 2020-12) of every dataclass that crosses a wire, made from the dataclasses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from telharmonic.protocol.dspnode import DspNodeCommand
from telharmonic.protocol.messages import PROTOCOL, AnyClientMessage, AnyServerMessage
from telharmonic.protocol.session import SessionSpec

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def protocol_schema() -> Schema:
    """The schema of `telharmonic.v1`.

    A text that it accepts is a message; ``$defs/ClientMessage`` and ``$defs/ServerMessage`` tell the two
    directions apart, and every message and part has its own entry under ``$defs``.
    """
    roots, definitions = components((AnyClientMessage, AnyServerMessage, DspNodeCommand), "#/$defs/{name}")
    client, server, dspnode = roots
    definitions["ClientMessage"] = {"title": "ClientMessage", "anyOf": [*client["anyOf"], dspnode]}
    definitions["ServerMessage"] = {"title": "ServerMessage", "anyOf": server["anyOf"]}
    return {
        "$schema": DRAFT,
        "title": PROTOCOL,
        "description": "Text messages between a client and a node; see docs/protocol.md.",
        "anyOf": [{"$ref": "#/$defs/ClientMessage"}, {"$ref": "#/$defs/ServerMessage"}],
        "$defs": dict(sorted(definitions.items())),
    }


def session_schema() -> Schema:
    """The schema of a session description in JSON (and of the same thing in TOML)."""
    (root,), definitions = components((SessionSpec,), "#/$defs/{name}")
    return {"$schema": DRAFT, "title": "Telharmonic session", **root, "$defs": definitions}


def components(kinds: Sequence[Any], ref_template: str) -> tuple[tuple[Schema, ...], dict[str, Schema]]:
    """Schemas of some types, and of all that they refer to by name."""
    roots, definitions = msgspec.json.schema_components(kinds, ref_template=ref_template)
    return tuple(_plain(root) for root in roots), {name: _plain(each) for name, each in definitions.items()}


def _plain(node: Any) -> Any:
    """The schema in JSON's own types; without the patterns' Python-only endings, which mean nothing to ECMA 262."""
    if isinstance(node, dict):
        return {key: _pattern(value) if key == "pattern" else _plain(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_plain(each) for each in node]
    return node


def _pattern(pattern: Any) -> Any:
    return pattern.removesuffix(r"(?!\n)") if isinstance(pattern, str) else _plain(pattern)
