"""Server and browser in a network of their own, in which UDP can be blocked: the sound changes over, and comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.browser.conftest import CHROMIUM, Listener, longest_silence_s

A_HZ, LEVEL_DB, RATE_HZ = 440.0, -26.0, 48_000
LONGEST_SILENCE_S = 0.05
TRIES = 3
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
return {left, rate: sampleRateHz, answers: await globalThis.turning,
        value: s.state.values["strip/b/fader"]};
"""


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


@pytest.mark.alone
def test_where_udp_is_blocked_pcm_takes_over_at_once_and_gives_way_when_it_is_open_again(visit, block):
    """Silence of at most 50 ms, the middle one of three tries: a machine that stands still does so by any way."""
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
    assert np.median(silences) <= LONGEST_SILENCE_S, silences
    stats = by(listener, "webrtc")
    assert stats["why"] == "asked for"
    assert listener.level_db(A_HZ, LEVEL_DB, 0.5) == pytest.approx(LEVEL_DB, abs=0.5)


# What is heard of both: the browser's own player, as its track is played, and the worklet
RECORD = """
const {context} = s.outputNode;
if (!globalThis.recorder) {
  globalThis.recorded = [];
  globalThis.recorder = context.createScriptProcessor(1024, 2, 1);
  recorder.onaudioprocess = ({inputBuffer}) => recorded.push(...inputBuffer.getChannelData(0));
  s.outputNode.connect(recorder);
  recorder.connect(context.destination);
}
globalThis.track?.disconnect();
globalThis.track = context.createMediaStreamSource(s.stream);
track.connect(recorder);
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
        by(listener, "websocket")
        recorded = listener.run(
            "await new Promise((resolve) => setTimeout(resolve, 500));"
            "return {left: recorded.splice(0), rate: s.outputNode.context.sampleRate};"
        )
        stats = listener.stats()
        assert (stats["why"], stats["control"]) == ("WebRTC: its packets stopped coming", "websocket")
        assert listener.level_db(A_HZ, LEVEL_DB, 0.5) == pytest.approx(LEVEL_DB, abs=0.5)
        block(False)
        silences.append(longest_silence_s(recorded["left"], recorded["rate"]))
    assert np.median(silences) <= LONGEST_SILENCE_S, silences


TURN_ONCE = """
globalThis.captured = s.capture(2);
const turn = s.sendCommand({type: "set", address: "strip/b/fader", value: -6});
globalThis.turned = turn.then(({type}) => type, ({code}) => code);
"""
TURNED_ONCE = """
const {left, sampleRateHz} = await globalThis.captured;
return {left, rate: sampleRateHz, answer: await globalThis.turned,
        value: s.state.values["strip/b/fader"]};
"""


@pytest.mark.alone
def test_a_websocket_that_breaks_is_not_heard_where_sound_comes_by_webrtc(visit, block):
    listener = visit("webrtc")
    silences = []
    for _ in range(TRIES):
        by(listener, "webrtc")
        listener.wait_until("s.stats().control === 'webrtc' && s.link.state === 'open'")
        block(True, "tcp")
        listener.wait_until("s.link.state !== 'open'")
        listener.run(TURN_ONCE)
        assert listener.run("return globalThis.turned") == "ack"  # without a WebSocket
        block(False, "tcp")
        found = listener.run(TURNED_ONCE)
        listener.wait_until("s.link.state === 'open'")
        stats = listener.stats()
        assert (stats["transport"], stats["control"], stats["why"]) == ("webrtc", "webrtc", "asked for")
        assert found["value"] == pytest.approx(-6)
        silences.append(longest_silence_s(found["left"], found["rate"]))
    assert np.median(silences) <= LONGEST_SILENCE_S, silences
