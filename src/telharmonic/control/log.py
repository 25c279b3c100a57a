"""A session's commands as a text file: one JSON line each, with the frame at which the engine took it.

```
{"log": "telharmonic.v1", "sample_rate_hz": 48000}
{"frame": 0, "message": {"type": "play", "id": 1}}
{"frame": 48000, "message": {"type": "set", "id": 2, "address": "strip/1/fader", "value": -6.0, "ramp_s": 0.5}}
```

`telharmonic bounce --log` plays it again, to the same samples.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

import msgspec

from telharmonic.control.translate import LoggedMessage, to_command, to_message
from telharmonic.engine.commands import LogEntry
from telharmonic.errors import MessageError, ParameterError
from telharmonic.protocol.decoding import Record, decode
from telharmonic.protocol.messages import MESSAGE_LIMIT_BYTES
from telharmonic.protocol.parts import Frame

T = TypeVar("T")

LIMIT_BYTES = 256 * 1024 * 1024
LINE_LIMIT_BYTES = 32 * MESSAGE_LIMIT_BYTES  # undoing may put a whole scene back: 4800 values of 64 strips are 140 KB


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLog:
    """Commands in the order in which the engine must be given them."""

    sample_rate_hz: int
    entries: tuple[LogEntry, ...]


class _Header(Record, frozen=True, kw_only=True):
    log: Literal["telharmonic.v1"]
    sample_rate_hz: Literal[44_100, 48_000, 96_000]


class _Line(Record, frozen=True, kw_only=True):
    frame: Frame
    message: LoggedMessage


_header = msgspec.json.Decoder(_Header)
_line = msgspec.json.Decoder(_Line)


def serialize(log: CommandLog) -> str:
    """The whole log as text, a line feed after every line."""
    header = _Header(log="telharmonic.v1", sample_rate_hz=log.sample_rate_hz)  # type: ignore[arg-type]
    lines: Iterable[Record] = (
        _Line(frame=entry.frame, message=to_message(entry.command, log.sample_rate_hz)) for entry in log.entries
    )
    return "".join(msgspec.json.encode(each).decode() + "\n" for each in (header, *lines))


def parse(text: str) -> CommandLog:
    """A log from its text; entries sorted by frame, those of one frame in the file's order.

    Raises
    ------
    MessageError
        Naming the line and what is wrong in it.
    """
    if len(text) > LIMIT_BYTES:
        raise MessageError(f"a command log of more than {LIMIT_BYTES} bytes")
    lines = text.split("\n")  # not splitlines(): JSON strings may hold U+2028
    if not lines[0]:
        raise MessageError("an empty command log; its first line says its sample rate")
    header = _read(lines[0], _header, 1)
    entries = []
    for number, line in enumerate(lines[1:], start=2):
        if line.strip():
            read = _read(line, _line, number)
            command = to_command(read.message, read.message.id, header.sample_rate_hz)
            entries.append(LogEntry(frame=read.frame, command=command))
    entries.sort(key=lambda entry: entry.frame)
    return CommandLog(sample_rate_hz=header.sample_rate_hz, entries=tuple(entries))


def _read(line: str, decoder: msgspec.json.Decoder[T], number: int) -> T:
    try:
        return decode(line, decoder, limit_bytes=LINE_LIMIT_BYTES)
    except (MessageError, ParameterError) as problem:
        raise MessageError(f"line {number} of the command log: {problem}") from None
