"""The damping filters against their closed form."""

import numpy as np
import pytest
from scipy.signal import freqz

from telharmonic.dsp.one_pole import high_cut_coefficient, low_cut_amount, low_cut_coefficient

RATES_HZ = [44_100.0, 48_000.0, 96_000.0]


def _low_cut_db(cut_hz, at_hz, rate_hz):
    """Of ``low = z + g (x - z); z += 2 g (x - z); y = x - amount low``."""
    g, amount = low_cut_coefficient(cut_hz, rate_hz), low_cut_amount(cut_hz)
    low = np.array([g, g]), np.array([1.0, 2 * g - 1.0])
    _, h = freqz(*low, worN=[at_hz], fs=rate_hz)
    return 20 * np.log10(abs(1 - amount * h[0]))


def _high_cut_db(cut_hz, at_hz, rate_hz):
    p = high_cut_coefficient(cut_hz, rate_hz)
    _, h = freqz([p], [1.0, p - 1.0], worN=[at_hz], fs=rate_hz)
    return 20 * np.log10(abs(h[0]))


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("cut_hz", [21.0, 100.0, 500.0, 2000.0])
def test_low_cut_is_3_db_down_at_its_frequency(cut_hz, rate_hz):
    assert _low_cut_db(cut_hz, cut_hz, rate_hz) == pytest.approx(-3.0103, abs=1e-3)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("cut_hz", [1000.0, 5000.0, 18_000.0])
def test_high_cut_is_3_db_down_at_its_frequency(cut_hz, rate_hz):
    assert _high_cut_db(cut_hz, cut_hz, rate_hz) == pytest.approx(-3.0103, abs=1e-3)


def test_they_fall_6_db_an_octave():
    assert _low_cut_db(1000.0, 50.0, 48_000.0) - _low_cut_db(1000.0, 25.0, 48_000.0) == pytest.approx(6.02, abs=0.05)
    assert _high_cut_db(1000.0, 4000.0, 96_000.0) - _high_cut_db(1000.0, 8000.0, 96_000.0) == pytest.approx(
        6.0, abs=0.3
    )


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_the_ends_of_their_ranges_are_off(rate_hz):
    assert low_cut_amount(20.0) == 0.0
    assert high_cut_coefficient(20_000.0, rate_hz) == 1.0


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_coefficients_rise_with_frequency_and_stay_stable(rate_hz):
    cuts = np.geomspace(20, 2000, 200)
    low = [low_cut_coefficient(hz, rate_hz) for hz in cuts]
    high = [high_cut_coefficient(hz, rate_hz) for hz in np.geomspace(1000, 20_000, 200)]
    assert np.all(np.diff(low) > 0)
    assert np.all(np.diff(high) > 0)
    assert 0 < low[0] < low[-1] < 1
    assert 0 < high[0] < high[-1] <= 1
