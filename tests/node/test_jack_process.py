"""The process as its parent sees it: without a server, and with one that comes."""

import select
import time

import pytest
from tests.transport.jack_server import Jackd

from telharmonic.audio.shared_memory import SharedMemory
from telharmonic.node.child import Child
from telharmonic.node.feeds import FeedMemory
from telharmonic.node.jack_words import Report, Setup, Strip, Watch, mix_bytes, pair, receive, send
from telharmonic.protocol.jack import ConnectRule, JackSpec

pytest.importorskip("telharmonic.transport.jack_client", exc_type=ImportError)
pytestmark = pytest.mark.realtime


def test_waits_for_a_server_joins_it_and_ends_with_its_pipe():
    server = Jackd(f"p{time.monotonic_ns() % 10**9}")
    ours, theirs = pair()
    feeds, mix = FeedMemory(1), SharedMemory(mix_bytes())
    descriptors = {"words": theirs.fileno(), "feeds": feeds.memory.descriptor, "mix": mix.descriptor}
    arguments = [f"--{name}={descriptor}" for name, descriptor in descriptors.items()]
    child = Child("telharmonic.node.jack_process", (*arguments, "--slots=1"), tuple(descriptors.values()))
    theirs.close()
    rules = (ConnectRule(source="out_1", to="synth"),)
    spec = JackSpec(server=server.name, outputs=True, rules=rules)
    child.request(Setup(spec=spec, rate_hz=48_000, slot=0, strips=(Strip(id="synth", place=0, stereo=False),)))

    def until(holds) -> Report:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            select.select([ours], [], [], 1)
            for word in receive(ours):
                if isinstance(word, Report) and holds(word):
                    return word
        raise AssertionError("no such report came")

    try:
        waiting = until(lambda report: report.needs_server)
        assert (waiting.status.state, waiting.status.why) == ("waiting", f"no JACK server {server.name!r} runs")
        server.start()
        until(lambda report: report.status.state == "running" and report.status.connections == 2)
        send(ours, Watch(patterns={"x": "telharmonic:syn*", "y": "nobody:*"}))
        assert until(lambda report: report.there).there == ("x",)
        assert feeds.ring(0, 0).is_open
    finally:
        assert child.close() == 0
        server.stop()
        ours.close()
