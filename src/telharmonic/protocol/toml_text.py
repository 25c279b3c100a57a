"""Our dataclasses as TOML text: what differs from the defaults, one value a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r'[\x00-\x1f\x7f"\\]')
_MANY_DOTS = 16  # more of them in one line would be taken for a hostile key when a session file is read


def toml_text(table: Mapping[str, Any]) -> str:
    """A table of plain values, lists and tables, as `plain` makes it."""
    return "\n".join(_table("", table)).lstrip("\n") + "\n"


def plain(found: Any) -> Any:
    """Dataclasses as tables, under the names that files use, without what is as it would be anyway."""
    if isinstance(found, msgspec.Struct):
        fields = ((field, getattr(found, field.name)) for field in msgspec.structs.fields(found))
        return {field.encode_name: plain(value) for field, value in fields if value != _default(field)}
    if isinstance(found, tuple | list):
        return [plain(each) for each in found]
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
