"""The third-octave spectrum against closed forms and scipy's periodogram."""

import numpy as np
import pytest
from scipy.signal import periodogram

from telharmonic.dsp.spectrum import BANDS, CENTRES_HZ, FLOOR_DB, Plan, Spectrum, size

RATES = [44_100, 48_000, 96_000]


def _bands(sound, rate_hz):
    spectrum = Spectrum(rate_hz)
    spectrum.process(sound.astype(np.float32))
    return spectrum.bands_db


def test_centres_are_the_nominal_third_octaves():
    nominal = [20, 25, 31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600]
    nominal += [2000, 2500, 3150, 4000, 5000, 6300, 8000, 10_000, 12_500, 16_000, 20_000]
    np.testing.assert_allclose(CENTRES_HZ, nominal, rtol=0.02)


@pytest.mark.parametrize("rate_hz", RATES)
def test_a_sine_reads_its_rms_in_its_own_band(rate_hz):
    time = np.arange(2 * size(rate_hz)) / rate_hz
    for band in range(7, BANDS):  # from 100 Hz up, where a band is wider than the window's main lobe
        sine = 0.5 * np.sin(2 * np.pi * CENTRES_HZ[band] * time)
        bands = _bands(np.stack([sine, sine]), rate_hz)
        assert bands[band] == pytest.approx(20 * np.log10(0.5) - 3.01, abs=0.3)
        assert np.delete(bands, [band - 1, band, min(band + 1, BANDS - 1)]).max() < bands[band] - 40


def test_low_sines_peak_in_their_own_band():
    time = np.arange(16_384) / 48_000
    for band in range(1, 7):
        assert np.argmax(_bands(np.sin(2 * np.pi * CENTRES_HZ[band] * time)[None], 48_000)) == band


@pytest.mark.parametrize("rate_hz", RATES)
def test_agrees_with_scipy_for_noise(rate_hz):
    points = size(rate_hz)
    noise = np.random.default_rng(3).standard_normal((2, points)) * 0.1 * np.array([[1.0], [0.5]])
    hz, density = periodogram(noise, rate_hz, window="hann", detrend=False)
    power = density.mean(axis=0) * rate_hz / points
    bands = _bands(noise, rate_hz)
    for band in range(10, BANDS):
        low, high = CENTRES_HZ[band] * 10**-0.05, min(CENTRES_HZ[band] * 10**0.05, 0.4999 * rate_hz)
        share = np.clip((np.minimum(high, hz + hz[1] / 2) - np.maximum(low, hz - hz[1] / 2)) / hz[1], 0, 1)
        assert bands[band] == pytest.approx(10 * np.log10(np.sum(share * power)), abs=0.05)


def test_all_bands_add_up_to_the_power_of_the_sound():
    plan = Plan(48_000)
    noise = np.random.default_rng(4).standard_normal((2, plan.size)) * 0.1
    total = 10 * np.log10(np.sum(10 ** (_bands(noise, 48_000) / 10)))
    covered = (CENTRES_HZ[-1] * 10**0.05 - CENTRES_HZ[0] * 10**-0.05) / 24_000
    assert total == pytest.approx(10 * np.log10(0.01 * covered), abs=0.3)


def test_one_side_alone_counts_half():
    time = np.arange(8192) / 48_000
    sine = np.sin(2 * np.pi * 1000 * time)
    both, one = _bands(np.stack([sine, sine]), 48_000), _bands(np.stack([sine, 0 * sine]), 48_000)
    assert both[17] - one[17] == pytest.approx(3.01, abs=0.01)


def test_any_block_size_gives_the_same_bands():
    noise = np.random.default_rng(5).standard_normal((2, 12_000)).astype(np.float32)
    whole, pieces = Spectrum(), Spectrum()
    whole.process(noise)
    at = 0
    for frames in [120, 1, 7, 4000, 120, 6000, 1752]:
        pieces.process(noise[:, at : at + frames])
        at += frames
    assert at == 12_000
    np.testing.assert_allclose(pieces.bands_db, whole.bands_db, atol=1e-4)


def test_silence_and_a_reset_read_the_floor():
    spectrum = Spectrum()
    spectrum.process(np.ones((2, 9000), np.float32))
    spectrum.reset()
    np.testing.assert_array_equal(spectrum.bands_db, FLOOR_DB)
