"""Write what is made from the code: docs/parameters.md, the tables of docs/protocol.md, schema and types.

``python tools/make_docs.py`` writes; with ``--check`` it writes nothing and fails if a file is not current.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec

from telharmonic.protocol.dspnode import DspNodeCommand
from telharmonic.protocol.http_api import parameter_rows
from telharmonic.protocol.messages import AnyClientMessage, AnyServerMessage
from telharmonic.protocol.parameters import TABLE, Law, Parameter
from telharmonic.protocol.schema import Schema, components, protocol_schema, session_schema
from telharmonic.protocol.typescript import declarations, type_of
from telharmonic.protocol.wording import words

ROOT = Path(__file__).resolve().parents[1]
PARAMETERS = "docs/parameters.md"
PROTOCOL = "docs/protocol.md"

_KINDS = {
    "strip": ("A strip", "`strip/<id>/<name>`; groups have the same: `group/<id>/<name>`"),
    "grains": (
        "A strip of grains",
        '`strip/<id>/<name>`, beside a strip\'s own, where `source = "grains"`. Amplitude moves what sounds; everything'
        " else counts for the grains that are born from then on.",
    ),
    "send": ("A send", "`strip/<id>/<name>/<aux id>`, `group/<id>/<name>/<aux id>`"),
    "reverb": ("An aux with a reverb", "`aux/<id>/<name>`"),
    "delay": ("An aux with a delay", "`aux/<id>/<name>`"),
    "master": ("The master", "`master/<name>`"),
    "session": ("The session", "`session/<name>`"),
}
_LAWS = """| law | a ramp is linear in |
|---|---|
| linear | the value |
| db | decibels; where -120 dB is the lowest value it stands for silence, and `"-inf"` says the same |
| log | the logarithm of the value: frequencies, times, ratios |
| switch | nothing: off or on, cross-faded over 10 ms |
| choice | nothing: one of the session's names, cross-faded over 10 ms |
"""


def parameters_page() -> str:
    """docs/parameters.md, whole."""
    parts = [
        "# Parameters\n",
        "Made from `src/telharmonic/protocol/parameters.py` by `tools/make_docs.py`; do not edit.\n",
        "An address names one parameter of one session: `strip/3/fader`, `aux/hall/predelay`. Session files, messages,",
        "dspNode's payload and the command line all use these names and ranges. Numbers may also come as text,",
        "switches as 0 and 1.\n",
        _LAWS,
    ]
    for kind, (title, address) in _KINDS.items():
        parts += [f"## {title}\n", f"{address}\n", *_parameter_table(TABLE[kind])]
    return "\n".join(parts)


def _parameter_table(rows: tuple[Parameter, ...]) -> Iterator[str]:
    yield "| name | meaning | allowed | default | law |"
    yield "|---|---|---|---|---|"
    for row in rows:
        yield f"| `{row.name}` | {row.label} | {row.allowed} | {_default(row)} | {row.law} |"
    yield ""


def _default(row: Parameter) -> str:
    if row.law is Law.SWITCH:
        return "on" if row.default else "off"
    if isinstance(row.default, str):
        return f"`{row.default}`" if row.default else "none"
    return f"{row.default:.4g}"


def message_tables(direction: str) -> str:
    """The section of docs/protocol.md about one direction's messages."""
    kinds = get_args(AnyClientMessage) if direction == "client" else get_args(AnyServerMessage)
    _, definitions = components(kinds, "#/$defs/{name}")
    return "\n".join("\n".join(_message(kind, definitions)) for kind in kinds)


def part_tables() -> str:
    """The section of docs/protocol.md about the objects inside messages."""
    _, definitions = components((AnyClientMessage, AnyServerMessage, DspNodeCommand), "#/$defs/{name}")
    names = {kind.__name__ for union in (AnyClientMessage, AnyServerMessage) for kind in get_args(union)}
    parts = [
        f"### {name}\n\n{_sentence(node)}\n\n" + "\n".join(_fields(node, definitions))
        for name, node in sorted(definitions.items())
        if name not in names and "properties" in node
    ]
    return "\n".join(parts)


def _message(kind: Any, definitions: dict[str, Schema]) -> Iterator[str]:
    node = definitions[kind.__name__]
    yield f"### {node['properties']['type']['enum'][0]}\n\n{_sentence(node)}\n"
    yield from _fields(node, definitions)


def _sentence(node: Schema) -> str:
    return " ".join(str(node.get("description", "")).split())


def _fields(node: Schema, definitions: dict[str, Schema]) -> Iterator[str]:
    required = set(node.get("required", ()))
    yield "| field | type | allowed |"
    yield "|---|---|---|"
    for name, inner in node["properties"].items():
        shown = name if name in required else f"{name}?"
        yield f"| `{shown}` | `{_cell(type_of(inner))}` | {_cell(_allowed(name, inner, definitions))} |"
    yield ""


def _allowed(name: str, inner: Schema, definitions: dict[str, Schema]) -> str:
    about = str(inner.get("description", ""))
    limits = "" if name == "type" or "#/$defs" in str(inner) else words(inner, definitions)  # parts have own tables
    return "; ".join(dict.fromkeys(filter(None, (limits, about))))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def protocol_page(page: str) -> str:
    """docs/protocol.md with its made sections made anew; the rest as it is."""
    for name, text in (
        ("client messages", message_tables("client")),
        ("server messages", message_tables("server")),
        ("parts", part_tables()),
    ):
        begin, end = f"<!-- made: {name} -->\n", f"<!-- end: {name} -->"
        head, _, rest = page.partition(begin)
        _, _, tail = rest.partition(end)
        page = f"{head}{begin}\n{text}\n{end}{tail}"
    return page


def parameters_json() -> str:
    """The parameter table as the page is given it, one row a line: for the page's own tests."""
    kinds = (
        f"{json.dumps(kind)}: [\n" + ",\n".join(f"  {msgspec.json.encode(row).decode()}" for row in rows) + "\n]"
        for kind, rows in parameter_rows().items()
    )
    return "{" + ", ".join(kinds) + "}\n"


def made_files() -> dict[str, str]:
    """Every made file's path in the repository, and what it should hold."""
    return {
        PARAMETERS: parameters_page(),
        PROTOCOL: protocol_page((ROOT / PROTOCOL).read_text(encoding="utf-8")),
        "docs/telharmonic.v1.schema.json": json.dumps(protocol_schema(), indent=1) + "\n",
        "docs/session.schema.json": json.dumps(session_schema(), indent=1) + "\n",
        "client/protocol.d.ts": declarations(),
        "web/test/parameters.json": parameters_json(),
    }


def main(arguments: list[str]) -> int:
    """Write, or check."""
    stale = []
    for name, text in made_files().items():
        path = ROOT / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    if stale and "--check" in arguments:
        print(f"not current: {', '.join(stale)}; run python tools/make_docs.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
