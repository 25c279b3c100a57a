"""OSC to one program."""

import socket

import pytest

from telharmonic.errors import NodeError
from telharmonic.transport.osc_sender import OscSender


def test_a_packet_arrives_and_nobody_else_can_answer():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as program:
        program.bind(("127.0.0.1", 0))
        program.settimeout(20)
        sender = OscSender("127.0.0.1", program.getsockname()[1])
        sender.send(b"/a\0\0,\0\0\0")
        data, place = program.recvfrom(64)
        assert data == b"/a\0\0,\0\0\0"
        assert sender._socket.getpeername() == program.getsockname()
        assert place[0] == "127.0.0.1"
        sender.close()


def test_a_program_that_is_not_there_is_no_error():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sender = OscSender("127.0.0.1", port)
    for _ in range(3):  # the second send is told by the kernel that nobody listens
        sender.send(b"/a\0\0,\0\0\0")
    sender.close()


def test_an_unknown_name_is_one_error():
    with pytest.raises(NodeError, match=r"nowhere\.invalid"):
        OscSender("nowhere.invalid", 9)
