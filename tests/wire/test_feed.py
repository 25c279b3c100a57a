"""The writer of a feed on simulated clocks: a source that is fast or slow, a line that is uneven, a reader by ticks."""

import math

import numpy as np
import pytest

from telharmonic.audio.feed_ring import FEED_BYTES, FeedRing
from telharmonic.audio.shared_memory import SharedMemory
from telharmonic.errors import ParameterError
from telharmonic.sources.feed import new_feeds, play_feed
from telharmonic.wire.feed import FeedWriter

TICK_S = 0.005


class Line:
    """A source of 1 kHz with a clock of its own, a line that delays, and the engine's reader."""

    def __init__(
        self, *, drift=0.0, late_s=lambda n: 0.0, message=240, source_hz=48_000, rate=48_000, channels=2, tick_s=TICK_S
    ):
        memory = SharedMemory(FEED_BYTES)
        self.ring = FeedRing(memory.part(0, FEED_BYTES))
        memory.close()
        self.ring.reset()
        self.rate, self.message, self.source_hz, self.channels = rate, message, source_hz, channels
        self.tick_s, self.quanta = tick_s, round(tick_s * rate / 120)
        self.period_s = message / (source_hz * (1 + drift))
        self.late_s = late_s
        self.writer = FeedWriter(self.ring, rate_hz=rate, source_hz=source_hz, message_frames=message)
        self.state = new_feeds([self.ring.address])
        self.sent = self.ticks = 0
        self.time_s = 1000.0
        self.heard, self.in_hand = [], []

    def message_of(self, n: int) -> np.ndarray:
        at = np.arange(n * self.message, (n + 1) * self.message)
        wave = 0.5 * np.sin(2 * np.pi * 1000 / self.source_hz * at)
        return np.repeat(wave[:, None], self.channels, axis=1).astype(np.float32)

    def run(self, seconds: float, lost=lambda n: False, reading: bool = True) -> np.ndarray:
        """Let time go on; what was heard, left."""
        first, end_s = len(self.heard), self.time_s + seconds
        while self.time_s < end_s:
            due_s = 1000.0 + (self.sent + 1) * self.period_s + self.late_s(self.sent)
            tick_s = 1000.0 + self.ticks * self.tick_s
            self.time_s = min(due_s, tick_s)
            if due_s <= tick_s:
                if not lost(self.sent):
                    self.writer.arrived(due_s, self.sent * self.message)
                    self.writer.write(self.message_of(self.sent), self.sent * self.message)
                    if self.writer.in_hand_s is not None:
                        self.in_hand.append((self.time_s, self.writer.in_hand_s, self.writer.target_s))
                self.sent += 1
            else:
                self.ticks += 1
                if reading:
                    self.read(tick_s)
        return np.concatenate(self.heard[first:]) if len(self.heard) > first else np.zeros(0)

    def read(self, tick_s: float) -> None:
        for _ in range(self.quanta):
            bank = np.zeros(16 * 120, np.float32)
            play_feed(bank, 0, self.state, self.rate, 120)
            self.heard.append(bank.reshape(120, 16)[:, 0])
        self.ring.note_time(round((tick_s + self.tick_s) * 1e9), self.rate, 120 * self.quanta)


def level_and_frequency(heard: np.ndarray, rate: int = 48_000, near_hz: float = 1000) -> tuple[float, float]:
    """Peak and frequency by the phase of one bin from half to half."""
    half = len(heard) // 2 // 480 * 480
    turn = np.exp(-2j * np.pi * near_hz / rate * np.arange(half))
    a, b = (
        (heard[:half] * turn).sum(),
        (heard[half : 2 * half] * turn).sum() * np.exp(-2j * np.pi * near_hz / rate * half),
    )
    return 2 * abs(b) / half, near_hz + np.angle(b / a) / (2 * math.pi) * rate / half


@pytest.mark.parametrize("drift", [0.0, 2e-4, -2e-4, 3e-3, -3e-3])
def test_a_source_with_its_own_clock_is_held_at_the_target_for_a_minute_without_a_gap(drift):
    line = Line(drift=drift)
    line.run(12)
    heard = line.run(50)
    assert (line.ring.dry, line.ring.jumps, line.ring.missed_frames, line.writer.dropped_frames) == (0, 0, 0, 0)
    level, hz = level_and_frequency(heard[-9600:], near_hz=1000 * (1 + drift))
    assert level == pytest.approx(0.5, abs=0.001)
    assert hz == pytest.approx(1000 * (1 + drift), abs=0.05 + 60 * abs(drift))  # it swings around it
    assert line.writer.settled_drift == pytest.approx(drift, abs=1e-4)
    errors_s = [in_hand - target for time_s, in_hand, target in line.in_hand if time_s > 1030]
    assert (
        np.abs(errors_s).max() < 0.001 + abs(drift) / 2
    )  # the mean arrival lags by half a second and a second in turn


def test_an_uneven_line_is_covered_by_its_spread_and_no_more():
    jitter = np.random.default_rng(1).uniform(0, 0.01, 20_000)
    line = Line(late_s=lambda n: jitter[n], message=240)
    line.run(4)
    dry = line.ring.dry
    line.run(40)
    assert line.ring.dry - dry <= 1
    mean_s = np.mean([in_hand for time_s, in_hand, _ in line.in_hand if time_s > 1020])
    assert 0.008 < mean_s < 0.02  # late by up to 5 ms against the mean, 5 ms of the engine's block, some leeway


@pytest.mark.parametrize("rate", [48_000, 96_000])
def test_blocks_half_as_long_ask_for_that_much_less_in_hand(rate):
    jitter = np.random.default_rng(2).uniform(0, 0.001, 20_000)
    means_ms = []
    for tick_s in (0.0025, 0.005):
        line = Line(late_s=lambda n: jitter[n], message=120, rate=rate, tick_s=tick_s)
        line.run(30)
        dry = line.ring.dry
        line.run(20)
        assert line.ring.dry == dry
        means_ms.append(1000 * np.mean([in_hand for time_s, in_hand, _ in line.in_hand if time_s > 1030]))
    assert means_ms[1] - means_ms[0] == pytest.approx(2.5, abs=0.3)


def test_longer_blocks_that_were_announced_find_enough_in_hand():
    # uneven at first, so that the target comes down by a block; then blocks begin 2 ms after a message
    line = Line(message=120, tick_s=0.0025, late_s=lambda n: 0.005 if n < 1200 and n % 7 == 0 else 0.0005)
    read = line.read

    def read_and_announce(tick_s: float) -> None:
        read(tick_s)
        line.ring.note_time(round((tick_s + line.tick_s) * 1e9), line.rate, 240)

    line.run(48)
    line.read = read_and_announce
    line.run(3)
    dry = line.ring.dry
    line.run(0.0025 * (line.ticks % 2))
    line.tick_s, line.quanta, line.ticks, line.read = 0.005, 2, line.ticks // 2, read
    line.run(10)
    assert line.ring.dry == dry


def test_a_line_that_stops_fades_and_goes_on_with_the_least_delay():
    line = Line()
    line.run(8)
    heard = line.run(2, lost=lambda n: 1700 <= n < 1740)  # 0.2 s
    assert line.ring.dry == 1
    assert 0.15 * 48_000 < line.ring.missed_frames < 0.25 * 48_000
    assert np.abs(np.diff(heard)).max() < 1.3 * 0.5 * 2 * math.pi * 1000 / 48_000
    line.run(12)
    assert line.writer.in_hand_s == pytest.approx(line.writer.target_s, abs=0.001)


def test_a_session_that_nobody_hears_loses_the_old_sound_and_not_the_new():
    line = Line()
    line.run(3)
    line.run(5, reading=False)
    assert line.writer.dropped_frames > 4 * 48_000
    assert abs(line.writer.settled_drift) < 2e-4  # what nobody takes is no drift of the source
    line.ticks = math.ceil((line.time_s - 1000.0) / TICK_S)
    heard = line.run(3)
    assert np.abs(np.diff(heard)).max() < 1.3 * 0.5 * 2 * math.pi * 1000 / 48_000
    assert level_and_frequency(heard[-9600:]) == (pytest.approx(0.5, abs=0.001), pytest.approx(1000, abs=1))
    assert line.ring.in_hand_frames < 1500


@pytest.mark.parametrize(
    ("source_hz", "rate", "message"), [(48_000, 44_100, 960), (44_100, 48_000, 256), (48_000, 96_000, 120)]
)
def test_any_rate_becomes_the_sessions(source_hz, rate, message):
    line = Line(source_hz=source_hz, rate=rate, message=message, channels=1)
    quanta = iter(np.diff(np.floor(np.arange(10_000) * rate * TICK_S / 120)).astype(int))

    def read(tick_s: float) -> None:
        for _ in range(next(quanta)):
            bank = np.zeros(16 * 120, np.float32)
            play_feed(bank, 0, line.state, rate, 120)
            line.heard.append(bank.reshape(120, 16)[:, 0])
        line.ring.note_time(round((tick_s + TICK_S) * 1e9), rate, 240)

    line.read = read
    line.run(8)
    heard = line.run(4)
    assert line.ring.dry == 0
    level, hz = level_and_frequency(heard[-rate // 5 :], rate)
    assert level == pytest.approx(0.5, abs=0.002)
    assert hz == pytest.approx(1000, abs=2)  # the target may still be falling: up to 0.5 % of the speed


@pytest.mark.parametrize(
    ("wrong", "name"),
    [({"rate_hz": 1}, "rate_hz"), ({"source_hz": 500_000}, "source_hz"), ({"message_frames": 9000}, "message_frames")],
)
def test_what_cannot_be_is_refused_by_name(wrong, name):
    ring = Line().ring
    with pytest.raises(ParameterError, match=name):
        FeedWriter(ring, **{"rate_hz": 48_000, "source_hz": 48_000, "message_frames": 240, **wrong})
