"""Programs that a session runs beside itself: what a session file says of them, and what is told of how they do."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from telharmonic.protocol.decoding import ID_PATTERN, Record

MAXIMUM_PROGRAMS = 16

Word = Annotated[str, Meta(max_length=4096, pattern=r"^[^\x00]*$(?!\n)")]
VariableName = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$(?!\n)")]
State = Literal["starting", "ready", "waiting", "ended", "stopped"]


class ProgramSpec(Record, frozen=True, kw_only=True):
    """One program, started with the session, started again when it ends, and ended with the session.

    With ``again = "failure"`` one that ends with status 0 has come to its end, and stays there until someone wants it.

    It counts as ready when `ready_text` is in a line that it writes, or a JACK port whose name fits the pattern
    `ready_port` is there; with neither, at once. One that is not ready within `ready_s` is started again; one with
    `needs_jack` also when the session's JACK server has come back, since few programs find their way back by
    themselves. `folder` is relative to the session file; `memory_mb`, `files` (open at a time) and `file_mb` (length
    of one that it writes) are held by the system, for each of its processes; `processes` (threads count) is how many
    more than at its start the server's user may have, which holds nobody who runs as root. One that was ready and uses
    more than `cpu_share` of a core over 10 s, with all that it started, is started again; 0: as much as it gets.
    """

    id: Annotated[str, Meta(pattern=ID_PATTERN, description="1 to 32 of a-z 0-9 _ -")]
    command: Annotated[tuple[Word, ...], Meta(min_length=1, max_length=128)]
    environment: Annotated[dict[VariableName, Word], Meta(max_length=64)] = field(default_factory=dict)
    folder: Annotated[str, Meta(max_length=255)] = ""
    ready_text: Annotated[str, Meta(max_length=256)] = ""
    ready_port: Annotated[str, Meta(max_length=256)] = ""
    needs_jack: bool = True
    again: Literal["always", "failure"] = "always"
    ready_s: Annotated[float, Meta(ge=0.1, le=600)] = 15.0
    memory_mb: Annotated[int, Meta(ge=16, le=1 << 20)] = 2048
    files: Annotated[int, Meta(ge=16, le=65_536)] = 256
    file_mb: Annotated[int, Meta(ge=0, le=1 << 20)] = 256
    processes: Annotated[int, Meta(ge=1, le=65_536)] = 256
    cpu_share: Annotated[float, Meta(ge=0, le=1024, description="cores, 0 to 1024; 0: no limit")] = 0.0


class ProgramStatus(Record, frozen=True, kw_only=True):
    """How a program does. `waiting`: it has ended and will be started again; `ended`: it has, and will not.

    `why` says how it ended, `said` what it then wrote: its last line about an error, or else the last. `cpu_share` is
    what it and all that it started use of a core, over 10 s.
    """

    id: str
    state: State
    restarts: int = 0
    why: str = ""
    said: str = ""
    cpu_share: float = 0.0
