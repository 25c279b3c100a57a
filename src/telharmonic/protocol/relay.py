"""The OSC relay's words: what a queue is, and the file that says who may send what where.

```toml
origins = ["https://stage.example"]        # pages of others that may post
[[host]]
name = "slave01"
target = "10.0.0.21:3666"
[[allow]]
hosts = ["slave*"]
address = "/grain/gkDens"
roles = ["anyone"]
arguments = [{types = "f", minimum = 0, maximum = 2000}]
```

``docs/osc.md`` explains every key.
"""

from __future__ import annotations

import tomllib
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from telharmonic.errors import SessionFileError, TelharmonicError
from telharmonic.protocol.decoding import Record, decode, explain
from telharmonic.protocol.message import ClientMessage
from telharmonic.protocol.osc_pattern import compiled
from telharmonic.protocol.parts import MessageId, Role
from telharmonic.protocol.toml_text import plain, toml_text

BODY_BYTES = 64 * 1024
QUEUE_LIMIT = 64
FILE_BYTES = 256 * 1024
Speaking = Literal["anyone", "listener", "controller", "performer"]
ANYONE: Speaking = "anyone"  # who shows no token; in a rule: whoever it is
# why a queue is refused
Reason = Literal["rate", "form", "host", "address", "role", "arguments", "size", "session", "token", "origin"]
Cell = Annotated[str, Meta(max_length=256)] | bool | int | float | None
Item = Annotated[
    tuple[Cell, ...],
    Meta(min_length=2, max_length=130, description="host, address, and a type and a value for each argument"),
]
Queue = Annotated[tuple[Item, ...], Meta(max_length=QUEUE_LIMIT)]


class OscQueue(Record, frozen=True, kw_only=True):
    """The body of ``POST /osc``."""

    queue: Queue


class RelayOk(Record, frozen=True, kw_only=True):
    """Its answer: everything was sent on."""

    ok: Literal["ok"] = "ok"


class Osc(ClientMessage, frozen=True, kw_only=True, tag="osc"):
    """Have the relay send OSC: host, address, then a type and a value for each argument. All of it is sent, or none."""

    id: MessageId
    queue: Queue


class RelayWish(Record, frozen=True, kw_only=True):
    """What the gateway passes to the node: the queue, and who it comes from (an address; a session and role)."""

    queue: Queue
    who: str
    role: Speaking = "anyone"
    session: str = ""


class RelayRefused(Record, frozen=True, kw_only=True):
    """What the gateway refused itself, without asking the node: by whom (an address), why, and how often."""

    who: str
    reason: Reason
    times: int = 1


class RelayRefusals(Record, frozen=True, kw_only=True):
    """What it refused since it last said so."""

    refused: tuple[RelayRefused, ...]


class ArgumentRule(Record, frozen=True, kw_only=True):
    """What one argument may be: one of these types, a number in a range, a text out of some."""

    types: Annotated[str, Meta(pattern=r"^[ifdhsTF]{1,7}$(?!\n)", description="letters of i f d h s T F")]
    minimum: float | None = None
    maximum: float | None = None
    choices: Annotated[tuple[str, ...], Meta(max_length=64)] | None = None
    optional: bool = False


class AllowRule(Record, frozen=True, kw_only=True):
    """One thing that may be sent. `hosts` and `address` may be OSC patterns."""

    address: Annotated[str, Meta(min_length=2, max_length=128)]
    hosts: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], Meta(min_length=1, max_length=64)]
    roles: tuple[Speaking, ...] = ("performer", "controller")
    arguments: Annotated[tuple[ArgumentRule, ...], Meta(max_length=64)] = ()


class HostRule(Record, frozen=True, kw_only=True):
    """A name that queues use, and what it means.

    `target` is ``address:port`` of a program that listens for OSC, or ``session``: the session whose token is shown;
    or ``session/strip/3``: that part of it, whose name then stands before every address.
    """

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}$(?!\n)", description="1 to 64 of a-z A-Z 0-9 . _ -")]
    target: Annotated[str, Meta(min_length=1, max_length=255)]
    messages_per_s: Annotated[float, Meta(gt=0, le=100_000)] = 1000.0


class RelayFile(Record, frozen=True, kw_only=True, rename={"hosts": "host"}):
    """The whole file."""

    hosts: Annotated[tuple[HostRule, ...], Meta(min_length=1, max_length=256)]
    allow: Annotated[tuple[AllowRule, ...], Meta(max_length=1024)] = field(default=())
    origins: Annotated[tuple[str, ...], Meta(max_length=64)] = ()
    messages_per_s: Annotated[float, Meta(gt=0, le=100_000)] = 200.0  # of one visitor


def parse_relay_file(text: str) -> RelayFile:
    """The rules that a TOML file holds.

    Raises
    ------
    SessionFileError
        Naming the key, its value and what is allowed.
    """
    if len(text) > FILE_BYTES:
        raise SessionFileError(f"a relay file of more than {FILE_BYTES} bytes")
    try:
        raw = tomllib.loads(text)
        found = msgspec.convert(raw, RelayFile)
        _check(found)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise SessionFileError(f"the relay file is not TOML: {problem}") from None
    except msgspec.ValidationError as problem:
        raise SessionFileError(f"the relay file: {explain(problem, RelayFile, raw)}") from None
    except TelharmonicError as problem:
        raise SessionFileError(f"the relay file: {problem}") from None
    return found


def serialize_relay_file(rules: RelayFile) -> str:
    """TOML that `parse_relay_file` reads back as the same rules.

    Raises
    ------
    SessionFileError
        If the rules do not fit together, or the file would be longer than one may be.
    """
    text = toml_text(plain(rules))
    parse_relay_file(text)
    return text


def _check(found: RelayFile) -> None:
    names = [host.name for host in found.hosts]
    if len(set(names)) < len(names):
        raise SessionFileError(f"host {max(names, key=names.count)!r} is there twice")
    for host in found.hosts:
        split_target(host)
    for rule in found.allow:
        compiled(rule.address)
        for pattern in rule.hosts:
            if not any(compiled(f"/{pattern}").matches(f"/{name}") for name in names):
                raise SessionFileError(f"allow {rule.address!r}: no host is called {pattern!r}")


def split_target(host: HostRule) -> tuple[str, int] | str:
    """Address and port of a target, or what stands before every address in a session ("" or ``/strip/3``).

    Raises
    ------
    SessionFileError
        If it is neither.
    """
    kind, _, part = host.target.partition("/")
    if kind == "session":
        return f"/{part}" if part else ""
    address, colon, port = host.target.rpartition(":")
    if not colon or not address or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65_535:
        raise SessionFileError(
            f"host {host.name!r}: target is {host.target!r}; allowed: address:port, session or session/strip/ID"
        )
    return address.strip("[]"), int(port)


_queue = msgspec.json.Decoder(OscQueue)


def parse_queue(data: bytes) -> OscQueue:
    """The body of a request.

    Raises
    ------
    MessageError, ParameterError
        If it is too long, too deep, or no queue.
    """
    return decode(data, _queue, limit_bytes=BODY_BYTES)


def speaking(role: Role | None) -> Speaking:
    """What the rules call someone of this role, or without any."""
    return role if role is not None else "anyone"
