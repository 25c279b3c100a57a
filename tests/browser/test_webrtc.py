"""The WebRTC line in Chromium: heard as PCM is, placed as PCM is, left when it breaks, and taken up again."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from tests.browser.conftest import longest_silence_s

A_HZ, B_HZ, RATE_HZ = 440.0, 1000.0, 48_000
LEVEL_DB = -26.0  # of each of `sides`
OPEN = """
const {connect} = await import("/client/session.js");
const session = await connect({url: argument.links.ws, token: argument.tokens.performer, ...argument.options});
await session.listen();
globalThis.telharmonic = session;
"""
WATCH = """
globalThis.connections = [];
globalThis.policy = {};
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(options) {
    super({...options, ...globalThis.policy});
    globalThis.connections.push(this);
  }
};
"""
NO_PATH = "globalThis.policy = {iceTransportPolicy: 'relay'};"  # and there is no relay: as where UDP is blocked


@pytest.fixture
def visit(page, console_server, sides):
    """``visit(transport, script)``: listen to a new session that way, after a script of the page; it plays."""
    from tests.browser.conftest import Listener

    page.add_init_script(WATCH)

    def visit(transport: str, script: str = "") -> Listener:
        page.goto(f"{console_server.url}/status.html")
        listener = Listener(page)
        listener.run(script + OPEN, {**console_server.open(sides), "options": {"transport": transport}})
        listener.tell(type="play")
        return listener

    return visit


def on_webrtc(listener: Any) -> None:
    listener.wait_until("s.stats().transport === 'webrtc' && s.stats().playedFrame > 0")


def test_level_pitch_and_sides_come_through_webrtc(visit):
    listener = visit("webrtc")
    on_webrtc(listener)
    listener.wait_until("s.stats().control === 'webrtc' && s.stats().packets > 100")
    stats = listener.stats()
    heard = listener.hear(1.0, listener.frame_after_now() + RATE_HZ // 2)
    assert (stats["shared"], stats["control"], stats["why"]) == (True, "webrtc", "asked for")
    assert stats["cipher"].startswith("SRTP_")
    # both decoders were tried, and the one that answered sooner was taken
    assert {"wasm", "webcodecs"} <= set(stats["decoderWhy"].replace(";", "").split())
    assert stats["decoder"] == stats["decoderWhy"].split()[0]
    # the encoder's noise at 128 kbit/s lies far below; a mono line would put both tones on both sides
    assert heard.level_db(A_HZ) == pytest.approx(LEVEL_DB, abs=0.5)
    assert heard.level_db(B_HZ) < LEVEL_DB - 30
    right = type(heard)(**{**vars_of(heard), "left": heard.right})
    assert right.level_db(B_HZ) == pytest.approx(LEVEL_DB, abs=0.5)
    assert right.level_db(A_HZ) < LEVEL_DB - 30


def vars_of(heard: Any) -> dict[str, Any]:
    return {name: getattr(heard, name) for name in heard.__dataclass_fields__}


def test_without_the_webassembly_decoder_the_browsers_own_one_is_heard(page, visit):
    page.route("**/vendor/opus-decoder.js", lambda route: route.abort())
    listener = visit("webrtc")
    on_webrtc(listener)
    listener.wait_until("s.stats().packets > 100")
    stats = listener.stats()
    assert stats["decoder"] == "webcodecs"
    assert "wasm: " in stats["decoderWhy"]
    assert listener.level_db(A_HZ, LEVEL_DB, 0.5) == pytest.approx(LEVEL_DB, abs=0.5)


def silenced_at(listener: Any) -> float:
    """Frame of the session at which a mute, set for a frame, has taken the low tone down by half; from that frame."""
    heard = listener.run(
        """const {frame} = await s.sendCommand({type: "set", address: "session/tempo", value: 120});
        const at_frame = frame + 24000;
        await s.sendCommand({type: "set", address: "strip/a/mute", value: true, at_frame});
        const c = await s.capture(0.3, {fromFrame: at_frame - 4800});
        await s.sendCommand({type: "set", address: "strip/a/mute", value: false});
        return {from: c.streamFrame - at_frame, rate: c.sampleRateHz, left: c.left};"""
    )
    left = np.asarray(heard["left"])
    period = round(heard["rate"] / A_HZ)
    envelope = np.sqrt(np.convolve(left**2, np.ones(period) / period, "same"))
    half = np.flatnonzero(envelope < envelope[period : 10 * period].mean() / 2)[0]
    return float(heard["from"] + half * RATE_HZ / heard["rate"])


@pytest.mark.alone
def test_sound_lies_at_the_same_frames_as_by_websocket(visit):
    """Each way five times, of which the middle one counts: a busy machine stretches one or the other."""
    listener = visit("webrtc")
    on_webrtc(listener)
    by_webrtc = np.median([silenced_at(listener) for _ in range(5)])
    listener.run("await s.close()")
    listener = visit("websocket")
    listener.wait_until("s.stats().playedFrame > 0")
    by_websocket = np.median([silenced_at(listener) for _ in range(5)])
    assert abs(by_webrtc - by_websocket) < 48  # 1 ms; the encoder alone delays by 2.5


def test_where_no_path_is_found_pcm_is_heard_and_the_reason_told(visit):
    listener = visit("webrtc", NO_PATH)
    listener.wait_until("s.stats().why.startsWith('WebRTC') && s.stats().fillMs > 0")
    stats = listener.stats()
    assert stats["transport"] == "websocket"
    assert stats["why"] in ("WebRTC: the connection failed", "WebRTC: no sound came within 3 s")
    assert listener.hear(0.5).level_db(A_HZ) == pytest.approx(LEVEL_DB, abs=0.5)
    listener.run("globalThis.policy = {}")  # now there is a path
    on_webrtc(listener)


@pytest.mark.alone
def test_a_connection_that_breaks_gives_way_to_pcm_without_a_long_silence_and_loses_no_command(visit):
    """Silence of at most 50 ms, the middle one of three tries: a machine that stands still does so by any way."""
    silences = []
    for _ in range(3):
        listener = visit("webrtc")
        on_webrtc(listener)
        listener.wait_until("s.stats().control === 'webrtc'")
        got = listener.run(
            """const capture = s.capture(0.8);
            await new Promise((resolve) => setTimeout(resolve, 300));
            connections.at(-1).close();
            const fader = -Math.random();
            const ack = await s.sendCommand({type: "set", address: "strip/b/fader", value: fader});
            const c = await capture;
            return {left: c.left, rate: c.sampleRateHz, ack: ack.type,
                    kept: s.state.values["strip/b/fader"] === fader};"""
        )
        assert (got["ack"], got["kept"]) == ("ack", True)
        silences.append(longest_silence_s(got["left"], got["rate"]))
    assert np.median(silences) <= 0.05, silences


@pytest.mark.alone
def test_a_short_line_is_left_to_pcm_by_itself(visit):
    listener = visit("auto")
    listener.wait_until("s.stats().playedFrame > 0 && s.stats().roundTripMs > 0")
    listener.hear_once(2.0)  # longer than it takes to judge the round trip
    stats = listener.stats()
    assert (stats["transport"], stats["codec"], stats["why"]) == ("websocket", "PCM", "the line is short")


def test_the_browsers_own_player_plays_it_where_scripts_get_no_encoded_sound(visit):
    listener = visit("audio")
    listener.wait_until("s.stats().transport === 'audio' && s.stats().packetsReceived > 100")
    left, right = listener.run(
        """const context = new AudioContext();
        const split = new ChannelSplitterNode(context, {numberOfOutputs: 2});
        new MediaStreamAudioSourceNode(context, {mediaStream: s.stream}).connect(split);
        const sides = [0, 1].map((side) => {
          const analyser = new AnalyserNode(context, {fftSize: 8192, smoothingTimeConstant: 0});
          split.connect(analyser, side);
          return analyser;
        });
        const loudest = (analyser) => {
          const bins = new Float32Array(analyser.frequencyBinCount);
          analyser.getFloatFrequencyData(bins);
          return bins.indexOf(Math.max(...bins)) * context.sampleRate / analyser.fftSize;
        };
        for (;;) {
          await new Promise((resolve) => setTimeout(resolve, 200));
          const found = sides.map(loudest);
          if (Math.min(...found) > 0) return found;
        }"""
    )
    assert left == pytest.approx(A_HZ, abs=15)
    assert right == pytest.approx(B_HZ, abs=15)
    assert "Opus" in listener.stats()["codec"] or "opus" in listener.stats()["codec"]


LISTEN_UNASKED = """
addEventListener("load", async () => {
  const {connect} = await import("/client/session.js");
  const session = await connect({url: created.links.ws, token: created.tokens.performer, transport: "audio"});
  session.on("blocked", (blocked) => console.info("blocked", blocked));
  globalThis.telharmonic = session;
  session.listen();
  document.body.addEventListener("click", () => session.listen());
});
"""


def test_a_browser_that_wants_a_click_first_is_told_of_and_plays_after_it(chromium, console_server, sides):
    """By the page's own script: what Playwright runs in it counts as a click, waiting for a condition too."""
    from tests.browser.conftest import MUST_ASK, Listener

    context = chromium(MUST_ASK).new_context()
    page = context.new_page()
    page.add_init_script(f"globalThis.created = {json.dumps(console_server.open(sides))};{LISTEN_UNASKED}")
    with page.expect_console_message(lambda message: message.text == "blocked true"):
        page.goto(f"{console_server.url}/status.html")
    with page.expect_console_message(lambda message: message.text == "blocked false"):
        page.mouse.click(5, 5)
    listener = Listener(page)
    listener.wait_until("s.audible && s.stats().transport === 'audio' && s.stats().packets > 100")
    context.close()
