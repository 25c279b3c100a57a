"""An atheris harness for everything that reads strangers' bytes: ``audio_messages.py -atheris_runs=100000 CORPUS``.

Anything but a TelharmonicError that comes out is a crash that atheris reports.
"""

from __future__ import annotations

import sys
from contextlib import suppress

import atheris

with atheris.instrument_imports(include=["telharmonic"]):
    from telharmonic.control.osc import OscControl
    from telharmonic.control.state import SessionFacts, SessionState
    from telharmonic.errors import TelharmonicError
    from telharmonic.protocol import osc, session_file
    from telharmonic.wire import red, rtp
    from telharmonic.wire.pcm import HEADER_BYTES, parse_header, parse_message, serialize_header


SPEC = session_file.parse_toml('[[strip]]\nid = "1"\n[[aux]]\nid = "hall"\n')
OSC = OscControl(SessionState(SPEC, SessionFacts(session_id="s", epoch=1)))


def osc_packet(data: bytes) -> None:
    """OSC, and what a session makes of it."""
    packet = osc.parse(data)
    OSC.hear(packet, 1e9, round)
    for timed in packet:
        (again,) = osc.parse(osc.serialize(timed.message))
        assert (again.message.address, again.message.arguments) == (timed.message.address, timed.message.arguments)


def one_input(data: bytes) -> None:
    """A message, its header alone, RTP, RED and OSC packets; what parses must be written back as it was."""
    with suppress(TelharmonicError):
        osc_packet(data)
    with suppress(TelharmonicError):
        assert serialize_header(parse_header(data)) == data[:HEADER_BYTES]
    with suppress(TelharmonicError):
        header, samples = parse_message(data)
        assert samples.shape == (header.frames, header.channels)
    with suppress(TelharmonicError):
        packet = rtp.parse(data)
        assert rtp.parse(rtp.serialize(packet)) == packet
    with suppress(TelharmonicError):
        blocks = red.parse(data)
        assert len(data) == 1 + 4 * (len(blocks) - 1) + sum(len(block.payload) for block in blocks)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
