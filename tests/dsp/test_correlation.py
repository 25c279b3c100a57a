"""Correlation against closed forms and numpy's coefficient."""

import numpy as np
import pytest

from telharmonic.dsp.correlation import Correlation


def _read(left, right):
    meter = Correlation(48_000)
    meter.process(np.stack([left, right]).astype(np.float32))
    return meter.value


SECONDS_3 = np.random.default_rng(0).standard_normal((2, 144_000))


def test_mono_reads_plus_1_and_opposite_sides_minus_1():
    assert _read(SECONDS_3[0], 0.2 * SECONDS_3[0]) == pytest.approx(1, abs=1e-6)
    assert _read(SECONDS_3[0], -SECONDS_3[0]) == pytest.approx(-1, abs=1e-6)


def test_unrelated_noise_reads_about_0():
    # 0.3 s of smoothing are about 28 800 independent products: standard deviation 0.006
    assert abs(_read(*SECONDS_3)) < 0.03


@pytest.mark.parametrize("degrees", [30, 60, 90, 120])
def test_two_sines_read_the_cosine_of_their_phase(degrees):
    time = 2 * np.pi * 1000 * np.arange(144_000) / 48_000
    wanted = np.cos(np.radians(degrees))
    assert _read(np.sin(time), np.sin(time + np.radians(degrees))) == pytest.approx(wanted, abs=2e-3)


def test_agrees_with_numpy_under_the_same_window():
    left, right = SECONDS_3[0], 0.5 * SECONDS_3[0] + SECONDS_3[1]
    weights = np.exp(-np.arange(144_000)[::-1] / (0.3 * 48_000))
    wanted = np.sum(weights * left * right) / np.sqrt(np.sum(weights * left**2) * np.sum(weights * right**2))
    assert _read(left, right) == pytest.approx(wanted, abs=1e-5)


def test_a_silent_side_reads_0_and_reset_forgets():
    assert _read(SECONDS_3[0], np.zeros(144_000)) == 0
    meter = Correlation()
    meter.process(np.ones((2, 100), np.float32))
    meter.reset()
    assert meter.value == 0


def test_any_block_size_gives_the_same_reading():
    whole, pieces = Correlation(), Correlation()
    sound = SECONDS_3.astype(np.float32)
    whole.process(sound)
    for at in range(0, 144_000, 360):
        pieces.process(sound[:, at : at + 360])
    assert pieces.value == pytest.approx(whole.value, abs=1e-6)  # float32 sums over a call, float64 between calls
