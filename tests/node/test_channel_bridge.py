"""Channels by OSC: what Csound is told, and a program that stands in its place."""

import os
import signal
import socket
import subprocess
import sys

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telharmonic.node.channel_bridge import PIPE_BYTES, Bridge, pieces, score_lines
from telharmonic.protocol.osc import OscMessage, serialize, serialize_bundle

ECHO = "import sys\nprint('begun', flush=True)\nfor line in sys.stdin: print(line, end='', flush=True)"


def packet(address: str, *arguments) -> bytes:
    return serialize(OscMessage(address, arguments))


def test_a_message_is_a_line_of_score_and_the_last_value_counts():
    lines = score_lines(
        [
            packet("/channel/cutoff", 440.0),
            serialize_bundle([OscMessage("/channel/level", (0.25,)), OscMessage("/channel/cutoff", (880.0,))]),
            packet("/channel/steps", 3),
        ]
    )
    assert lines == [
        b'i "telharmonic_channel" 0 0 "level" 0.25\n',
        b'i "telharmonic_channel" 0 0 "cutoff" 880\n',
        b'i "telharmonic_channel" 0 0 "steps" 3\n',
    ]


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"#bundle\0",
        packet("/channel/a", float("nan")),
        packet("/channel/a", float("inf")),
        packet("/channel/a", 1e30),
        packet("/channel/a", "1"),
        packet("/channel/a", 1.0, 2.0),
        packet("/channel/a"),
        packet('/channel/a"x', 1.0),
        packet("/channel/a/b", 1.0),
        packet("/channel/" + "a" * 65, 1.0),
        packet("/other/a", 1.0),
    ],
)
def test_what_is_no_value_of_a_channel_says_nothing_to_csound(packet):
    assert score_lines([packet]) == []


@given(st.binary(max_size=200))
def test_whatever_comes_makes_lines_of_one_form_or_none(data):
    for line in score_lines([data]):
        assert line.startswith(b'i "telharmonic_channel" 0 0 "')
        assert line.count(b"\n") == 1


def test_lines_are_put_together_as_far_as_a_pipe_takes_them_whole():
    lines = score_lines([packet(f"/channel/c{number}", 1.0) for number in range(256)])
    made = pieces(lines)
    assert b"".join(made) == b"".join(lines)
    assert all(len(each) <= PIPE_BYTES and each.endswith(b"\n") for each in made)
    assert pieces([]) == []


def test_a_pipe_that_is_full_or_gone_keeps_nobody_waiting():
    theirs, ours = os.pipe()
    os.set_blocking(ours, False)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.setblocking(False)
        bridge = Bridge(listening, ours)
        listening.sendto(packet("/channel/a", 1.0), listening.getsockname())
        bridge.take()
        assert os.read(theirs, 100) == b'i "telharmonic_channel" 0 0 "a" 1\n'
        try:
            while True:
                os.write(ours, b"x" * 4096)
        except BlockingIOError:
            pass
        listening.sendto(packet("/channel/a", 1.0), listening.getsockname())
        bridge.take()
        os.close(theirs)
        listening.sendto(packet("/channel/a", 1.0), listening.getsockname())
        bridge.take()
    os.close(ours)


class Running:
    """A bridge in front of a program, on a port of its own."""

    def __init__(self, folder, *command: str) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        words = ["-m", "telharmonic.node.channel_bridge", "--port", str(self.port), "--folder", str(folder), "--"]
        self.process = subprocess.Popen(
            [sys.executable, *words, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )

    def read(self) -> bytes:
        return self.process.stdout.readline()

    def end(self) -> int:
        status = self.process.wait(20)
        self.process.stdout.close()
        self.process.stderr.close()
        return status


@pytest.fixture
def run(tmp_path):
    running = []

    def start(*command: str) -> Running:
        running.append(Running(tmp_path, *command))
        return running[-1]

    yield start
    for each in running:
        if each.process.poll() is None:
            os.killpg(each.process.pid, signal.SIGKILL)
            each.end()


def test_a_program_is_told_runs_in_its_folder_and_ends_with_the_group(run, tmp_path):
    bridge = run(sys.executable, "-c", f"import os; print(os.getcwd(), flush=True)\n{ECHO}")
    assert bridge.read().decode().strip() == str(tmp_path)
    assert bridge.read() == b"begun\n"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
        sending.sendto(packet("/channel/level", 0.5), ("127.0.0.1", bridge.port))
    assert bridge.read() == b'i "telharmonic_channel" 0 0 "level" 0.5\n'
    (port,) = (
        line.laddr
        for line in psutil.Process(bridge.process.pid).net_connections("udp")
        if line.laddr.port == bridge.port
    )
    assert port.ip == "127.0.0.1"
    os.killpg(bridge.process.pid, signal.SIGTERM)
    assert bridge.end() == 128 + signal.SIGTERM


def test_it_ends_with_its_program_and_its_status(run):
    assert run(sys.executable, "-c", "raise SystemExit(7)").end() == 7


def test_a_program_or_a_folder_that_is_not_there_is_one_line(run, tmp_path):
    bridge = run(str(tmp_path / "none"))
    assert bridge.process.stderr.read().count(b"\n") == 1
    assert bridge.end() == 1
