"""Numbers as orchestras write them outside instruments: ``48000``, ``2^5``, ``giPort + 1``."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

LONGEST = 128  # characters of one expression
LARGEST = 1e12
_CONSTANT = re.compile(r"^\s*(?P<name>g?i\w+)(?::i)?\s*(?:=|\binit\b)\s*(?P<value>[^\s=].*)$")
_BEGIN, _END = re.compile(r"^\s*(instr|opcode)\b"), re.compile(r"^\s*(endin|endop)\b")

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
}


def number_of(text: str) -> float | None:
    """A finite number; None for anything else."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < LARGEST else None


def value_of(text: str, constants: Mapping[str, float]) -> float | None:
    """What plain arithmetic with these names comes to; None if it is anything more than that."""
    if (plain := number_of(text)) is not None:
        return plain
    if len(text) > LONGEST:
        return None
    try:
        value = _value(ast.parse(text.strip().replace("^", "**"), mode="eval").body, constants)
    except (SyntaxError, ValueError, KeyError, ArithmeticError, RecursionError, MemoryError):
        return None
    return value if math.isfinite(value) and abs(value) < LARGEST else None


def _value(node: ast.expr, constants: Mapping[str, float]) -> float:
    """ValueError for what is no arithmetic, KeyError for a name that is not there."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id=name):
            return constants[name]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner, constants)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(left, constants), _value(right, constants))
    raise ValueError(ast.dump(node)[:64])


def outside_instruments(lines: Iterable[str]) -> Iterator[str]:
    """The lines that Csound runs once, before anything plays."""
    inside = False
    for line in lines:
        inside = (inside or _BEGIN.match(line) is not None) and not _END.match(line)
        if not inside:
            yield line


def constants_of(lines: Iterable[str]) -> dict[str, float]:
    """Names that stand for one number, by the lines outside instruments; what is set twice may be either."""
    found: dict[str, float] = {}
    seen: set[str] = set()
    for said in filter(None, map(_CONSTANT.match, outside_instruments(lines))):
        value = None if said["name"] in seen else value_of(said["value"], found)
        seen.add(said["name"])
        if value is None:
            found.pop(said["name"], None)
        else:
            found[said["name"]] = value
    return found
