"""True peak against closed forms, EBU Tech 3341 cases 15 to 19 and an eightfold FFT interpolation."""

import numpy as np
import pytest
from scipy.signal import firwin, lfilter, resample

from telharmonic.dsp.true_peak import DELAY_FRAMES, STATE_SIZE, WEIGHTS, TruePeak, inter_sample_peaks, true_peak

RATE_HZ = 48_000


def _db(gain):
    return 20 * np.log10(gain)


def _faded_sine(frequency_hz, phase_degrees, amplitude, frames=9600, rate_hz=RATE_HZ):
    sine = amplitude * np.sin(2 * np.pi * frequency_hz * np.arange(frames) / rate_hz + np.radians(phase_degrees))
    edge = np.minimum(np.arange(frames), np.arange(frames)[::-1]) / 1000
    return (sine * np.sin(np.pi / 2 * np.minimum(edge, 1)) ** 2).astype(np.float32)


# EBU Tech 3341 table 1: (case, frequency as a part of the rate, phase, amplitude); each must read -6.0 dBTP +0.2/-0.4
EBU_CASES = [(15, 4, 0, 0.5), (16, 4, 45, 0.5), (17, 6, 60, 0.5), (18, 8, 67.5, 0.5)]


@pytest.mark.parametrize(("case", "divisor", "phase", "amplitude"), EBU_CASES)
def test_reads_minus_6_dbtp_for_ebu_3341_sines(case, divisor, phase, amplitude):
    meter = TruePeak(1)
    meter.process(_faded_sine(RATE_HZ / divisor, phase, amplitude)[None])
    assert -6.4 <= _db(meter.peaks[0]) <= -5.8


def test_reads_plus_3_dbtp_for_ebu_3341_case_19():
    meter = TruePeak(1)
    meter.process(_faded_sine(RATE_HZ / 4, 45, 1.41)[None])
    assert 2.6 <= _db(meter.peaks[0]) <= 3.2


@pytest.mark.parametrize("frequency_hz", [997.0, 5_000.0, 12_000.0, 16_000.0, 18_000.0, 20_000.0])
def test_reads_any_phase_of_a_sine_within_a_tenth_of_a_decibel(frequency_hz):
    for phase in range(0, 180, 15):
        meter = TruePeak(2)
        meter.process(np.stack([_faded_sine(frequency_hz, phase, 1.0), np.zeros(9600, np.float32)]))
        assert abs(_db(meter.peaks[0])) < 0.1
        assert meter.peaks[1] == 0


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_an_eightfold_fft_interpolation_of_noise_below_20_khz(seed):
    taps = firwin(255, 20_000, fs=RATE_HZ)
    noise = lfilter(taps, 1.0, np.random.default_rng(seed).standard_normal((2, 24_000)), axis=1)
    noise *= np.sin(np.pi * np.arange(24_000) / 24_000)
    meter = TruePeak(2)
    meter.process(noise.astype(np.float32))
    wanted = np.abs(resample(noise, 8 * 24_000, axis=1)).max(axis=1)
    np.testing.assert_allclose(_db(meter.peaks), _db(wanted), atol=0.1)


def test_never_reads_less_than_the_samples_themselves():
    noise = np.random.default_rng(5).uniform(-1, 1, (2, 9600)).astype(np.float32)
    padded = np.pad(noise, ((0, 0), (0, 2 * DELAY_FRAMES)))
    meter = TruePeak(2)
    meter.process(padded)
    assert np.all(meter.peaks >= np.abs(noise).max(axis=1) - 1e-6)


def test_tells_the_limiter_where_the_peak_is():
    sound = np.zeros(2 * 400, np.float32)
    sound[2 * 200] = 0.5
    sound[2 * 300 + 1] = -0.25
    peaks = np.zeros(400, np.float32)
    inter_sample_peaks(sound, WEIGHTS, np.zeros(STATE_SIZE, np.float32), peaks, 0.0, 400)
    assert np.argmax(peaks) in (200 + DELAY_FRAMES - 1, 200 + DELAY_FRAMES)
    assert peaks[200 + DELAY_FRAMES] == pytest.approx(0.5, rel=1e-3)
    assert peaks[300 + DELAY_FRAMES] == pytest.approx(0.25, rel=1e-3)


def test_any_block_size_gives_the_same_peaks():
    sound = np.random.default_rng(2).standard_normal(2 * 1000).astype(np.float32)
    whole, pieces = np.zeros(1000, np.float32), np.zeros(1000, np.float32)
    inter_sample_peaks(sound, WEIGHTS, np.zeros(STATE_SIZE, np.float32), whole, 0.0, 1000)
    state, at = np.zeros(STATE_SIZE, np.float32), 0
    for frames in (1, 24, 7, 120, 121, 3, 240, 484):
        inter_sample_peaks(sound[2 * at : 2 * (at + frames)], WEIGHTS, state, pieces[at : at + frames], 0.0, frames)
        at += frames
    np.testing.assert_array_equal(pieces, whole)


@pytest.mark.parametrize("highest_hz", [400, 4000, 20_000])
@pytest.mark.parametrize("passing", [0.2, 1.0, 2.0, 3.0])
def test_what_it_leaves_out_would_not_have_passed(highest_hz, passing):
    noise = np.random.default_rng(3).standard_normal((2, 48_000))
    noise = lfilter(firwin(255, highest_hz, fs=RATE_HZ), 1.0, noise, axis=1)
    sound = np.ascontiguousarray((noise / noise.std()).T.astype(np.float32)).reshape(-1)
    exact, peaks = np.zeros(48_000, np.float32), np.zeros(48_000, np.float32)
    assert inter_sample_peaks(sound, WEIGHTS, np.zeros(STATE_SIZE, np.float32), exact, 0.0, 48_000)
    passed = inter_sample_peaks(sound, WEIGHTS, np.zeros(STATE_SIZE, np.float32), peaks, passing, 48_000)
    np.testing.assert_array_equal(np.where(peaks > passing, peaks, 0), np.where(exact > passing, exact, 0))
    assert passed or not (exact > passing).any()


@pytest.mark.parametrize("highest_hz", [400, 20_000])
def test_the_meter_holds_what_the_limiter_sees(highest_hz):
    noise = np.random.default_rng(4).standard_normal((2, 24_000))
    noise = lfilter(firwin(255, highest_hz, fs=RATE_HZ), 1.0, noise, axis=1)
    sound = np.ascontiguousarray(noise.T.astype(np.float32)).reshape(-1)
    state, held, seen = np.zeros(STATE_SIZE, np.float32), np.zeros(2, np.float32), np.zeros(24_000, np.float32)
    inter_sample_peaks(sound, WEIGHTS, state.copy(), seen, 0.0, 24_000)
    for at in range(0, 24_000, 100):
        held[:] = 0 if at % 4000 == 0 else held
        true_peak(sound[2 * at : 2 * (at + 100)], WEIGHTS, state, held, 100)
        assert held.max() == seen[at // 4000 * 4000 : at + 100].max()


def test_a_reset_meter_is_as_new_and_silence_reads_zero():
    meter = TruePeak(2)
    meter.process(np.ones((2, 500), np.float32))
    meter.reset()
    meter.process(np.zeros((2, 500), np.float32))
    np.testing.assert_array_equal(meter.peaks, 0)


def test_holds_the_highest_until_the_reader_clears_it():
    state, held = np.zeros(STATE_SIZE, np.float32), np.zeros(2, np.float32)
    loud = np.full(2 * 200, 0.5, np.float32)
    true_peak(loud, WEIGHTS, state, held, 200)
    before = held.copy()
    true_peak(np.zeros(2 * 200, np.float32), WEIGHTS, state, held, 200)
    assert np.all(held >= before)
    held[:] = 0
    true_peak(np.zeros(2 * 200, np.float32), WEIGHTS, state, held, 200)
    np.testing.assert_array_equal(held, 0)
