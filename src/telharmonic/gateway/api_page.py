"""The readable page of the API, made from its OpenAPI document: plain HTML, in the look of the other pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

STYLE = Path(__file__).with_suffix(".css")
EXAMPLE = """curl -H 'Content-Type: application/json' -d '{"session": "demo"}' http://localhost:8000/api/sessions
curl -H 'Authorization: Bearer TOKEN' http://localhost:8000/api/sessions/ID
curl -L 'http://localhost:8000/api/sessions/ID/stream?format=wav&token=TOKEN' | ffplay -"""
METHODS = ("get", "post", "put", "patch", "delete", "options")


def render_api_page(document: Mapping[str, Any]) -> str:
    """One HTML page with every operation and every schema of an OpenAPI 3 document."""
    info = document["info"]
    schemas: Mapping[str, Any] = document.get("components", {}).get("schemas", {})
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(info['title'])}</title>",
            '<link rel="stylesheet" href="/style/tokens.css"><script src="/theme.js"></script>',
            '<link rel="stylesheet" href="/api/docs.css"></head><body><main>',
            f"<h1>{escape(info['title'])} <small>{escape(info['version'])}</small></h1>",
            _paragraphs(info.get("description", "")),
            '<p>As a document for programs: <a href="/api/openapi.json">/api/openapi.json</a>. '
            'What goes over the WebSocket: <a href="/schema">/schema</a>.</p>',
            "<p>Try it:</p>",
            f'<pre tabindex="0"><code>{escape(EXAMPLE)}</code></pre>',
            '<nav aria-label="Operations"><ul>',
            *(
                f'<li><a href="#{_anchor(m, p)}"><code>{m.upper()} {escape(p)}</code></a></li>'
                for m, p, _ in _operations(document)
            ),
            "</ul></nav>",
            *(_operation(method, path, operation) for method, path, operation in _operations(document)),
            "<h2>Schemas</h2>",
            *(_schema(name, schema) for name, schema in sorted(schemas.items())),
            "</main></body></html>",
        ]
    )


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield method, path, item[method]


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    parts = [
        f'<section id="{_anchor(method, path)}" aria-labelledby="{_anchor(method, path)}-title">',
        f'<h2 id="{_anchor(method, path)}-title"><code>{method.upper()} {escape(path)}</code></h2>',
        f"<p><strong>{escape(operation.get('summary', ''))}</strong></p>",
        _paragraphs(operation.get("description", "")),
    ]
    if operation.get("security"):
        parts.append("<p>Needs a token: <code>Authorization: Bearer TOKEN</code>.</p>")
    if rows := [_parameter(row) for row in operation.get("parameters", [])]:
        parts.append(_table(("parameter", "in", "type", "meaning"), rows))
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(f"<p>Body (<code>{escape(kind)}</code>): {_type(content.get('schema', {}))}</p>")
        if "example" in content:
            parts.append(_code(content["example"]))
    parts.append(
        _table(("status", "answer", "body"), [_answer(*pair) for pair in operation.get("responses", {}).items()])
    )
    return "\n".join([*parts, "</section>"])


def _parameter(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        f"<code>{escape(row['name'])}</code>",
        escape(row["in"]),
        _type(row.get("schema", {})),
        _inline(row.get("description", "")),
    )


def _answer(status: str, answer: Mapping[str, Any]) -> tuple[str, ...]:
    bodies = [_type(content["schema"]) for content in answer.get("content", {}).values() if "schema" in content]
    return f"<code>{escape(str(status))}</code>", _inline(answer.get("description", "")), ", ".join(bodies)


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    rows = [
        _field(field, inner, field in schema.get("required", ()))
        for field, inner in schema.get("properties", {}).items()
    ]
    parts = [
        f'<section id="schema-{escape(name)}"><h3>{escape(name)}</h3>',
        _paragraphs(schema.get("description", "")),
        _table(("field", "type", "meaning"), rows) if rows else f"<p>{_type(schema)}</p>",
        "</section>",
    ]
    return "\n".join(parts)


def _field(name: str, schema: Mapping[str, Any], required: bool) -> tuple[str, ...]:
    note = "" if required else " (optional)"
    return f"<code>{escape(name)}</code>{note}", _type(schema), _inline(schema.get("description", ""))


def _type(schema: Mapping[str, Any]) -> str:
    """A type in a few words, with links to other schemas."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#schema-{name}">{name}</a>'
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " or ".join(_type(inner) for inner in schema[union])
    if "const" in schema:
        return f"<code>{escape(json.dumps(schema['const']))}</code>"
    if "enum" in schema:
        return " or ".join(f"<code>{escape(json.dumps(value))}</code>" for value in schema["enum"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_type(schema['items'])}" if isinstance(schema.get("items"), dict) else "list"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    return escape(f"{kind}{_range(schema)}")


def _range(schema: Mapping[str, Any]) -> str:
    low, high = (schema.get(key, "") for key in ("minimum", "maximum"))
    if low != "" or high != "":
        return f", {low} to {high}"
    shortest, longest = (schema.get(key, "") for key in ("minLength", "maxLength"))
    return f", {shortest or 0} to {longest} characters" if longest != "" else ""


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{_inline(part.strip())}</p>" for part in text.split("\n\n") if part.strip())


def _inline(text: str) -> str:
    """The two marks of CommonMark that our descriptions use."""
    marked = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", escape(text))
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", marked)


def _code(example: object) -> str:
    return f'<pre tabindex="0"><code>{escape(json.dumps(example, indent=2, ensure_ascii=False))}</code></pre>'


def _anchor(method: str, path: str) -> str:
    return escape(f"{method}{path}".replace("/", "-").replace("{", "").replace("}", ""))
