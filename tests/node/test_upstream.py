"""A member's packets into a strip's ring."""

import numpy as np
import pytest

from telharmonic.audio.feed_ring import FEED_BYTES, FeedRing
from telharmonic.audio.shared_memory import SharedMemory
from telharmonic.node.upstream import DECODER_MS, Upstream
from telharmonic.sources.feed import new_feeds, play_feed
from telharmonic.wire.opus import OpusEncoder, OpusSettings
from telharmonic.wire.rtp import RtpPacket


class Line:
    """Packets of 1 kHz, 20 ms each, and the reader."""

    def __init__(self, rate_hz: int = 48_000) -> None:
        memory = SharedMemory(FEED_BYTES)
        self.ring = FeedRing(memory.part(0, FEED_BYTES))
        self.ring.reset()
        self.now_ns = 10**12
        self.upstream = Upstream(
            "mic", self.ring, rate_hz=rate_hz, stereo=True, safety=0.25, mixer_ms=1.6, now=lambda: self.now_ns
        )
        self.state = new_feeds([self.ring.address])
        self.heard: list[np.ndarray] = []
        wave = 0.5 * np.sin(2 * np.pi * 1000 / 48_000 * np.arange(960))
        sound = np.repeat(wave[:, None], 2, axis=1).astype(np.float32)
        encoder = OpusEncoder(OpusSettings(frames=960, application="audio"))
        self.payloads = [encoder.encode(sound) for _ in range(200)]
        self.sent = 0

    def packet(self, payload: bytes) -> RtpPacket:
        return RtpPacket(
            payload_type=111, sequence=self.sent % 65_536, timestamp=960 * self.sent, ssrc=5, payload=payload
        )

    def run(self, packets: int, lost: frozenset[int] = frozenset()) -> np.ndarray:
        for _ in range(packets):
            if self.sent not in lost:
                self.upstream.take(self.packet(self.payloads[self.sent % 200]))
            self.sent += 1
            for _ in range(4):
                for _ in range(2):
                    bank = np.zeros(16 * 120, np.float32)
                    play_feed(bank, 0, self.state, 48_000, 120)
                    self.heard.append(bank.reshape(120, 16)[:, 0])
                self.now_ns += 5_000_000
                self.ring.note_time(self.now_ns, 48_000, 240)
        return np.concatenate(self.heard)


def test_a_tone_is_heard_at_its_level_and_its_waiting_is_told():
    line = Line()
    heard = line.run(150)[-4800:]
    level = 2 * abs((heard * np.exp(-2j * np.pi / 48 * np.arange(4800))).mean())
    assert level == pytest.approx(0.5, abs=0.02)
    line.upstream.state()
    line.run(10)
    line.upstream.round_trip_s = 0.03
    state = line.upstream.state()
    assert (state.strip, state.hears, state.packet_ms, state.mixer_ms) == ("mic", True, 20.0, 1.6)
    assert (state.lost_frames, state.dry, state.refused_packets, state.round_trip_ms) == (0, 0, 0, 30.0)
    assert state.in_hand_ms == pytest.approx(state.target_ms, abs=2)
    assert line.upstream.delay_ms == pytest.approx(20 + DECODER_MS + 15)
    assert line.upstream.state(7).id == 7


def test_losses_are_told():
    line = Line()
    line.run(120, lost=frozenset({50, 80, 81}))
    state = line.upstream.state()
    assert (state.lost_frames, state.concealed_frames) == (2880, 2880)


def test_packets_that_the_sessions_rate_cannot_take_are_not_heard():
    line = Line(rate_hz=192_000)
    line.upstream.take(line.packet(bytes([0x1B])))  # 60 ms
    assert line.ring.written == 0


def test_what_was_written_is_handed_on():
    line, got = Line(), []
    line.upstream.on_written = lambda first, frames: got.append((first, len(frames)))
    line.run(20)
    assert [first for first, _ in got] == list(np.cumsum([0] + [count for _, count in got[:-1]]))
