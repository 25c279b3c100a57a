"""Server and browser in a network of their own, in which UDP can be blocked: the sound changes over, and comes back."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.browser.conftest import CHROMIUM, Listener

A_HZ, LEVEL_DB, RATE_HZ = 440.0, -26.0, 48_000
LONGEST_SILENCE_S = 0.05
TRIES = 5
OPEN = """
const {connect} = await import("/client/session.js");
const {createSession} = await import("/client/front-door.js");
const created = await createSession(argument.sides);
const {transport} = argument;
const session = await connect({url: created.links.ws, token: created.tokens.performer, transport});
await session.listen();
globalThis.telharmonic = session;
await session.sendCommand({type: "play"});
"""
# A fader is turned all the time: each of its commands is to be answered, and the last one to hold
TURN = """
globalThis.turning = (async () => {
  const answers = [];
  for (let n = 0; n < 30; n++) {
    const answer = s.sendCommand({type: "set", address: "strip/b/fader", value: -n / 10});
    answers.push(answer.then(({type}) => type, ({code}) => code));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return Promise.all(answers);
})();
globalThis.captured = s.capture(1.8);
"""
TURNED = """
const {left, sampleRateHz} = await globalThis.captured;
return {left: Array.from(left), rate: sampleRateHz, answers: await globalThis.turning,
        value: s.state.values["strip/b/fader"]};
"""


@pytest.fixture(scope="module")
def network() -> Iterator[tuple[str, ...]]:
    """The command that runs another one in a new network with one interface beside loopback."""
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("iptables"):
        pytest.skip("a network namespace needs root, ip and iptables")
    name = f"telharmonic-{os.getpid()}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    inside = ("ip", "netns", "exec", name)
    try:
        for words in (
            ["link", "set", "lo", "up"],
            ["link", "add", "wire", "type", "veth", "peer", "name", "far"],  # no browser offers loopback alone
            ["address", "add", "10.83.0.1/24", "dev", "wire"],
            ["link", "set", "wire", "up"],
            ["link", "set", "far", "up"],
        ):
            subprocess.run([*inside, "ip", *words], check=True)
        yield inside
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)


@pytest.fixture
def block(network: tuple[str, ...]) -> Callable[[bool], None]:
    """``block(True)``: UDP is dropped without a word, as by a firewall; ``block(False)``: no longer."""

    def block(wanted: bool) -> None:
        action = "--append" if wanted else "--delete"
        subprocess.run([*network, "iptables", action, "INPUT", "--protocol", "udp", "--jump", "DROP"], check=True)

    return block


@pytest.fixture
def visit(network, start_server, chromium, sides, tmp_path: Path) -> Iterator[Callable[[str], Listener]]:
    """``visit(transport)``: a page in that network that listens so."""
    server = start_server(tmp_path / "state", inside=network)
    script = tmp_path / "chromium"
    script.write_text(f'#!/bin/sh\nexec {" ".join(network)} {CHROMIUM} "$@"\n')
    script.chmod(0o755)
    context = chromium(executable=str(script)).new_context()

    def visit(transport: str) -> Listener:
        page = context.new_page()
        page.goto(f"{server.url}/status.html")
        listener = Listener(page)
        listener.run(OPEN, {"sides": sides, "transport": transport})
        return listener

    yield visit
    context.close()


def by(listener: Listener, transport: str) -> dict[str, Any]:
    """Wait until the sound comes that way; what is known then."""
    listener.wait_until(f"s.stats().transport === '{transport}' && s.stats().fillMs > 0", timeout_s=60)
    return listener.stats()


def longest_silence_s(left: Any, rate_hz: float) -> float:
    loud = np.flatnonzero(np.abs(np.asarray(left)) > 1e-3)
    return float(np.diff(loud).max() / rate_hz)


@pytest.mark.alone
def test_where_udp_is_blocked_pcm_takes_over_at_once_and_gives_way_when_it_is_open_again(visit, block):
    """Silence of at most 50 ms, the middle one of five tries: a machine that stands still does so by any way."""
    listener = visit("webrtc")
    silences = []
    for _ in range(TRIES):
        by(listener, "webrtc")
        listener.wait_until("s.stats().control === 'webrtc'")
        listener.run(TURN)
        block(True)
        found = listener.run(TURNED)
        stats = by(listener, "websocket")
        assert found["answers"] == ["ack"] * 30
        assert found["value"] == pytest.approx(-2.9)
        assert (stats["why"], stats["codec"], stats["control"]) == (
            "WebRTC: its packets stopped coming",
            "PCM",
            "websocket",
        )
        assert listener.level_db(A_HZ, LEVEL_DB, 0.5) == pytest.approx(LEVEL_DB, abs=0.5)
        block(False)
        silences.append(longest_silence_s(found["left"], found["rate"]))
    print(silences)
    assert np.median(silences) <= LONGEST_SILENCE_S, silences
    stats = by(listener, "webrtc")
    assert stats["why"] == "asked for"
    assert listener.level_db(A_HZ, LEVEL_DB, 0.5) == pytest.approx(LEVEL_DB, abs=0.5)


# What is heard of both: the browser's own player, as its track is played, and the worklet
RECORD = """
const context = s.outputNode.context;
const recorder = context.createScriptProcessor(1024, 2, 1);
globalThis.recorded = [];
recorder.onaudioprocess = ({inputBuffer}) => recorded.push(...inputBuffer.getChannelData(0));
const pcm = s.outputNode;
pcm.connect(recorder);
globalThis.listenTo = (stream) => context.createMediaStreamSource(stream).connect(recorder);
listenTo(s.stream);
recorder.connect(context.destination);
await new Promise((resolve) => setTimeout(resolve, 1000));
recorded.length = 0;
"""


@pytest.mark.alone
def test_the_browsers_own_player_is_left_at_once_too(visit, block):
    listener = visit("audio")
    silences = []
    for _ in range(TRIES):
        listener.wait_until("s.stats().transport === 'audio' && s.stats().packetsReceived > 400", timeout_s=60)
        listener.run(RECORD)
        block(True)
        stats = by(listener, "websocket")
        recorded = listener.run(
            "await new Promise((resolve) => setTimeout(resolve, 500));"
            "return {left: recorded.splice(0), rate: s.outputNode.context.sampleRate};"
        )
        block(False)
        assert (stats["why"], stats["control"]) == ("WebRTC: its packets stopped coming", "websocket")
        assert listener.level_db(A_HZ, LEVEL_DB, 0.5) == pytest.approx(LEVEL_DB, abs=0.5)
        silences.append(longest_silence_s(recorded["left"], recorded["rate"]))
    print(silences)
    assert np.median(silences) <= LONGEST_SILENCE_S, silences
