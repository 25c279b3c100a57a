"""``telharmonic parameters``: the table of everything that can be turned, for a terminal."""

from __future__ import annotations

import json
import math

from rich.console import Console
from rich.table import Table

from telharmonic.protocol.parameters import SILENCE_DB, TABLE, Law, Parameter, Value

ADDRESSES = {
    "strip": "strip/<id>/{name}",
    "group": "group/<id>/{name}",
    "send": "strip/<id>/{name}/<aux>",
    "reverb": "aux/<id>/{name}",
    "delay": "aux/<id>/{name}",
    "master": "master/{name}",
    "session": "session/{name}",
}


def print_parameters(console: Console, kind: str | None = None) -> None:
    """Print the rows of `kind` (one of the keys of `TABLE`), or all."""
    for name in [kind] if kind else TABLE:
        table = Table(title=name, title_justify="left", title_style="bold", box=None, pad_edge=False)
        for heading in ("address", "label", "range", "default", "law"):
            table.add_column(heading, overflow="fold")
        for row in TABLE[name]:
            table.add_row(
                ADDRESSES[name].format(name=row.name), row.label, row.allowed, default_text(row), row.law.value
            )
        console.print(table)
        console.print()


def parameters_json(kind: str | None = None) -> str:
    """The same rows as JSON: ``{kind: [row, ...]}``."""
    kinds = [kind] if kind else list(TABLE)
    rows = {name: [row_values(row) for row in TABLE[name]] for name in kinds}
    return json.dumps(rows, indent=2, ensure_ascii=False)


def row_values(row: Parameter) -> dict[str, Value]:
    """One row as plain values."""
    values: dict[str, Value] = {"name": row.name, "label": row.label, "unit": row.unit, "law": row.law.value}
    if row.law not in (Law.SWITCH, Law.CHOICE):
        values |= {"minimum": row.minimum, "maximum": row.maximum}
    return values | {"default": row.default, "allowed": row.allowed}


def default_text(row: Parameter) -> str:
    """The default as a person writes it."""
    if row.law is Law.SWITCH:
        return "on" if row.default else "off"
    if isinstance(row.default, str):
        return row.default or "the first"
    if row.default == SILENCE_DB and row.law is Law.DB:
        return "-inf"
    return f"{row.default:.4g}" if math.isfinite(row.default) else str(row.default)
