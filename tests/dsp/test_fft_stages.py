"""Single stages of the transform against their definition in numpy."""

import numpy as np

from telharmonic.dsp.fft import twiddles
from telharmonic.dsp.fft_stages import first_stage, later_stage, second_stage, two_later_stages

SIZE = 4096


def _noise():
    return np.random.default_rng(5).standard_normal((2, SIZE)).astype(np.float32)


def test_the_first_stage_is_four_point_transforms_turned_by_their_factors():
    real, imag = _noise()
    out = np.zeros((2, SIZE), np.float32)
    first_stage(real, imag, 0, SIZE - 1, *out, SIZE, twiddles(SIZE))
    quarters = (real + 1j * imag).reshape(4, SIZE // 4)
    turns = np.exp(-2j * np.pi * np.outer(np.arange(SIZE // 4), np.arange(4)) / SIZE)
    wanted = np.fft.fft(quarters, axis=0).T * turns
    assert np.abs(out[0] + 1j * out[1] - wanted.reshape(-1)).max() < 1e-5


def test_two_stages_in_one_pass_are_the_two_in_turn():
    table, a, b = twiddles(SIZE), _noise(), np.zeros((2, SIZE), np.float32)
    at = second_stage(*a, *b, SIZE, table, first_stage(*_noise(), 0, SIZE - 1, *a, SIZE, table))
    once, between, twice = np.zeros((3, 2, SIZE), np.float32)
    assert two_later_stages(*b, *once, SIZE >> 4, 16, table, at) == later_stage(
        *between, *twice, SIZE >> 6, 64, table, later_stage(*b, *between, SIZE >> 4, 16, table, at)
    )
    later_stage(*between, *twice, SIZE >> 6, 64, table, later_stage(*b, *between, SIZE >> 4, 16, table, at))
    assert np.abs(once - twice).max() < 1e-5 * np.abs(twice).max()
