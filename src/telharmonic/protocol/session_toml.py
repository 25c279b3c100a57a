"""A session as the text of a session file: what differs from the defaults, one value a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from telharmonic.errors import RefusedError
from telharmonic.protocol.addresses import AddressTable
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.session import SessionSpec
from telharmonic.protocol.session_file import LIMIT_BYTES

replace = msgspec.structs.replace

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r'[\x00-\x1f\x7f"\\]')
_MANY_DOTS = 16  # more of them in one line would be taken for a hostile key when the file is read


def serialize_toml(spec: SessionSpec) -> str:
    """TOML that `session_file.parse_toml` reads back as the same session.

    Raises
    ------
    RefusedError
        If it would be longer than a session file may be.
    """
    text = "\n".join(_table("", {"version": spec.version, **_plain(_without_defaults(spec))})).lstrip("\n") + "\n"
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


def _plain(found: Any) -> Any:
    """Dataclasses as tables, under the names that files use, without what is as it would be anyway."""
    if isinstance(found, msgspec.Struct):
        fields = ((field, getattr(found, field.name)) for field in msgspec.structs.fields(found))
        return {field.encode_name: _plain(value) for field, value in fields if value != _default(field)}
    if isinstance(found, tuple | list):
        return [_plain(each) for each in found]
    return found


def _default(field: msgspec.structs.FieldInfo) -> object:
    factory = field.default_factory
    return field.default if factory is msgspec.NODEFAULT else factory()


def _table(path: str, table: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a table: its own values, then the tables in it."""
    inner = []
    for name, value in table.items():
        if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
            inner.append((f"{path}.{_key(name)}" if path else _key(name), value))
        else:
            yield f"{_key(name)} = {_value(value)}"
    for name, value in inner:
        for each in value if isinstance(value, list) else [value]:
            yield f"\n[[{name}]]" if isinstance(value, list) else f"\n[{name}]"
            yield from _table(name, each)


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        written = [_value(each) for each in value]
        if len(written) <= 2:
            return f"[{', '.join(written)}]"
        return "\n".join(["[", *(f"  {each}," for each in written), "]"])  # a line has its limit
    return repr(value)


def _text(text: str) -> str:
    escaped = _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04X}", text)
    if escaped.count(".") > _MANY_DOTS:
        escaped = escaped.replace(".", "\\u002E")
    return f'"{escaped}"'
