"""Spectra of two sides against numpy's real transform."""

import numpy as np
import pytest

from telharmonic.dsp.stereo_spectra import add_products, add_products_of_two, join_sides, split_sides

SIZES = [256, 2048]


def _rows(left, right, m):
    """Four rows of `m` numbers from two complex spectra."""
    rows = np.zeros((4, m), np.float32)
    rows[0, : len(left)], rows[1, : len(left)] = left.real, left.imag
    rows[2, : len(left)], rows[3, : len(left)] = right.real, right.imag
    return rows.reshape(-1)


def _spectra(size, seed):
    rng = np.random.default_rng(seed)
    left, right = rng.standard_normal((2, size))
    return np.fft.rfft(left), np.fft.rfft(right)


@pytest.mark.parametrize("size", SIZES)
def test_splits_what_was_transformed_together(size):
    rng = np.random.default_rng(size)
    left, right = rng.standard_normal((2, size))
    z = np.fft.fft(left + 1j * right)
    m = size // 2 + 16
    rows = np.zeros(4 * m, np.float32)
    split_sides(z.real.astype(np.float32), z.imag.astype(np.float32), size, rows, m)
    wanted = _rows(np.fft.rfft(left), np.fft.rfft(right), m).reshape(4, m)[:, : size // 2 + 1]
    assert np.abs(rows.reshape(4, m)[:, : size // 2 + 1] - wanted).max() < 1e-4  # of up to 150


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mono", [False, True])
def test_joins_the_sum_of_total_and_product(size, mono):
    m = size // 2 + 16
    (xl, xr), (hl, hr), (tl, tr) = (_spectra(size, seed) for seed in range(3))
    hr = hl if mono else hr
    left, right = (np.fft.irfft(t + x * h) for t, x, h in ((tl, xl, hl), (tr, xr, hr)))
    re, im = np.zeros(size, np.float32), np.zeros(size, np.float32)
    join_sides(_rows(xl, xr, m), _rows(hl, hr, m), 0 if mono else 2 * m, _rows(tl, tr, m), m, size, re, im)
    joined = np.fft.ifft(re.astype(float) + 1j * im)
    assert np.abs(joined.real - left).max() < 1e-5 * np.abs(left).max()
    assert np.abs(joined.imag - right).max() < 1e-5 * np.abs(right).max()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_adds_products_of_slots_going_back_and_partitions_going_on(count):
    size, slots = 256, 4
    m = size // 2 + 16
    x = [_spectra(size, seed)[0] for seed in range(slots)]
    h = [_spectra(size, seed)[0] for seed in range(10, 10 + count)]
    total = _spectra(size, 20)[0]
    # four slots of one side's two rows (the other side's are left empty), then the total
    state = np.concatenate([np.pad(_rows(one, one, m)[: 2 * m], (0, 2 * m)) for one in x] + [_rows(total, total, m)])
    partitions = np.concatenate([_rows(one, one, m)[: 2 * m] for one in h] or [np.zeros(0, np.float32)])
    newest, at = slots - 1, slots * 4 * m
    add_products(state, at, newest * 4 * m, partitions, 2 * m, count, m)
    wanted = total + sum(x[newest - k] * h[k] for k in range(count))
    got = state[at : at + len(total)] + 1j * state[at + m : at + m + len(total)]
    assert np.abs(got - wanted).max() < 1e-5 * np.abs(wanted).max()


def test_products_for_two_periods_are_those_of_each_alone():
    size, slots, count = 256, 4, 3
    m = size // 2 + 16
    state = np.concatenate([_rows(*_spectra(size, seed), m) for seed in range(slots + 2)])
    partitions = np.concatenate([_rows(*_spectra(size, seed), m)[: 2 * m] for seed in range(10, 11 + count)])
    newest, total, ahead = (slots - 1) * 4 * m, slots * 4 * m, (slots + 1) * 4 * m
    alone = state.copy()
    add_products_of_two(state, total, ahead, newest, partitions, 2 * m, count, m)
    add_products(alone, total, newest, partitions, 2 * m, count, m)
    add_products(alone, ahead, newest, partitions[2 * m :], 2 * m, count, m)
    assert np.array_equal(state, alone)
