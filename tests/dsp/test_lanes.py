import numpy as np
import pytest

from telharmonic.dsp import lanes
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import (
    absolute,
    both,
    exponent,
    high_half,
    load,
    load_pair,
    load_wide,
    low_half,
    mantissa,
    maximum,
    maximum_across,
    minimum,
    multiply_add,
    power_of_two,
    splat,
    splat_wide,
    store,
    sum_across,
    truncate,
    where_greater,
)

_swap = lanes.shuffle([15, 14, 13, 12, 3, 2, 1, 0])


@kernel("void(float32[::1], float32[::1], float32[::1], int64)")
def _two(a, b, out, what):
    x, y = load(a, 0), load(b, 0)
    if what == 0:
        store(out, 0, x + y)
    elif what == 1:
        store(out, 0, x - y)
    elif what == 2:
        store(out, 0, x * y)
    elif what == 3:
        store(out, 0, x / y)
    elif what == 4:
        store(out, 0, maximum(x, y))
    elif what == 5:
        store(out, 0, minimum(x, y))
    elif what == 6:
        store(out, 0, where_greater(x, y, splat(np.float32(1)), splat(np.float32(-1))))
    else:
        store(out, 0, _swap(x, y))


@kernel("void(float32[::1], float32[::1], int64)")
def _one(a, out, what):
    x = load(a, 0)
    if what == 0:
        store(out, 0, absolute(x))
    elif what == 1:
        store(out, 0, truncate(x))
    elif what == 2:
        store(out, 0, exponent(x))
    elif what == 3:
        store(out, 0, mantissa(x))
    else:
        store(out, 0, power_of_two(x))


@kernel("void(float32[::1], float32[::1])")
def _across(a, out):
    out[0] = sum_across(load(a, 0))
    out[1] = maximum_across(load(a, 0))


_turn = lanes.shuffle([(lane + 3) % 16 for lane in range(16)])
_odd = lanes.shuffle([1, 3])


@kernel("void(float32[::1], float32[::1], float32[::1], float32[::1])")
def _wide(a, b, out, rest):
    x, y = load_wide(a, 0), both(load(b, 0), load(b, 8))
    store(out, 0, maximum(absolute(x), y) / multiply_add(x, x, splat_wide(np.float32(1))) - _turn(x, x))
    store(rest, 0, high_half(x, x))
    store(rest, 8, low_half(y, y))
    store(rest, 16, _odd(load_pair(a, 4), load_pair(b, 2)))
    rest[18], rest[19] = sum_across(x), maximum_across(y)


@pytest.fixture
def pair():
    noise = np.random.default_rng(1)
    return noise.standard_normal(8).astype(np.float32), noise.standard_normal(8).astype(np.float32)


TWO = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / b,
    np.maximum,
    np.minimum,
    lambda a, b: np.where(a > b, 1, -1),
    lambda a, b: np.concatenate([a, b])[[15, 14, 13, 12, 3, 2, 1, 0]],
]


@pytest.mark.parametrize("what", range(len(TWO)))
def test_two_values_combine_as_numpy_combines_them(pair, what):
    out = np.zeros(8, np.float32)
    _two(*pair, out, what)
    np.testing.assert_allclose(out, TWO[what](*pair), rtol=2e-7)


@pytest.mark.parametrize(
    ("what", "expected"),
    [(0, np.abs), (1, np.trunc), (2, lambda a: np.frexp(a)[1] - 1), (3, lambda a: 2 * np.frexp(a)[0])],
)
def test_one_value_changes_as_numpy_changes_it(pair, what, expected):
    given = pair[0] * 9 if what < 2 else np.abs(pair[0]) * 9
    out = np.zeros(8, np.float32)
    _one(given, out, what)
    np.testing.assert_array_equal(out, expected(given).astype(np.float32))


def test_powers_of_two_are_exact():
    powers = np.array([-126, -20, -1, 0, 1, 7, 20, 127], np.float32)
    out = np.zeros(8, np.float32)
    _one(powers + 127, out, 4)
    np.testing.assert_array_equal(out, np.exp2(powers.astype(np.float64)))


def test_sums_and_largest_across_lanes(pair):
    out = np.zeros(2, np.float32)
    _across(pair[0], out)
    np.testing.assert_allclose(out, [pair[0].astype(np.float64).sum(), pair[0].max()], rtol=1e-6)


def test_wide_values_combine_as_numpy_combines_them():
    noise = np.random.default_rng(2)
    a, b = noise.standard_normal(16).astype(np.float32), noise.standard_normal(16).astype(np.float32)
    out, rest = np.zeros(16, np.float32), np.zeros(20, np.float32)
    _wide(a, b, out, rest)
    np.testing.assert_allclose(out, np.maximum(np.abs(a), b) / (a * a + 1) - np.roll(a, -3), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(rest[:18], [*a[8:], *b[:8], a[5], b[3]])
    np.testing.assert_allclose(rest[18:], [a.astype(np.float64).sum(), b.max()], rtol=1e-5)


def test_nan_is_not_greater_than_anything():
    a, b, out = np.full(8, np.nan, np.float32), np.zeros(8, np.float32), np.zeros(8, np.float32)
    _two(a, b, out, 6)
    np.testing.assert_array_equal(out, -1)
