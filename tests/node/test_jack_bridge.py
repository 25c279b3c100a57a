"""A bridge on a real jackd, its own output patched to its own input."""

import os
import signal
import time

import numpy as np
import pytest
from tests.transport.jack_server import jackd

from telharmonic.audio.feed_ring import FEED_BYTES, FeedRing
from telharmonic.audio.ring import Ring
from telharmonic.errors import NodeError
from telharmonic.node.jack_memory import JackMemory
from telharmonic.node.jack_words import Setup, Strip
from telharmonic.protocol.jack import JackSpec

jack_client = pytest.importorskip("telharmonic.transport.jack_client", exc_type=ImportError)
bridge_module = pytest.importorskip("telharmonic.node.jack_bridge")
pytestmark = pytest.mark.realtime

STRIPS = (Strip(id="a", place=0, stereo=True), Strip(id="b", place=1, stereo=False))
CAPACITY = 16_384


def test_columns_number_the_ports_of_stereo_and_mono_strips():
    assert bridge_module.columns(STRIPS) == ([(0, 1), (2, 2)], 3)


@pytest.fixture(scope="module")
def server():
    with jackd() as server:
        yield server


def make(server, rate_hz: int, **wishes):
    spec = JackSpec(server=server.name, **wishes)
    ports = [port for strip in STRIPS for port in strip.ports]
    client = jack_client.JackClient("tel", server.name, inputs=ports, outputs=["out_1", "out_2"], midi=False)
    rings = [FeedRing(memoryview(bytearray(FEED_BYTES))) for _ in STRIPS]
    for ring in rings:
        ring.reset()
    mix = Ring(memoryview(bytearray(Ring.size_bytes(CAPACITY))), capacity_frames=CAPACITY)
    mix.reset()
    memory = JackMemory(jack_client.function_address)
    setup = Setup(spec=spec, rate_hz=rate_hz, slot=0, strips=STRIPS)
    try:
        return bridge_module.JackBridge(setup, client, memory, rings.__getitem__, mix), client, rings, mix
    except BaseException:
        client.close()
        raise


@pytest.mark.parametrize("rate_hz", [48_000, 44_100])
def test_the_mix_goes_out_and_what_is_patched_comes_in_at_the_sessions_rate(server, rate_hz):
    bridge, client, rings, mix = make(server, rate_hz)
    client.connect([("out_1", "a_2"), ("out_2", "b")])
    sound = np.sin(2 * np.pi * 1000 * np.arange(8000) / rate_hz).astype(np.float32)
    mix.push(np.stack([sound[:4096], 0.5 * sound[:4096]]))
    mix.push(np.stack([sound[4096:], 0.5 * sound[4096:]]))
    end = time.monotonic() + 20
    while rings[0].written < 12_000 and time.monotonic() < end:
        time.sleep(0.005)
        bridge.pump(time.monotonic())
    status = bridge.status(server.name, 3, 100.0)
    assert bridge.status(server.name, 3, 100.4).state == "running"
    bridge.close()
    assert (status.state, status.client, status.reconnects, status.sample_rate_hz) == ("running", "tel", 3, 48_000)
    heard = rings[0].view(0, 4096)
    assert not heard[:, 0].any()
    for ring, side, level in ((rings[0], 1, 1.0), (rings[1], 0, 0.5), (rings[1], 1, 0.5)):
        frames = np.concatenate([ring.view(first, 4000) for first in (0, 4000, 8000)])[:, side]
        peak = np.abs(frames).max()
        assert abs(peak - level) < 0.02 * level
        start = np.argmax(np.abs(frames) > 0.2 * level) + 500
        spectrum = np.abs(np.fft.rfft(frames[start : start + 4000] * np.hanning(4000)))
        assert abs(np.argmax(spectrum) * rate_hz / 4000 - 1000) < rate_hz / 4000


def test_without_resampling_another_rate_is_refused(server):
    with pytest.raises(NodeError, match="runs at 48000 Hz; without resampling it must be 44100 Hz"):
        make(server, 44_100, resample=False)


def test_without_resampling_the_frames_are_those_that_were_sent(server):
    bridge, client, rings, mix = make(server, 48_000, resample=False)
    client.connect([("out_1", "b")])
    numbers = np.arange(1, 2001, dtype=np.float32)
    mix.push(np.stack([numbers, numbers]))
    bridge._playback.correction = 0.0
    end = time.monotonic() + 20
    while rings[1].written < 6000 and time.monotonic() < end:
        time.sleep(0.005)
        bridge.pump(time.monotonic())
    bridge.close()
    assert rings[1].written % 256 == 0  # whole periods


def test_another_period_of_the_server_is_followed(server):
    bridge, client, rings, _ = make(server, 48_000)
    try:
        client.changed.clear()
        client._client.blocksize = 1024
        assert client.changed.wait(10)
        end = time.monotonic() + 10
        while client.period != 1024 and time.monotonic() < end:
            time.sleep(0.01)
        bridge.follow_period()
        before, writer = rings[0].written, bridge._writer
        while rings[0].written < before + 5 * 1024 and time.monotonic() < end:
            time.sleep(0.005)
            bridge.pump(time.monotonic())
        assert rings[0].written >= before + 5 * 1024
        assert writer._message_frames == bridge._piece == 1024
        bridge.follow_period()
        assert bridge._writer is writer  # nothing has changed
    finally:
        client._client.blocksize = 256
        bridge.close()


def test_a_server_that_stands_still_is_not_said_to_run():
    with jackd() as server:
        bridge, _, _, _ = make(server, 48_000)
        time.sleep(0.2)  # some cycles
        assert bridge.status(server.name, 0, 100.0).state == "running"
        os.kill(server._process.pid, signal.SIGSTOP)
        try:
            time.sleep(0.1)
            bridge.status(server.name, 0, 101.0)  # may have seen its last cycles
            still = bridge.status(server.name, 0, 102.0)
        finally:
            os.kill(server._process.pid, signal.SIGCONT)
        assert (still.state, still.why) == ("waiting", "the JACK server stands still")
        bridge.close()
