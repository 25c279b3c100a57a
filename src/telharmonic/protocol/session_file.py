"""Session files: TOML text or JSON in, a checked `SessionSpec` out, and back."""

from __future__ import annotations

import itertools
import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

import msgspec

from telharmonic.errors import NotFoundError, ParameterError, SessionFileError, TelharmonicError
from telharmonic.protocol.addresses import AddressTable, initial_values
from telharmonic.protocol.decoding import MAXIMUM_DEPTH, decode, explain
from telharmonic.protocol.jack import MIDI_PORTS, OUTPUT_PORTS, input_ports
from telharmonic.protocol.parameters import Value
from telharmonic.protocol.routing import check_routing
from telharmonic.protocol.session import (
    MAXIMUM_POINTS_IN_ALL,
    LaneSpec,
    SessionSpec,
    StripSpec,
)

LIMIT_BYTES = 1024 * 1024
LINE_LIMIT = 8192  # characters
# A key of more than 16 parts, since tomllib's time grows with the square of their number: 1 MiB of them took 59 s.
_LONG_KEY = re.compile(r"(?:\.[^.=,]*){17}")

_decoder = msgspec.json.Decoder(SessionSpec)


def parse_toml(text: str) -> SessionSpec:
    """The session that a TOML file describes, checked.

    Raises
    ------
    SessionFileError
        Naming the key, its value and what is allowed, or the line that is not TOML.
    """
    if len(text.encode(errors="surrogatepass")) > LIMIT_BYTES:
        raise SessionFileError(f"a session file of more than {LIMIT_BYTES} bytes")
    for number, line in enumerate(text.split("\n"), start=1):
        _check_line(line, number)
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as problem:
        raise SessionFileError(f"not TOML: {problem}") from None
    _check_plain(raw)
    try:
        spec = msgspec.convert(raw, SessionSpec)
    except msgspec.ValidationError as problem:
        raise SessionFileError(str(explain(problem, SessionSpec, raw))) from None
    return check(spec)


def parse_json(data: bytes | str) -> SessionSpec:
    """The session that JSON of the same shape describes, checked.

    Raises
    ------
    SessionFileError
        As `parse_toml`.
    """
    try:
        return check(decode(data, _decoder, limit_bytes=LIMIT_BYTES))
    except SessionFileError:
        raise
    except TelharmonicError as problem:
        raise SessionFileError(str(problem)) from None


def check(spec: SessionSpec) -> SessionSpec:
    """The same session if everything in it fits together.

    Raises
    ------
    SessionFileError
        For an id used twice, a path that leaves the folder, a value out of its range, channels in a circle ...
    """
    for kind, parts in _named(spec):
        _check_unique(kind, parts)
    for file in spec.files:
        _check_path(file)
    for strip in spec.strips:
        _check_source(strip)
    if spec.loop.end_s < spec.loop.start_s or (spec.loop.on and spec.loop.end_s == spec.loop.start_s):
        raise SessionFileError(f"loop.end_s is {spec.loop.end_s:g}; allowed: above start_s ({spec.loop.start_s:g})")
    _check_lanes(spec.lanes)
    for program in spec.programs:
        if program.folder:
            _check_path(program.folder)
    try:
        spec = _in_own_types(spec)
    except (ParameterError, NotFoundError) as problem:
        raise SessionFileError(str(problem)) from None
    values = initial_values(spec)
    _check_midi(spec)
    _check_ports(spec)
    check_routing([address.removesuffix("/output") for address in values if address.endswith("/output")], values)
    return spec


def serialize_json(spec: SessionSpec) -> bytes:
    """UTF-8 JSON that `parse_json` reads back as the same session."""
    return msgspec.json.encode(spec)


def _named(spec: SessionSpec) -> Iterable[tuple[str, list[str]]]:
    yield "strip", [strip.id for strip in spec.strips]
    yield "group", [group.id for group in spec.groups]
    yield "aux", [aux.id for aux in spec.auxes]
    yield "impulse", [impulse.id for impulse in spec.impulses]
    yield "recording", [recording.id for recording in spec.recordings]
    yield "scene", [scene.name for scene in spec.scenes]
    yield "program", [program.id for program in spec.programs]
    yield "automation", [lane.address for lane in spec.lanes]


def _check_midi(spec: SessionSpec) -> None:
    table = AddressTable(spec)
    for rule in spec.jack.midi_rules if spec.jack is not None else ():
        try:
            table.row(rule.address)
        except (ParameterError, NotFoundError) as problem:
            raise SessionFileError(f"jack.midi: {problem}") from None


def _check_ports(spec: SessionSpec) -> None:
    """JACK knows a client's ports by their names alone."""
    jack = spec.jack_wish
    if jack is None:
        return
    owners = dict.fromkeys(OUTPUT_PORTS if jack.outputs else (), "jack.outputs")
    owners |= dict.fromkeys(MIDI_PORTS if jack.has_midi else (), "jack.midi")
    for strip in spec.strips:
        for port in input_ports(strip.id, stereo=bool(strip.stereo)) if strip.source == "jack" else ():
            if port in owners:
                ours = f"strip {strip.id!r} has a JACK port {port!r}, as {owners[port]} has"
                raise SessionFileError(f"{ours}; allowed: names that differ")
            owners[port] = f"strip {strip.id!r}"


def _check_unique(kind: str, names: list[str]) -> None:
    name, count = Counter(names).most_common(1)[0] if names else ("", 0)
    if count > 1:
        raise SessionFileError(f"{kind} {name!r} is there {count} times; allowed: once")


def _check_source(strip: StripSpec) -> None:
    if strip.source == "grains":
        if len(strip.clips) != 1:
            raise SessionFileError(f"strip {strip.id!r} of grains has {len(strip.clips)} clips; allowed: one")
        if strip.clips[0].loop or strip.clips[0].start_s:
            allowed = "file, offset_s, duration_s, gain_db"
            raise SessionFileError(f"strip {strip.id!r} of grains has a clip with start_s or loop; allowed: {allowed}")
    elif strip.source is not None and strip.clips:
        raise SessionFileError(f"strip {strip.id!r} has both clips and source = {strip.source!r}; allowed: one")


def _check_path(file: str) -> None:
    path = PurePosixPath(file)
    odd = "\\" in file or ":" in file or file.startswith("~") or not file.isprintable()
    if odd or path.is_absolute() or ".." in path.parts or path == PurePosixPath():
        raise SessionFileError(f"file {file!r} is not allowed; allowed: a relative path with / and without '..'")


def _in_own_types(spec: SessionSpec) -> SessionSpec:
    """The session with every set value checked and in its parameter's type ("-inf" is -120.0, 1 is true)."""
    table = AddressTable(spec)
    replace = msgspec.structs.replace

    def checked(values: Mapping[str, Value], prefix: str = "") -> dict[str, Value]:
        return {name: table.check(prefix + name, value) for name, value in values.items()}

    return replace(
        spec,
        strips=tuple(replace(each, values=checked(each.values, f"strip/{each.id}/")) for each in spec.strips),
        groups=tuple(replace(each, values=checked(each.values, f"group/{each.id}/")) for each in spec.groups),
        auxes=tuple(replace(each, values=checked(each.values, f"aux/{each.id}/")) for each in spec.auxes),
        master=replace(spec.master, values=checked(spec.master.values, "master/")),
        scenes=tuple(replace(each, values=checked(each.values)) for each in spec.scenes),
        lanes=tuple(_lane_in_own_type(table, each) for each in spec.lanes),
    )


def _lane_in_own_type(table: AddressTable, lane: LaneSpec) -> LaneSpec:
    points = tuple((at_s, table.check(lane.address, value)) for at_s, value in lane.points)
    return msgspec.structs.replace(lane, points=points)


def _check_lanes(lanes: Iterable[LaneSpec]) -> None:
    total = sum(len(lane.points) for lane in lanes)
    if total > MAXIMUM_POINTS_IN_ALL:
        raise SessionFileError(f"{total} points of automation; allowed: up to {MAXIMUM_POINTS_IN_ALL}")
    for lane in lanes:
        for (before_s, _), (at_s, _) in itertools.pairwise(lane.points):
            if at_s < before_s:
                raise SessionFileError(f"automation {lane.address!r} has a point at {at_s:g} s behind {before_s:g} s")


def _check_line(line: str, number: int) -> None:
    if len(line) > LINE_LIMIT:
        raise SessionFileError(f"line {number} has {len(line)} characters; allowed: up to {LINE_LIMIT}")
    if _LONG_KEY.search(line) and not line.lstrip().startswith("#"):
        raise SessionFileError(
            f"line {number} has a key of more than {MAXIMUM_DEPTH} parts; allowed: up to {MAXIMUM_DEPTH}"
        )


def _check_plain(raw: Any) -> None:
    """Refuse what TOML can say and JSON cannot (dates, NaN), and nesting deeper than any session's."""
    pending = [(raw, 0)]
    while pending:
        value, depth = pending.pop()
        if depth > MAXIMUM_DEPTH:
            raise SessionFileError(f"tables more than {MAXIMUM_DEPTH} deep; allowed: up to {MAXIMUM_DEPTH}")
        if isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            pending.extend((each, depth + 1) for each in inner)
        elif isinstance(value, float) and math.isnan(value):
            raise SessionFileError("nan is not a value")
        elif not isinstance(value, str | int | float | bool):
            raise SessionFileError(f"{value} is not a value; allowed: numbers, text, true and false")
