"""What of an orchestra can be turned from outside: the OSC messages that it hears, and its control channels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast

from telharmonic.commands.csd import Csd, Statement
from telharmonic.commands.csd_numbers import number_of, outside_instruments, value_of
from telharmonic.commands.csd_words import argument, arguments_of, ranges_of
from telharmonic.errors import SessionFileError
from telharmonic.protocol.orchestra import (
    MAXIMUM_ARGUMENTS,
    MAXIMUM_CONTROLS,
    Kind,
    Law,
    OrchestraArgument,
    OrchestraControl,
)

CHANNEL_HOST = "channels"  # the relay's name for Csound's channels
CHANNEL_ADDRESS = "/channel/"
MAXIMUM_PORTS = 16
MAXIMUM_OPCODES = 16  # in a line

_OSC_INIT = re.compile(r"^\s*(?P<name>\w+)(?::\w+)?\s*=?\s*OSCinit\b")
_LISTEN = re.compile(r"\bOSClisten\b")
_DECLARED = re.compile(r"(?:^\s*(?P<variable>\w+)(?::\w+)?\s*=?\s*)?\b(?P<opcode>chn_k|chn_S|chnexport)\b")
_READ = re.compile(r"(?:^\s*(?P<variable>\w+)(?::\w+)?\s+)?\bchnget(?::(?P<rate>\w))?\b")
_SET = re.compile(r"\bchnset(?::\w)?\b")
_INIT = re.compile(r"^\s*(?P<name>gk\w+)(?::k)?\s*=?\s*init\b\s*\(?\s*(?P<value>[^\s,()]+)\s*\)?\s*$")
# what both an OSC address and a text in a line of Csound's score may hold
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.:+@-]{1,64}")
_ADDRESS = re.compile(r"(?=.{2,128}$)(?:/[A-Za-z0-9_.:+@&~!=%-]+){1,16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a file has. `ports`: OSC ports of the relay's hosts; `channels`: of those that have one, the beginning."""

    controls: tuple[OrchestraControl, ...]
    ports: dict[str, int]
    channels: dict[str, float | None]
    notes: tuple[str, ...]


def find_controls(csd: Csd) -> Found:
    """Everything that can be turned, in the order of the file: OSC, then channels.

    Raises
    ------
    SessionFileError
        If an ``@range`` or a port cannot be understood; names the line.
    """
    notes: list[str] = []
    begins = dict(_initial_values(csd.statements))
    handles = dict(_ports(csd, notes))
    osc = _unique(each for statement in csd.statements for each in _heard(statement, handles, begins, notes))
    channels = _channels(csd, begins, notes)
    notes += (f"#include {name[:64]!r} is not read here, and has no control: {why}" for name, why in csd.left_out)
    controls = [*osc, *(control for control, _ in channels.values())]
    if len(controls) > MAXIMUM_CONTROLS:
        notes.append(f"{len(controls) - MAXIMUM_CONTROLS} more have no control: {MAXIMUM_CONTROLS} are shown")
    shown = tuple(controls[:MAXIMUM_CONTROLS])
    hosts = {control.host for control in shown}
    return Found(
        controls=shown,
        ports={host_of(port): port for port in handles.values() if host_of(port) in hosts},
        channels={name: begin for name, (_, begin) in channels.items()},
        notes=tuple(notes[:64]),
    )


def host_of(port: int) -> str:
    """The relay's name for what listens on a port."""
    return f"osc-{port}"


def _initial_values(statements: Iterable[Statement]) -> Iterator[tuple[str, float]]:
    for statement in statements:
        if said := _INIT.match(statement.code):
            value = number_of(said["value"])
            if value is not None:
                yield said["name"], value


def _ports(csd: Csd, notes: list[str]) -> Iterator[tuple[str, int]]:
    """Ports by the variable that holds them."""
    seen: set[int] = set()
    for statement in csd.statements:
        if not (said := _OSC_INIT.match(statement.code)):
            continue
        text = next(iter(arguments_of(statement.code[said.end() :])), "")
        port = value_of(text, csd.constants)
        where = f"{statement.where}: OSCinit"
        if port is None:
            notes.append(f"{where} has a port that only Csound knows, {text[:64]!r}: what it hears has no control")
            continue
        if not 1 <= port <= 65_535 or port != int(port):
            raise SessionFileError(f"{where} has port {text[:64]!r}; allowed: 1 to 65535, a whole number")
        seen.add(int(port))
        if len(seen) > MAXIMUM_PORTS:
            raise SessionFileError(f"{where} of more than {MAXIMUM_PORTS} ports")
        yield said["name"], int(port)


def _heard(
    statement: Statement, handles: dict[str, int], begins: dict[str, float], notes: list[str]
) -> Iterator[OrchestraControl]:
    """The messages that a line listens for."""
    for found in _opcodes(_LISTEN, statement):
        words = arguments_of(statement.code[found.end() :])
        where = f"{statement.where}: OSClisten"
        if len(words) < 2 or not (words[1].startswith('"') and words[1].endswith('"')):
            notes.append(f"{where} has no address in quotes")
            continue
        address = words[1][1:-1]
        types = words[2][1:-1] if len(words) > 2 and words[2].startswith('"') else ""
        port = handles.get(words[0])
        if port is None:
            notes.append(f"{where} {address[:64]!r}: no OSCinit with a port for {words[0][:64]!r}")
        elif not _ADDRESS.fullmatch(address):
            notes.append(f"{where} {address[:64]!r}: no plain OSC address")
        elif not set(types) <= set("fdih") or len(types) > MAXIMUM_ARGUMENTS:
            notes.append(f"{where} {address}: takes {types[:32]!r}; only numbers (f d i h) have a control")
        else:
            variables = [*words[3:], *[""] * len(types)][: len(types)]
            arguments = _arguments(statement, types, variables, begins)
            yield OrchestraControl(label=address, host=host_of(port), address=address, arguments=arguments)


def _opcodes(opcode: re.Pattern[str], statement: Statement) -> Iterator[re.Match[str]]:
    return islice(opcode.finditer(statement.code), MAXIMUM_OPCODES)


def _arguments(
    statement: Statement, types: str, variables: list[str], begins: dict[str, float]
) -> tuple[OrchestraArgument, ...]:
    ranges = ranges_of(statement)
    said = [*ranges, *[None] * len(types)][: len(types)]
    return tuple(
        _argument(variable or f"argument {number}", cast("Kind", kind), each, begins.get(variable))
        for number, (kind, variable, each) in enumerate(zip(types, variables, said, strict=True), start=1)
    )


def _argument(name: str, kind: Kind, said: OrchestraArgument | None, begin: float | None) -> OrchestraArgument:
    """As it was said, and else from 0 to 1, or as far as what it begins with needs."""
    whole = kind in "ih"
    if said is not None:
        start = begin if begin is not None and said.minimum <= begin <= said.maximum else said.default
        return argument(name, kind, said.minimum, said.maximum, start, said.law, whole=whole or said.whole)
    low, high = min(0.0, 2 * (begin or 0.0)), max(1.0, 2 * (begin or 0.0))
    return argument(name, kind, low, high, begin or 0.0, "linear", whole=whole)


def _set_before(csd: Csd) -> Iterator[tuple[str, float]]:
    """Channels that the piece itself sets before anything plays."""
    for code in outside_instruments(statement.code for statement in csd.statements):
        for said in islice(_SET.finditer(code), MAXIMUM_OPCODES):
            words = arguments_of(code[said.end() :])
            if len(words) == 2 and (value := value_of(words[0], csd.constants)) is not None:
                yield words[1].strip('"'), value


def _channels(csd: Csd, begins: dict[str, float], notes: list[str]) -> dict[str, tuple[OrchestraControl, float | None]]:
    """Control channels that can be written: those that are declared so, and then those that are only read."""
    found: dict[str, tuple[OrchestraControl, float | None]] = {}
    closed: set[str] = set()  # outputs, and texts
    set_before = dict(_set_before(csd))
    for statement in csd.statements:
        for said in _opcodes(_DECLARED, statement):
            words = arguments_of(statement.code[said.end() :])
            name = _channel_name(words, statement, notes)
            if name is None or name in found or name in closed:
                continue
            is_text = said["opcode"] == "chn_S" or (said["variable"] or "").startswith(("S", "gS"))
            if not _is_written(words) or is_text:
                closed.add(name)
                notes += _text_note(name, statement) if _is_written(words) else ()
                continue
            set_to = set_before.get(name, begins.get(said["variable"] or ""))
            found[name] = _declared(name, words, statement, set_to)
    for statement in csd.statements:
        for said in _opcodes(_READ, statement):
            rate = said["rate"] or (said["variable"] or "k").removeprefix("g")[:1]
            if rate not in "kiS":
                continue
            name = _channel_name(arguments_of(statement.code[said.end() :]), statement, notes)
            if name is None or name in found or name in closed:
                continue
            if rate == "S":
                closed.add(name)
                notes += _text_note(name, statement)
            else:
                found[name] = _channel(name, next(iter(ranges_of(statement)), None), set_before.get(name))
    return found


def _text_note(name: str, statement: Statement) -> tuple[str]:
    return (f"{statement.where}: channel {name!r} holds a text; only numbers have a control",)


def _channel_name(words: list[str], statement: Statement, notes: list[str]) -> str | None:
    if not words or not (words[0].startswith('"') and words[0].endswith('"') and len(words[0]) > 2):
        return None  # a name that is made while it plays
    name = words[0][1:-1]
    if _PLAIN_NAME.fullmatch(name):
        return name
    note = f"{statement.where}: channel {name[:64]!r} has a name that no OSC address can hold"
    if note not in notes[-MAXIMUM_OPCODES:]:
        notes.append(note)
    return None


def _is_written(words: list[str]) -> bool:
    """Whether the mode (1 in, 2 out, 3 both; or letters) lets it be written."""
    mode = words[1].strip('"') if len(words) > 1 else "1"
    return "r" in mode or mode in ("1", "3")


def _declared(
    name: str, words: list[str], statement: Statement, set_to: float | None
) -> tuple[OrchestraControl, float | None]:
    """What ``chn_k`` or ``chnexport`` says: type (1 whole, 2 linear, 3 exponential), beginning, lowest, highest."""
    kind, declared, low, high = (*(number_of(word) or 0.0 for word in words[2:6]), 0.0, 0.0, 0.0, 0.0)[:4]
    if (said := next(iter(ranges_of(statement)), None)) is not None or kind not in (1, 2, 3) or not low < high:
        return _channel(name, said, set_to)
    law: Law = "log" if kind == 3 and low > 0 else "linear"
    begin = set_to if set_to is not None and low <= set_to <= high else declared
    inside = min(high, max(low, begin))
    made = argument(name, "f", low, high, inside, law, whole=kind == 1)
    return _channel_control(name, made), inside


def _channel(name: str, said: OrchestraArgument | None, set_to: float | None) -> tuple[OrchestraControl, float | None]:
    argument = _argument(name, "f", said, set_to)
    return _channel_control(name, argument), None if said is None else argument.default


def _channel_control(name: str, argument: OrchestraArgument) -> OrchestraControl:
    return OrchestraControl(label=name, host=CHANNEL_HOST, address=f"{CHANNEL_ADDRESS}{name}", arguments=(argument,))


def _unique(controls: Iterable[OrchestraControl]) -> list[OrchestraControl]:
    """The first of each address."""
    return list({(each.host, each.address): each for each in reversed(tuple(controls))}.values())[::-1]
