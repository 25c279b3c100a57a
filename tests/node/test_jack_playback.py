"""The mix and a JACK that runs too fast, too slow, or not at all, on simulated clocks."""

import numpy as np
import pytest

from telharmonic.audio.ring import Ring
from telharmonic.node.jack_playback import Playback

CAPACITY = 16_384
RATE = 48_000


class Outlet:
    """What waits for JACK, kept as it came."""

    def __init__(self) -> None:
        self.waiting = np.zeros((0, 2), np.float32)
        self.heard: list[np.ndarray] = []
        self.starved = 0

    @property
    def playback_fill(self) -> int:
        return len(self.waiting)

    def put(self, frames: np.ndarray) -> bool:
        self.waiting = np.concatenate([self.waiting, frames])
        return True

    def cycle(self, frames: int) -> None:
        self.heard.append(self.waiting[:frames])
        self.starved += frames - len(self.heard[-1])
        self.waiting = self.waiting[frames:]


def run(jack_hz: int, *, period: int, faster: float, seconds: float, stop_s: tuple[float, float] = (0, 0)) -> Outlet:
    """A sine of 1 kHz through it; JACK stands still between the two times of `stop_s`."""
    ring = Ring(memoryview(bytearray(Ring.size_bytes(CAPACITY))), capacity_frames=CAPACITY)
    ring.reset()
    outlet = Outlet()
    playback = Playback(ring, outlet, rate_hz=RATE, jack_hz=jack_hz, period=period)
    block_s, cycle_s = 0.005, period / (jack_hz * faster)
    next_block_s, next_cycle_s = 0.0, 0.003
    while next_cycle_s < seconds:
        if next_block_s <= next_cycle_s:
            times = (ring.written + np.arange(240)) / RATE
            ring.push(np.tile(np.sin(2 * np.pi * 1000 * times).astype(np.float32), (2, 1)))
            next_block_s += block_s
        else:
            outlet.cycle(period)
            playback.pump(period)
            next_cycle_s += cycle_s
            if stop_s[0] < next_cycle_s < stop_s[1]:
                next_cycle_s = stop_s[1]
    outlet.playback = playback
    return outlet


@pytest.mark.parametrize(
    ("jack_hz", "period", "faster"),
    [(48_000, 64, 1.0), (48_000, 256, 1.0005), (48_000, 1024, 0.9995), (44_100, 256, 0.9995), (44_100, 1024, 1.0)],
)
def test_follows_a_clock_that_drifts_without_a_hole(jack_hz, period, faster):
    outlet = run(jack_hz, period=period, faster=faster, seconds=16.0)
    heard = np.concatenate(outlet.heard)[-4 * jack_hz :]
    assert outlet.starved < 2 * period + 1000  # at the very beginning
    spectrum = np.abs(np.fft.rfft(heard[:, 0] * np.blackman(4 * jack_hz)))
    peak = np.argmax(spectrum)
    assert abs(peak / 4 - 1000 / faster) < 1.0
    beside = np.concatenate([spectrum[: peak - 40], spectrum[peak + 40 :]])
    assert beside.max() < spectrum[peak] * 1e-3  # -60 dB: no click, no wobble
    assert abs(outlet.playback.correction - (1 / faster - 1)) < 2e-4 or faster == 1.0


def test_a_jack_that_stood_still_is_not_heard_late_for_ever():
    outlet = run(48_000, period=256, faster=1.0, seconds=6.0, stop_s=(1.0, 1.3))
    assert outlet.playback_fill < outlet.playback.target_frames + 0.045 * 48_000


def test_is_as_late_as_its_target_says():
    outlet = run(48_000, period=256, faster=1.0, seconds=4.0)
    assert abs(outlet.playback_fill - outlet.playback.target_frames) < 240


@pytest.mark.parametrize(("before", "after"), [(256, 4096), (4096, 64)])
def test_another_period_is_followed_at_once(before, after):
    """What is in hand is made up or dropped within a few cycles; to play it away took seconds, audibly off pitch."""
    outlet = run(RATE, period=before, faster=1.0, seconds=3.0)
    ring = Ring(memoryview(bytearray(Ring.size_bytes(CAPACITY))), capacity_frames=CAPACITY)
    ring.reset()
    playback = Playback(ring, outlet, rate_hz=RATE, jack_hz=RATE, period=after)
    for cycle in range(1, 4 * max(before, after) // after):
        while ring.written < cycle * after:
            ring.push(np.zeros((2, 240), np.float32))
        outlet.cycle(after)
        playback.pump(after)
    assert abs(outlet.playback_fill - playback.target_frames) < after + 480
    assert abs(playback.correction) < 5e-4
