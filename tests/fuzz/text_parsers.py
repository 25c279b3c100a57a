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
    from telharmonic.transport.offer import compose_answer, parse_offer, renew_answer
    from telharmonic.transport.trickle import parse_fragment, write_fragment

SPEC = session_file.parse_toml('[[strip]]\nid = "1"\n[[aux]]\nid = "hall"\n')
TABLE = AddressTable(SPEC)
ANSWER = """v=0\r
o=- 1 1 IN IP4 0.0.0.0\r
s=-\r
t=0 0\r
m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r
c=IN IP4 0.0.0.0\r
a=mid:0\r
a=sctp-port:5000\r
a=max-message-size:65536\r
a=ice-ufrag:abcd\r
a=ice-pwd:abcdefghijklmnopqrstuvwx\r
a=fingerprint:sha-256 AA\r
a=setup:active\r
"""


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


def offer(data: bytes) -> None:
    """An SDP offer; what is taken can be answered."""
    taken = parse_offer(data.decode("utf-8", "replace"))
    if taken.audio is None:
        answer = compose_answer(taken, ANSWER, frame_ms=5.0)
        assert renew_answer(answer, "u" * 4, "p" * 22, []).count("a=ice-ufrag:") == 1


def fragment(data: bytes) -> None:
    """Trickled candidates; what is taken can be written back."""
    taken = parse_fragment(data.decode("utf-8", "replace"))
    again = parse_fragment(write_fragment(taken.ufrag or "u" * 4, taken.pwd or "p" * 22, list(taken.candidates), ()))
    assert again.candidates == taken.candidates


PARSERS = (message, offer, message_id, session_toml, session_json, command_log, front_door, node_body, fragment)


def read_anything(data: bytes) -> None:
    """One input."""
    if data:
        with suppress(TelharmonicError):
            PARSERS[(data[0] - ord("0")) % len(PARSERS)](data[1:])


if __name__ == "__main__":
    atheris.Setup(sys.argv, read_anything)
    atheris.Fuzz()
