"""The weights against scipy's window, and against what any interpolation must do."""

import numpy as np
import pytest
import scipy.special

from telharmonic.audio.windowed_sinc import windowed_sinc


@pytest.mark.parametrize(
    ("half", "phases", "cutoff", "beta"), [(16, 256, 1.0, 9.0), (8, 160, 0.7, 8.0), (3, 1, 0.5, 5)]
)
def test_each_weight_is_the_sinc_under_scipys_kaiser_window(half, phases, cutoff, beta):
    rows = windowed_sinc(half, phases, cutoff, beta)
    assert rows.shape == (phases + 1, 2 * half)
    for phase, row in enumerate(rows):
        distance = np.arange(1 - half, half + 1) - phase / phases
        wanted = scipy.special.i0(beta * np.sqrt(1 - (distance / half) ** 2)) * np.sinc(cutoff * distance)
        np.testing.assert_allclose(row, wanted / wanted.sum(), atol=1e-12)


def test_the_last_row_is_the_first_a_frame_further_on():
    rows = windowed_sinc(16, 256, 0.9, 9.0)
    np.testing.assert_allclose(rows[-1][1:], rows[0][:-1], atol=1e-3)  # but for the window's edge, which is not 0


def test_at_cutoff_1_a_frame_itself_passes_as_it_is():
    wanted = np.zeros(32)
    wanted[15] = 1.0
    np.testing.assert_allclose(windowed_sinc(16, 256, 1.0, 9.0)[0], wanted, atol=1e-15)
