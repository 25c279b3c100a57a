"""Spectra of two sides at once: taken apart, multiplied, put together.

The left side travels through a complex transform as the real part, the right side as the imaginary part. Apart,
the spectra of a stereo stretch are four rows of `m` numbers (bins 0 to size / 2, padded to whole lanes): left re,
left im, right re, right im.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, load_wide, shuffle, splat_wide, store

_ZERO, _HALF = np.float32(0.0), np.float32(0.5)
_reverse = shuffle(list(range(15, -1, -1)))


@kernel()
def split_sides(zr, zi, size, x, m):
    """Spectra of left (``x[:2 m]``) and right (``x[2 m:]``) from that of left + i right."""
    half = splat_wide(_HALF)
    for k in range(1, (size >> 1) + 1, BANK):
        a, b = load_wide(zr, k), load_wide(zi, k)
        c, d = load_wide(zr, size - k - 15), load_wide(zi, size - k - 15)
        c, d = _reverse(c, c), _reverse(d, d)
        store(x, k, half * (a + c))
        store(x, m + k, half * (b - d))
        store(x, 2 * m + k, half * (b + d))
        store(x, 3 * m + k, half * (c - a))
    x[0], x[m], x[2 * m], x[3 * m] = zr[0], _ZERO, zi[0], _ZERO


@kernel()
def join_sides(x, h, stride, total, m, size, zr, zi):
    """left + i right of ``total + x h``, as one complex spectrum of `size` points."""
    for k in range(1, (size >> 1) + 1, BANK):
        xr, xi, yr, yi = load_wide(x, k), load_wide(x, m + k), load_wide(x, 2 * m + k), load_wide(x, 3 * m + k)
        hr, hi, gr, gi = load_wide(h, k), load_wide(h, m + k), load_wide(h, stride + k), load_wide(h, stride + m + k)
        lr, li = load_wide(total, k) + xr * hr - xi * hi, load_wide(total, m + k) + xr * hi + xi * hr
        rr, ri = load_wide(total, 2 * m + k) + yr * gr - yi * gi, load_wide(total, 3 * m + k) + yr * gi + yi * gr
        mirror_r, mirror_i = lr + ri, rr - li
        store(zr, size - k - 15, _reverse(mirror_r, mirror_r))
        store(zi, size - k - 15, _reverse(mirror_i, mirror_i))
        store(zr, k, lr - ri)
        store(zi, k, li + rr)
    zr[0] = total[0] + x[0] * h[0]
    zi[0] = total[2 * m] + x[2 * m] * h[stride]


@kernel()
def add_products(state, total, x, h, h_step, count, m):
    """``total += sum of x[-k] h[k]`` over `count` partitions, one side: re in `m` numbers, then im.

    `total` and `x` are places in `state`; slots lie ``4 m`` apart, `x` going down while `h` goes up.
    """
    for bin_ in range(0, m, BANK):
        re, im = load_wide(state, total + bin_), load_wide(state, total + m + bin_)
        for k in range(count):
            at, to = x - 4 * m * k + bin_, h_step * k + bin_
            xr, xi, hr, hi = load_wide(state, at), load_wide(state, at + m), load_wide(h, to), load_wide(h, to + m)
            re = re + xr * hr - xi * hi
            im = im + xr * hi + xi * hr
        store(state, total + bin_, re)
        store(state, total + m + bin_, im)


@kernel()
def add_products_of_two(state, totals, aheads, x, h, h_step, count, m):
    """Like `add_products`; also ``ahead += sum of x[-k] h[k + 1]``: half the reading for two periods' sums."""
    for bin_ in range(0, m, BANK):
        re, im = load_wide(state, totals + bin_), load_wide(state, totals + m + bin_)
        ahead_re, ahead_im = load_wide(state, aheads + bin_), load_wide(state, aheads + m + bin_)
        hr, hi = load_wide(h, bin_), load_wide(h, m + bin_)
        for k in range(count):
            at, to = x - 4 * m * k + bin_, h_step * (k + 1) + bin_
            xr, xi, gr, gi = load_wide(state, at), load_wide(state, at + m), load_wide(h, to), load_wide(h, to + m)
            re = re + xr * hr - xi * hi
            im = im + xr * hi + xi * hr
            ahead_re = ahead_re + xr * gr - xi * gi
            ahead_im = ahead_im + xr * gi + xi * gr
            hr, hi = gr, gi
        store(state, totals + bin_, re)
        store(state, totals + m + bin_, im)
        store(state, aheads + bin_, ahead_re)
        store(state, aheads + m + bin_, ahead_im)
