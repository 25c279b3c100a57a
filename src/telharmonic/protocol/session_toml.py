"""A session as the text of a session file: what differs from the defaults, one value a line."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from telharmonic.errors import RefusedError
from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.session import SessionSpec
from telharmonic.protocol.session_file import LIMIT_BYTES
from telharmonic.protocol.toml_text import plain, toml_text

replace = msgspec.structs.replace


def serialize_toml(spec: SessionSpec) -> str:
    """TOML that `session_file.parse_toml` reads back as the same session.

    Raises
    ------
    RefusedError
        If it would be longer than a session file may be.
    """
    text = toml_text({"version": spec.version, **plain(_without_defaults(spec))})
    size = len(text.encode())
    if size > LIMIT_BYTES:
        raise RefusedError(
            f"the session takes {size} bytes as a file; allowed: up to {LIMIT_BYTES}; delete some scenes or automation"
        )
    return text


def _without_defaults(spec: SessionSpec) -> SessionSpec:
    """Leave out what a parameter is anyway; scenes keep all, since what a scene does not name it does not change."""
    table = AddressTable(spec)

    def set_ones(values: Mapping[str, Value], prefix: str) -> dict[str, Value]:
        return {name: value for name, value in values.items() if value != table.row(prefix + name).default}

    return replace(
        spec,
        strips=tuple(replace(each, values=set_ones(each.values, f"strip/{each.id}/")) for each in spec.strips),
        groups=tuple(replace(each, values=set_ones(each.values, f"group/{each.id}/")) for each in spec.groups),
        auxes=tuple(replace(each, values=set_ones(each.values, f"aux/{each.id}/")) for each in spec.auxes),
        master=replace(spec.master, values=set_ones(spec.master.values, "master/")),
    )
