"""What of a Csound orchestra can be turned from its page, and what the relay calls it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from telharmonic.protocol.decoding import Record
from telharmonic.protocol.program import State

MAXIMUM_CONTROLS = 256
MAXIMUM_ARGUMENTS = 16

Kind = Literal["f", "d", "i", "h"]
Law = Literal["linear", "log"]


class OrchestraArgument(Record, frozen=True, kw_only=True):
    """One number of a message. `whole`: without a fraction; `default` is what the orchestra begins with."""

    name: str
    type: Kind = "f"
    minimum: float = 0.0
    maximum: float = 1.0
    default: float = 0.0
    law: Law = "linear"
    whole: bool = False


class OrchestraControl(Record, frozen=True, kw_only=True):
    """One OSC message that the orchestra hears: `host` is its name in the relay. Without arguments it is a trigger."""

    label: str
    host: str
    address: str
    arguments: Annotated[tuple[OrchestraArgument, ...], Meta(max_length=MAXIMUM_ARGUMENTS)] = ()


class Orchestra(Record, frozen=True, kw_only=True):
    """A piece; `notes` say what could not be given a control, and why."""

    name: str
    controls: Annotated[tuple[OrchestraControl, ...], Meta(max_length=MAXIMUM_CONTROLS)] = ()
    notes: tuple[str, ...] = ()


class Told(Record, frozen=True, kw_only=True):
    """The numbers that the relay sent last to one address of one of its hosts."""

    host: str
    address: str
    values: tuple[float, ...]


class OrchestraView(Record, frozen=True, kw_only=True):
    """The answer to GET /api/orchestra: the piece, and how its Csound does (`state` as of a program, or empty).

    Members of its session are also told what it `said` when it ended, and what it was `told` since it was started.
    """

    orchestra: Orchestra
    state: State | Literal[""] = ""
    restarts: int = 0
    why: str = ""
    said: str = ""
    told: tuple[Told, ...] = ()
