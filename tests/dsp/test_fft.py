"""The transform against numpy's in float64."""

import numpy as np
import pytest

from telharmonic.dsp.fft import LARGEST, SMALLEST, fft, fft_of_ring, twiddles
from telharmonic.errors import ParameterError

SIZES = [1 << e for e in range(SMALLEST.bit_length() - 1, LARGEST.bit_length())]


def _transform(z, *, inverse=False):
    size = len(z)
    real, imag = z.real.astype(np.float32), z.imag.astype(np.float32)
    work_real, work_imag = np.zeros(size, np.float32), np.zeros(size, np.float32)
    if inverse:
        flip = fft(imag, real, work_imag, work_real, size, twiddles(size))
    else:
        flip = fft(real, imag, work_real, work_imag, size, twiddles(size))
    return work_real + 1j * work_imag if flip else real + 1j * imag


@pytest.mark.parametrize("size", SIZES)
def test_agrees_with_numpy_within_single_precision(size):
    rng = np.random.default_rng(size)
    z = rng.standard_normal(size) + 1j * rng.standard_normal(size)
    wanted = np.fft.fft(z)
    # 16 stages of rounding to 24 bits: 2e-7 of the largest is measured
    assert np.abs(_transform(z) - wanted).max() < 1e-6 * np.abs(wanted).max()


@pytest.mark.parametrize("begin", [0, 120, 4000, 4095])
@pytest.mark.parametrize("size", [64, 256, 2048, 4096])
def test_a_stretch_of_a_ring_is_transformed_as_if_it_lay_alone(size, begin):
    rng = np.random.default_rng(begin)
    left, right = rng.standard_normal((2, 4096)).astype(np.float32)
    at = (begin + np.arange(size)) % 4096
    wanted = np.fft.fft(left[at] + 1j * right[at])
    parts = np.zeros((4, size), np.float32)
    rings = [np.concatenate([ring, ring[:16]]) for ring in (left, right)]
    flip = fft_of_ring(*rings, begin, 4096, *parts, size, twiddles(size))
    found = parts[2] + 1j * parts[3] if flip else parts[0] + 1j * parts[1]
    assert np.abs(found - wanted).max() < 1e-6 * np.abs(wanted).max()
    assert np.array_equal(rings[0][:4096], left)


@pytest.mark.parametrize("size", [64, 256, 2048, 16_384])
def test_exchanging_real_and_imaginary_gives_the_inverse(size):
    rng = np.random.default_rng(size)
    z = rng.standard_normal(size) + 1j * rng.standard_normal(size)
    assert np.abs(_transform(_transform(z), inverse=True) / size - z).max() < 1e-5


def test_an_impulse_has_a_flat_spectrum_without_any_error():
    z = np.zeros(256, complex)
    z[0] = 1.0
    assert np.array_equal(_transform(z), np.ones(256))


@pytest.mark.parametrize("size", [0, 16, 100, 3000, 131_072, -256])
def test_refuses_sizes_that_it_cannot_do(size):
    with pytest.raises(ParameterError, match="power of two"):
        twiddles(size)
