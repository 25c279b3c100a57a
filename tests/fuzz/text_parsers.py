"""An atheris harness for everything that reads strangers' text: ``python text_parsers.py -atheris_runs=100000 CORPUS``.

The first byte chooses the parser. Anything but a TelharmonicError that comes out is a crash that atheris reports.
"""

from __future__ import annotations

import sys
from contextlib import suppress

import atheris

with atheris.instrument_imports(include=["telharmonic", "tomllib"]):
    from telharmonic.control import dspnode, log, parser
    from telharmonic.control.desk import Desk
    from telharmonic.control.state import SessionFacts
    from telharmonic.errors import TelharmonicError
    from telharmonic.protocol import http_api, node_api, session_file
    from telharmonic.protocol.addresses import AddressTable
    from telharmonic.protocol.dspnode import DspNodeCommand
    from telharmonic.protocol.messages import Hello

SPEC = session_file.parse_toml('[[strip]]\nid = "1"\n[[aux]]\nid = "hall"\n')
TABLE = AddressTable(SPEC)


def message(data: bytes) -> None:
    """A member's message, and what a desk makes of it."""
    read = parser.parse(data)
    if isinstance(read, DspNodeCommand):
        dspnode.translate(read, ("1",), TABLE)
        return
    desk = Desk(SPEC, SessionFacts(session_id="s", epoch=1))
    member = desk.join(Hello(token=""), "performer").member
    desk.receive(member, data, 0)


def message_id(data: bytes) -> None:
    """The id of a message that may be wrong."""
    parser.message_id(data)


def session_toml(data: bytes) -> None:
    """A session file."""
    session_file.parse_toml(data.decode("utf-8", "replace"))


def session_json(data: bytes) -> None:
    """A session description; what is taken must survive a round trip."""
    spec = session_file.parse_json(data)
    assert session_file.parse_json(session_file.serialize_json(spec)) == spec


def command_log(data: bytes) -> None:
    """A command log."""
    log.parse(data.decode("utf-8", "replace"))


def front_door(data: bytes) -> None:
    """The two bodies that visitors may post."""
    with suppress(TelharmonicError):
        http_api.parse(data, http_api.LatencyResult)
    http_api.parse(data, http_api.CreateSession)


def node_body(data: bytes) -> None:
    """What a gateway posts to a node."""
    node_api.parse(data, node_api.StartSession)


PARSERS = (message, message, message_id, session_toml, session_json, command_log, front_door, node_body)


def read_anything(data: bytes) -> None:
    """One input."""
    if data:
        with suppress(TelharmonicError):
            PARSERS[data[0] % len(PARSERS)](data[1:])


if __name__ == "__main__":
    atheris.Setup(sys.argv, read_anything)
    atheris.Fuzz()
