"""TypeScript declarations from JSON Schema: what ``client/protocol.d.ts`` is made of."""

from __future__ import annotations

from collections.abc import Mapping

from telharmonic.protocol import http_api, music_api, orchestra, waveforms
from telharmonic.protocol.schema import Schema, components, protocol_schema
from telharmonic.protocol.session import SessionSpec

_HEAD = """// Made from the dataclasses of src/telharmonic/protocol by tools/make_docs.py; do not edit.
// Frames count from the session's beginning; times are seconds unless the name says _us or _ms; levels are dB.

"""
_PLAIN = {"boolean": "boolean", "integer": "number", "null": "null", "number": "number", "string": "string"}
_HTTP = (
    http_api.CreateSession,
    http_api.SessionCreated,
    http_api.SessionView,
    http_api.SessionList,
    http_api.LatencyResult,
    http_api.LatencyReport,
    http_api.ParameterRow,
    http_api.ErrorReply,
    music_api.UploadLimits,
    music_api.Uploaded,
    music_api.BounceWish,
    music_api.BounceView,
    music_api.ImpulseWish,
    music_api.ImpulseAdded,
    music_api.InvitationWish,
    music_api.Invitation,
    music_api.ServerStatus,
    orchestra.OrchestraView,
    waveforms.WaveformsHead,
    SessionSpec,
)


def declarations() -> str:
    """The whole ``protocol.d.ts``."""
    definitions = dict(protocol_schema()["$defs"])
    definitions |= components(_HTTP, "#/$defs/{name}")[1]
    return _HEAD + "\n".join(declare(name, node) for name, node in sorted(definitions.items()))


def declare(name: str, node: Schema) -> str:
    """One exported type or interface, with the schema's description as its comment."""
    comment = _comment(node.get("description", ""))
    properties: Mapping[str, Schema] = node.get("properties", {})
    if not properties:
        return f"{comment}export type {name} = {type_of(node)};\n"
    required = set(node.get("required", ()))
    lines = [_field(field, inner, field in required) for field, inner in properties.items()]
    return f"{comment}export interface {name} {{\n{''.join(lines)}}}\n"


def type_of(node: Schema) -> str:
    """A schema as a TypeScript type."""
    if "$ref" in node:
        return str(node["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in node:
        return " | ".join(dict.fromkeys(type_of(each) for each in node["anyOf"]))
    if "enum" in node:
        return " | ".join(f'"{each}"' if isinstance(each, str) else str(each) for each in node["enum"])
    if node.get("type") == "array":
        return _array(node)
    if node.get("type") == "object":
        inner = node.get("additionalProperties")
        return f"Record<string, {type_of(inner) if isinstance(inner, dict) else 'unknown'}>"
    return _PLAIN.get(node.get("type", ""), "unknown")


def _array(node: Schema) -> str:
    if "prefixItems" in node:
        return f"[{', '.join(type_of(each) for each in node['prefixItems'])}]"
    items = node.get("items")
    inner = type_of(items) if isinstance(items, dict) else "unknown"
    return f"({inner})[]" if " | " in inner else f"{inner}[]"


def _field(name: str, node: Schema, required: bool) -> str:
    about = node.get("description", "")
    comment = f"  /** {about} */\n" if about else ""
    return f"{comment}  {name}{'' if required else '?'}: {type_of(node)};\n"


def _comment(description: str) -> str:
    lines = [line.strip() for line in description.strip().splitlines()]
    if not lines:
        return ""
    if len(lines) == 1:
        return f"/** {lines[0]} */\n"
    return "/**\n" + "".join(f" * {line}".rstrip() + "\n" for line in lines) + " */\n"
