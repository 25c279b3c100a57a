"""``telharmonic parameters``: the table of everything that can be turned, for a terminal."""

from __future__ import annotations

import math

import msgspec
from rich.console import Console
from rich.table import Table

from telharmonic.protocol.http_api import parameter_rows
from telharmonic.protocol.parameters import SILENCE_DB, TABLE, Law, Parameter

ADDRESSES = {
    "strip": "strip/<id>/{name}",
    "group": "group/<id>/{name}",
    "grains": "strip/<id>/{name}",
    "send": "strip/<id>/{name}/<aux>",
    "reverb": "aux/<id>/{name}",
    "delay": "aux/<id>/{name}",
    "master": "master/{name}",
    "session": "session/{name}",
}
PIPE_WIDTH = 200  # characters; no row is longer


def print_parameters(console: Console, kind: str | None = None) -> None:
    """Print the rows of `kind` (one of the keys of `TABLE`), or all; one line each where another program reads it."""
    if not console.is_terminal:
        console.width = max(console.width, PIPE_WIDTH)
    for name in [kind] if kind else TABLE:
        table = Table(title=name, title_justify="left", title_style="bold", box=None, pad_edge=False)
        for heading in ("address", "label", "range", "default", "law"):
            table.add_column(heading, overflow="fold", no_wrap=heading == "address")
        for row in TABLE[name]:
            table.add_row(
                ADDRESSES[name].format(name=row.name), row.label, row.allowed, default_text(row), row.law.value
            )
        console.print(table)
        console.print()


def parameters_json(kind: str | None = None) -> str:
    """The same rows as JSON: ``{kind: [row, ...]}``, as ``GET /api/parameters`` gives them."""
    rows = parameter_rows()
    return msgspec.json.format(msgspec.json.encode({kind: rows[kind]} if kind else rows)).decode()


def default_text(row: Parameter) -> str:
    """The default as a person writes it."""
    if row.law is Law.SWITCH:
        return "on" if row.default else "off"
    if isinstance(row.default, str):
        return row.default or "the first"
    if row.default == SILENCE_DB and row.law is Law.DB:
        return "-inf"
    return f"{row.default:.4g}" if math.isfinite(row.default) else str(row.default)
