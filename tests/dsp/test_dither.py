import numpy as np
import pytest
from scipy.signal import periodogram

from telharmonic.dsp.dither import Dither
from telharmonic.errors import ParameterError

RATE_HZ = 48_000


def sine(level_steps: float, bits: int, frames: int = 1 << 17) -> np.ndarray:
    time_s = np.arange(frames) / RATE_HZ
    one = level_steps / 2 ** (bits - 1) * np.sin(2 * np.pi * 1000.0 * time_s)
    return np.stack([one, one]).astype(np.float32)


@pytest.mark.parametrize("bits", [16, 24])
def test_the_error_has_no_mean_and_a_quarter_of_a_step_squared(bits):
    signal = np.full((2, 200_000), 0.3 / 2 ** (bits - 1), np.float32)
    error = Dither(bits).quantise(signal) - 0.3
    assert error.mean() == pytest.approx(0.0, abs=0.005)  # 400 000 samples of 0.5: 3 sigma are 0.0024
    assert np.mean(error**2) == pytest.approx(0.25, rel=0.01)


def test_a_sine_below_one_step_survives_without_harmonics():
    steps = Dither(16).quantise(sine(0.4, 16))[0].astype(float)
    frequency_hz, power = periodogram(steps, RATE_HZ, window="blackmanharris", scaling="spectrum")
    tone = power[np.argmin(abs(frequency_hz - 1000.0))]
    assert 10 * np.log10(tone / (0.4**2 / 2)) == pytest.approx(0.0, abs=0.5)
    for harmonic in (3000.0, 5000.0):
        assert power[np.argmin(abs(frequency_hz - harmonic))] < tone / 1000


def test_the_channels_noise_is_not_the_same():
    steps = Dither(16).quantise(np.full((2, 48_000), 1e-9, np.float32)).astype(float)
    assert abs(np.corrcoef(steps)[0, 1]) < 0.02


@pytest.mark.parametrize("bits", [16, 24])
def test_beyond_full_scale_is_clipped_not_wrapped(bits):
    loud = np.array([[2.0, -2.0, 1.0, -1.0]], np.float32)
    steps = Dither(bits).quantise(loud)
    full = 2 ** (bits - 1)
    assert steps[0, 0] == full - 1
    assert steps[0, 1] == -full
    assert steps.max() < full


def test_silence_stays_silence():
    assert not Dither(16).quantise(np.zeros((2, 480), np.float32)).any()


def test_every_run_is_the_same():
    signal = sine(3.0, 16, 4800)
    assert np.array_equal(Dither(16).quantise(signal), Dither(16).quantise(signal))


def test_other_depths_are_refused():
    with pytest.raises(ParameterError, match="16 or 24"):
        Dither(8)
