"""The process as its parent sees it: without a server, and with one that comes."""

import select
import time

import pytest
from tests.transport.jack_server import Jackd, jackd

from telharmonic.audio.shared_memory import SharedMemory
from telharmonic.node.child import Child
from telharmonic.node.feeds import FeedMemory
from telharmonic.node.jack_words import Report, Setup, Strip, Watch, mix_bytes, pair, receive, send
from telharmonic.protocol.jack import ConnectRule, JackSpec

pytest.importorskip("telharmonic.transport.jack_client", exc_type=ImportError)
pytestmark = pytest.mark.realtime


class Process:
    """It, and the reports that it gives."""

    def __init__(self, setup: Setup) -> None:
        self.ours, theirs = pair()
        self.feeds, mix = FeedMemory(1), SharedMemory(mix_bytes())
        descriptors = {"words": theirs.fileno(), "feeds": self.feeds.memory.descriptor, "mix": mix.descriptor}
        arguments = [f"--{name}={descriptor}" for name, descriptor in descriptors.items()]
        self.child = Child("telharmonic.node.jack_process", (*arguments, "--slots=1"), tuple(descriptors.values()))
        theirs.close()
        self.child.request(setup)

    def until(self, holds) -> Report:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            select.select([self.ours], [], [], 1)
            for word in receive(self.ours):
                if isinstance(word, Report) and holds(word):
                    return word
        raise AssertionError("no such report came")


STRIPS = (Strip(id="synth", place=0, stereo=False),)


def test_waits_for_a_server_joins_it_and_ends_with_its_pipe():
    server = Jackd(f"p{time.monotonic_ns() % 10**9}")
    rules = (ConnectRule(source="out_1", to="synth"),)
    spec = JackSpec(server=server.name, outputs=True, rules=rules)
    process = Process(Setup(spec=spec, rate_hz=48_000, slot=0, strips=STRIPS))
    try:
        waiting = process.until(lambda report: report.needs_server)
        assert (waiting.status.state, waiting.status.why) == ("waiting", f"no JACK server {server.name!r} runs")
        server.start()
        process.until(lambda report: report.status.state == "running" and report.status.connections == 2)
        send(process.ours, Watch(patterns={"x": "telharmonic:syn*", "y": "nobody:*"}))
        assert process.until(lambda report: report.there).there == ("x",)
        assert process.feeds.ring(0, 0).is_open
    finally:
        assert process.child.close() == 0
        server.stop()
        process.ours.close()


def test_a_server_that_does_not_fit_asks_for_no_second_one():
    with jackd() as server:
        spec = JackSpec(server=server.name, resample=False)
        process = Process(Setup(spec=spec, rate_hz=44_100, slot=0, strips=STRIPS))
        try:
            told = process.until(lambda report: "48000 Hz" in report.status.why)
            assert (told.status.state, told.needs_server) == ("waiting", False)
        finally:
            process.child.close()
            process.ours.close()
