"""The gain matrix against a matrix product in float64; meters against their sums; the guard against NaN."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from telharmonic.dsp import mix
from telharmonic.dsp.lanes import BANK, LANES

Samples = NDArray[np.float32]
FRAMES = 120


def noise(frames: int = FRAMES, seed: int = 1) -> Samples:
    return np.random.default_rng(seed).uniform(-1, 1, frames * BANK).astype(np.float32)


class Desk:
    """Three stereo busses of `FRAMES` frames, and everything `mix_bank` needs."""

    def __init__(self, destinations: int = 3, seed: int = 5) -> None:
        rows = mix.FIRST_DESTINATION_ROW + destinations
        self.gain = np.random.default_rng(seed).uniform(-1, 1, rows * BANK).astype(np.float32)
        self.delta = np.zeros_like(self.gain)
        self.busses = np.zeros(destinations * 2 * FRAMES, np.float32)
        starts = np.arange(destinations) * 2 * FRAMES
        self.routes = np.stack([starts, starts + 1, np.full(destinations, 2)], axis=1).astype(np.int64).ravel()
        self.destinations = destinations
        self.meter = np.zeros(mix.METERS, np.float32)
        self.bad = np.zeros(LANES, np.float32)

    def mix(self, y: Samples, start: int = 0, frames: int = FRAMES) -> None:
        mix.mix_bank(
            y[start * BANK : (start + frames) * BANK],
            self.gain,
            self.delta,
            self.busses[2 * start :],
            self.routes,
            self.destinations,
            self.meter,
            self.bad,
            frames,
        )

    def stereo(self) -> NDArray[np.float32]:
        """The busses as (destinations, frames, 2)."""
        return self.busses.reshape(self.destinations, FRAMES, 2)


def product(y: Samples, gain: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over the eight channels: `gain` (rows, 16) or (rows, frames, 16) -> (rows, frames, 2)."""
    if gain.ndim == 2:
        gain = gain[:, None]
    return (gain * y.reshape(-1, BANK).astype(float)).reshape(len(gain), -1, 2, LANES).sum(axis=-1)


def test_every_destination_gets_the_matrix_product() -> None:
    desk, y = Desk(), noise()
    desk.busses[:] = 0.25  # what is there stays
    desk.mix(y)
    expected = 0.25 + product(y, desk.gain.reshape(-1, BANK).astype(float))[1:]
    assert np.abs(desk.stereo() - expected).max() < 1e-6


def test_gains_in_motion_follow_the_ideal_ramp() -> None:
    desk, y = Desk(), noise()
    start = desk.gain.astype(float)
    target = np.random.default_rng(9).uniform(-1, 1, start.size)
    desk.delta[:] = (target - start) / FRAMES
    desk.mix(y)
    along = np.arange(FRAMES)[:, None] / FRAMES
    gain = start.reshape(-1, 1, BANK) * (1 - along) + target.reshape(-1, 1, BANK) * along
    assert np.abs(desk.stereo() - product(y, gain)[1:]).max() < 1e-5
    assert desk.gain == pytest.approx(target, abs=1e-5)
    sound = y.reshape(-1, BANK) * gain[mix.METER_ROW]
    assert desk.meter[:BANK] == pytest.approx(np.abs(sound).max(axis=0), abs=1e-5)
    assert desk.meter[BANK:] == pytest.approx((sound**2).sum(axis=0), rel=1e-4)


def test_a_fade_moves_a_steady_sound_by_equal_steps() -> None:
    """No click: between neighbours the difference is that of the ideal straight line, and nothing else."""
    desk, y = Desk(1), np.ones(FRAMES * BANK, np.float32)
    desk.gain[:], desk.delta[:] = 0, 0
    desk.gain[BANK], desk.delta[BANK] = 1.0, -1.0 / FRAMES
    desk.mix(y)
    assert np.abs(np.diff(desk.stereo()[0, :, 0]) + 1 / FRAMES).max() < 1e-6
    assert not desk.stereo()[0, :, 1].any()


@pytest.mark.parametrize("cuts", [(0, 24, 48, 120), (0, 1, 2, 9, 120), (0, 119, 120)])
def test_any_cut_gives_the_same_bits(cuts: tuple[int, ...]) -> None:
    whole, parts, y = Desk(), Desk(), noise()
    whole.mix(y)
    for start, end in pairwise(cuts):
        parts.mix(y, start, end - start)
    assert np.array_equal(whole.busses, parts.busses)
    assert np.array_equal(whole.meter[:BANK], parts.meter[:BANK])
    assert parts.meter == pytest.approx(whole.meter, rel=1e-6)


def test_a_still_destination_beside_one_in_motion_gets_the_same_bits() -> None:
    still, beside, y = Desk(), Desk(), noise()
    beside.delta[2 * BANK] = 1e-3
    still.mix(y)
    beside.mix(y)
    assert np.array_equal(still.stereo()[[0, 2]], beside.stereo()[[0, 2]])
    assert not np.array_equal(still.stereo()[1], beside.stereo()[1])


def test_a_lane_of_another_bank_is_a_destination_too() -> None:
    """Channels feed lane 6 of the next rank's bank: a group."""
    desk, y = Desk(1), noise()
    desk.busses = np.zeros(FRAMES * BANK, np.float32)
    desk.routes = np.array([6, 6 + LANES, BANK])
    desk.mix(y)
    group = desk.busses.reshape(-1, BANK)
    expected = product(y, desk.gain.reshape(-1, BANK).astype(float))[1]
    assert np.abs(group[:, [6, 6 + LANES]] - expected).max() < 1e-6
    assert not group[:, [lane for lane in range(BANK) if lane % LANES != 6]].any()


def test_a_shut_destination_is_left_alone() -> None:
    desk, y = Desk(), noise()
    desk.gain[BANK : 2 * BANK] = 0
    desk.routes[0] = desk.routes[1] = 10**9  # would be far outside if it were touched
    desk.mix(y)
    assert not desk.stereo()[0].any()
    assert desk.stereo()[1].any()


def test_meters_hold_peak_and_sum_of_squares_after_the_fader() -> None:
    desk, y = Desk(), noise()
    desk.mix(y)
    desk.mix(y)
    sound = y.reshape(-1, BANK) * desk.gain[:BANK].astype(float)
    assert desk.meter[:BANK] == pytest.approx(np.abs(sound).max(axis=0), rel=1e-6)
    assert desk.meter[BANK:] == pytest.approx(2 * (sound**2).sum(axis=0), rel=1e-5)


@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf, 1e30])
@pytest.mark.parametrize("side", [3, 3 + LANES])
def test_a_broken_channel_is_silent_and_flagged_and_the_mix_goes_on(poison: float, side: int) -> None:
    desk, clean, y = Desk(), Desk(), noise()
    without = y.copy()
    without.reshape(-1, BANK)[:, [3, 3 + LANES]] = 0
    y[50 * BANK + side] = poison
    desk.mix(y)
    clean.mix(without)
    assert np.array_equal(desk.busses, clean.busses)
    assert np.array_equal(desk.meter, clean.meter)
    assert list(np.flatnonzero(desk.bad)) == [3]
    assert not clean.bad.any()
    assert not y.reshape(-1, BANK)[:, [3, 3 + LANES]].any()


def test_a_broken_channel_behind_a_shut_fader_is_found() -> None:
    desk, y = Desk(), noise()
    desk.gain[[5, 5 + LANES]] = 0
    y[5] = np.nan
    desk.mix(y)
    assert desk.bad[5] == 1
    assert np.isfinite(desk.busses).all()


def test_input_gain_and_polarity() -> None:
    x, y = noise(), np.zeros(FRAMES * BANK, np.float32)
    gain = np.linspace(-2, 2, BANK).astype(np.float32)
    mix.gain_bank(x, y, gain, np.zeros(BANK, np.float32), FRAMES)
    assert np.array_equal(y.reshape(-1, BANK), x.reshape(-1, BANK) * gain)


def test_input_gain_in_motion_follows_the_ideal_ramp() -> None:
    x, gain, delta = np.ones(FRAMES * BANK, np.float32), np.ones(BANK, np.float32), np.zeros(BANK, np.float32)
    delta[2] = -2 / FRAMES  # polarity turned over in 120 frames
    mix.gain_bank(x, x, gain, delta, FRAMES)
    assert x.reshape(-1, BANK)[:, 2] == pytest.approx(1 - 2 * np.arange(FRAMES) / FRAMES, abs=1e-6)
    assert gain[2] == pytest.approx(-1, abs=1e-6)
    assert (x.reshape(-1, BANK)[:, 3] == 1).all()
