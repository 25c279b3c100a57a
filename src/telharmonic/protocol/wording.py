"""What a field may hold, in words a user reads: made from the field's own JSON Schema."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_REF = "#/$defs/{name}"
_PLAIN = {"boolean": "true or false", "null": "null", "object": "an object"}

Schema = dict[str, Any]


def allowed_at(kind: Any, raw: object, where: str) -> str:
    """What dataclass `kind` allows at path `where` (``strip[0].clip[1].file``); empty if it cannot be told.

    `raw` is the decoded JSON, needed to know which of several message types it is.
    """
    (root,), definitions = _schemas(kind)
    node = _resolve(root, definitions)
    node = _of_type(node, raw, definitions)
    if where == node.get("discriminator", {}).get("propertyName"):
        return words(node, definitions)
    for name, index in _STEP.findall(where):
        node = _step(node, name, index, definitions)
    return words(node, definitions)


def words(node: Schema, definitions: dict[str, Schema]) -> str:
    """One schema in words; empty for a schema that allows everything."""
    if "$ref" in node:
        node = _resolve(node, definitions)
    if "discriminator" in node:
        return _either(sorted(node["discriminator"]["mapping"]))
    if "anyOf" in node:
        return " or ".join(dict.fromkeys(filter(None, (words(each, definitions) for each in node["anyOf"]))))
    if "enum" in node:
        return _either([str(value) for value in node["enum"]])
    kind = node.get("type", "")
    if kind in ("integer", "number"):
        return _number(node, "a whole number" if kind == "integer" else "a number")
    if kind == "string":
        return node.get("description") or _length(node, "text", "characters", "Length")
    if kind == "array":
        return _length(node, "a list", "items", "Items")
    return _PLAIN.get(kind, "")


@cache
def _schemas(kind: Any) -> tuple[tuple[Schema, ...], dict[str, Schema]]:
    return msgspec.json.schema_components([kind], ref_template=_REF)


def _resolve(node: Schema, definitions: dict[str, Schema]) -> Schema:
    while "$ref" in node:
        node = definitions[node["$ref"].rsplit("/", 1)[1]]
    return node


def _of_type(node: Schema, raw: object, definitions: dict[str, Schema]) -> Schema:
    """The one alternative of a tagged union that `raw` names."""
    tags = node.get("discriminator", {}).get("mapping", {})
    tag = raw.get("type") if isinstance(raw, dict) else None
    return _resolve({"$ref": tags[tag]}, definitions) if isinstance(tag, str) and tag in tags else node


def _step(node: Schema, name: str, index: str, definitions: dict[str, Schema]) -> Schema:
    for option in (_resolve(each, definitions) for each in node.get("anyOf", [node])):
        inner = option.get("properties", {}).get(name) if name else option.get("items")
        if inner is None and index == "...":
            inner = option.get("additionalProperties")
        if isinstance(inner, dict):
            return _resolve(inner, definitions)
    return {}


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _number(node: Schema, noun: str) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    above = node.get("exclusiveMinimum")
    if above is not None:
        noun = f"{noun} above {above:g}"
    if low is not None and high is not None:
        return f"{noun}, {_plain(low)} to {_plain(high)}"
    return f"{noun} up to {_plain(high)}" if high is not None else noun


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else f"{number:g}"


def _length(node: Schema, noun: str, unit: str, key: str) -> str:
    low, high = node.get(f"min{key}", 0), node.get(f"max{key}")
    return noun if high is None else f"{noun} of {low} to {high} {unit}"
