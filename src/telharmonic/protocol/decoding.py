"""Strangers' JSON into our dataclasses: one place that limits it, reads it and says in words what was wrong.

Every dataclass of `protocol` is a `msgspec.Struct` (a frozen, keyword-only dataclass that knows JSON) and
refuses fields it does not have. Change one with ``copy.replace`` or `msgspec.structs.replace`.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from telharmonic.errors import MessageError, ParameterError, TelharmonicError
from telharmonic.protocol.wording import allowed_at

T = TypeVar("T")

MAXIMUM_DEPTH = 16  # lists and objects inside one another; our deepest message has 6
ID_PATTERN = r"^[a-z0-9_-]{1,32}$(?!\n)"  # the lookahead: in Python "$" also matches before a last newline
_PROBLEM = re.compile(r"(?P<what>.*?)(?: - at (?P<key>`key` in )?`\$\.?(?P<where>.*)`)?", re.DOTALL)
_UNKNOWN = re.compile(r"Object (contains unknown|missing required) field `(.*)`", re.DOTALL)
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every dataclass that crosses a wire is. (`kw_only` does not inherit: each class says it again.)"""


def decode(data: bytes | str, decoder: msgspec.json.Decoder[T], *, limit_bytes: int) -> T:
    """The dataclass that the JSON text `data` holds.

    Parameters
    ----------
    data : bytes or str
        UTF-8 JSON.
    decoder : msgspec.json.Decoder
        Made once for the wanted type.
    limit_bytes : int
        Longer text is refused unread.

    Raises
    ------
    MessageError
        If it is too long, too deep, not JSON, or lacks or adds a field.
    ParameterError
        If a field's value is of the wrong type or outside its range.
    """
    check_text(data, limit_bytes=limit_bytes)
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as problem:
        raise explain(problem, decoder.type, _untyped(data)) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as problem:
        raise MessageError(f"not JSON: {problem}") from None


def _untyped(data: bytes | str) -> object:
    """The JSON as it comes; None if it is broken behind the place where the typed reading stopped."""
    try:
        found: object = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return found


def check_text(data: bytes | str, *, limit_bytes: int) -> None:
    """Refuse text that is too long or too deep, before anything reads it.

    Raises
    ------
    MessageError
        Naming the size or depth and its limit.
    """
    size = len(data) if isinstance(data, bytes) else len(data.encode(errors="surrogatepass"))
    if size > limit_bytes:
        raise MessageError(f"{size} bytes of text; allowed: up to {limit_bytes}")
    if _depth(data) > MAXIMUM_DEPTH:
        raise MessageError(f"lists and objects more than {MAXIMUM_DEPTH} deep; allowed: up to {MAXIMUM_DEPTH}")


_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")


def _depth(data: bytes | str) -> int:
    text = data.decode("latin-1") if isinstance(data, bytes) else data
    depth = deepest = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def explain(problem: msgspec.ValidationError, kind: Any, raw: Any) -> TelharmonicError:
    """Msgspec's complaint about `raw` as a `kind`, as our error: which field, which value, what is allowed."""
    match = _PROBLEM.fullmatch(str(problem))
    what, where = (match["what"], match["where"] or "") if match else (str(problem), "")
    unknown = _UNKNOWN.match(what)
    if unknown:
        verb = "unknown" if unknown[1] == "contains unknown" else "missing"
        return MessageError(f"{verb} field {short(unknown[2])!r}{f' in {where}' if where else ''}")
    if not where:
        return MessageError("not an object")  # every type that is read from text is one
    if match and match["key"]:
        return MessageError(f"a name in {where}: {short(what.replace('`', ''))}")
    allowed = allowed_at(kind, raw, where) or what.removeprefix("Expected ").replace("`", "")
    return ParameterError(where, short(_value_at(raw, where)), allowed)


def short(value: object) -> float | bool | str | None:
    """A value as an error may repeat it: numbers as they are, anything long cut."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else f"{str(value)[:64]}"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 64 else text[:61] + "..."


def _value_at(raw: Any, where: str) -> object:
    for name, index in _STEP.findall(where):
        try:
            raw = raw[name] if name else raw[int(index)]
        except (KeyError, IndexError, TypeError):
            return None
    found: object = raw
    return found
