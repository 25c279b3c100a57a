"""The stages of `dsp.fft`: each one pass over memory, sixteen neighbours at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import load_wide, shuffle, splat_wide, store, weave_high, weave_low

Floats = NDArray[np.float32]


def _quads(*quads: int) -> list[int]:
    return [4 * quad + lane for quad in quads for lane in range(4)]


_pairs_low = shuffle([lane // 4 * 2 + lane % 2 + 16 * (lane // 2 % 2) for lane in range(16)])
_pairs_high = shuffle([8 + lane // 4 * 2 + lane % 2 + 16 * (lane // 2 % 2) for lane in range(16)])
_quads_low, _quads_high = shuffle(_quads(0, 4, 1, 5)), shuffle(_quads(2, 6, 3, 7))
_halves_low, _halves_high = shuffle(_quads(0, 1, 4, 5)), shuffle(_quads(2, 3, 6, 7))


@kernel(inline=True)
def _butterfly(
    ar: Any, ai: Any, br: Any, bi: Any, cr: Any, ci: Any, dr: Any, di: Any,
    w1r: Any, w1i: Any, w2r: Any, w2i: Any, w3r: Any, w3i: Any,
) -> Any:  # fmt: skip
    """Four points in, four out, the last three turned by their twiddle factors."""
    sum_r, sum_i, difference_r, difference_i = ar + cr, ai + ci, ar - cr, ai - ci
    cross_r, cross_i, turned_r, turned_i = br + dr, bi + di, di - bi, br - dr
    r1, i1 = difference_r - turned_r, difference_i - turned_i
    r2, i2 = sum_r - cross_r, sum_i - cross_i
    r3, i3 = difference_r + turned_r, difference_i + turned_i
    return (
        sum_r + cross_r, sum_i + cross_i,
        r1 * w1r - i1 * w1i, r1 * w1i + i1 * w1r,
        r2 * w2r - i2 * w2i, r2 * w2i + i2 * w2r,
        r3 * w3r - i3 * w3i, r3 * w3i + i3 * w3r,
    )  # fmt: skip


@kernel()
def _store_woven(y: Floats, at: int, a: Any, b: Any, c: Any, d: Any) -> None:
    """Results of sixteen butterflies, the four of each side by side."""
    ab, cd = weave_low(a, b), weave_low(c, d)
    store(y, at, _pairs_low(ab, cd))
    store(y, at + 16, _pairs_high(ab, cd))
    ab, cd = weave_high(a, b), weave_high(c, d)
    store(y, at + 32, _pairs_low(ab, cd))
    store(y, at + 48, _pairs_high(ab, cd))


@kernel()
def _store_quads(y: Floats, at: int, a: Any, b: Any, c: Any, d: Any) -> None:
    """Results of four groups of four butterflies, the four quads of each group side by side."""
    ab, cd = _quads_low(a, b), _quads_low(c, d)
    store(y, at, _halves_low(ab, cd))
    store(y, at + 16, _halves_high(ab, cd))
    ab, cd = _quads_high(a, b), _quads_high(c, d)
    store(y, at + 32, _halves_low(ab, cd))
    store(y, at + 48, _halves_high(ab, cd))


@kernel()
def first_stage(xr: Floats, xi: Floats, begin: int, mask: int, yr: Floats, yi: Floats, size: int, table: Floats) -> int:
    """Neighbours are different butterflies: their results are woven together."""
    m = size >> 2
    for p in range(0, m, 16):
        a, b = (begin + p) & mask, (begin + p + m) & mask
        c, d = (begin + p + 2 * m) & mask, (begin + p + 3 * m) & mask
        ar, ai, br, bi, cr, ci, dr, di = _butterfly(
            load_wide(xr, a), load_wide(xi, a), load_wide(xr, b), load_wide(xi, b),
            load_wide(xr, c), load_wide(xi, c), load_wide(xr, d), load_wide(xi, d),
            load_wide(table, p), load_wide(table, p + m), load_wide(table, p + 2 * m),
            load_wide(table, p + 3 * m), load_wide(table, p + 4 * m), load_wide(table, p + 5 * m),
        )  # fmt: skip
        _store_woven(yr, 4 * p, ar, br, cr, dr)
        _store_woven(yi, 4 * p, ai, bi, ci, di)
    return 6 * m


@kernel()
def second_stage(xr: Floats, xi: Floats, yr: Floats, yi: Floats, size: int, table: Floats, at: int) -> int:
    """Groups of four neighbours: four groups to a value of sixteen lanes."""
    m = size >> 2
    for p in range(0, m, 16):
        t = at + p
        ar, ai, br, bi, cr, ci, dr, di = _butterfly(
            load_wide(xr, p), load_wide(xi, p), load_wide(xr, p + m), load_wide(xi, p + m),
            load_wide(xr, p + 2 * m), load_wide(xi, p + 2 * m), load_wide(xr, p + 3 * m), load_wide(xi, p + 3 * m),
            load_wide(table, t), load_wide(table, t + m), load_wide(table, t + 2 * m),
            load_wide(table, t + 3 * m), load_wide(table, t + 4 * m), load_wide(table, t + 5 * m),
        )  # fmt: skip
        _store_quads(yr, 4 * p, ar, br, cr, dr)
        _store_quads(yi, 4 * p, ai, bi, ci, di)
    return at + 6 * m


@kernel(inline=True)
def _four(xr: Floats, xi: Floats, i: int, quarter: int, table: Floats, t: int) -> Any:
    """Butterflies of sixteen neighbours that share one set of factors."""
    return _butterfly(
        load_wide(xr, i), load_wide(xi, i), load_wide(xr, i + quarter), load_wide(xi, i + quarter),
        load_wide(xr, i + 2 * quarter), load_wide(xi, i + 2 * quarter),
        load_wide(xr, i + 3 * quarter), load_wide(xi, i + 3 * quarter),
        splat_wide(table[t]), splat_wide(table[t + 1]), splat_wide(table[t + 2]),
        splat_wide(table[t + 3]), splat_wide(table[t + 4]), splat_wide(table[t + 5]),
    )  # fmt: skip


@kernel(inline=True)
def _store_four(yr: Floats, yi: Floats, o: int, step: int, results: Any) -> None:
    ar, ai, br, bi, cr, ci, dr, di = results
    store(yr, o, ar)
    store(yi, o, ai)
    store(yr, o + step, br)
    store(yi, o + step, bi)
    store(yr, o + 2 * step, cr)
    store(yi, o + 2 * step, ci)
    store(yr, o + 3 * step, dr)
    store(yi, o + 3 * step, di)


@kernel(inline=True)
def _next_four(
    yr: Floats, yi: Floats, o: int, step: int, table: Floats, t: int,
    ar: Any, ai: Any, br: Any, bi: Any, cr: Any, ci: Any, dr: Any, di: Any,
) -> None:  # fmt: skip
    """The next stage's butterflies of what four of this stage's have made."""
    _store_four(
        yr, yi, o, step,
        _butterfly(
            ar, ai, br, bi, cr, ci, dr, di, splat_wide(table[t]), splat_wide(table[t + 1]), splat_wide(table[t + 2]),
            splat_wide(table[t + 3]), splat_wide(table[t + 4]), splat_wide(table[t + 5]),
        ),
    )  # fmt: skip


@kernel()
def later_stage(
    xr: Floats, xi: Floats, yr: Floats, yi: Floats, points: int, stride: int, table: Floats, at: int
) -> int:
    """`stride` (16 or more) neighbours share one set of factors."""
    m = points >> 2
    quarter = stride * m
    for p in range(m):
        t = at + 6 * p
        w1r, w1i = splat_wide(table[t]), splat_wide(table[t + 1])
        w2r, w2i = splat_wide(table[t + 2]), splat_wide(table[t + 3])
        w3r, w3i = splat_wide(table[t + 4]), splat_wide(table[t + 5])
        for q in range(0, stride, 16):
            i, o = stride * p + q, 4 * stride * p + q
            ar, ai, br, bi, cr, ci, dr, di = _butterfly(
                load_wide(xr, i), load_wide(xi, i), load_wide(xr, i + quarter), load_wide(xi, i + quarter),
                load_wide(xr, i + 2 * quarter), load_wide(xi, i + 2 * quarter),
                load_wide(xr, i + 3 * quarter), load_wide(xi, i + 3 * quarter),
                w1r, w1i, w2r, w2i, w3r, w3i,
            )  # fmt: skip
            store(yr, o, ar)
            store(yi, o, ai)
            store(yr, o + stride, br)
            store(yi, o + stride, bi)
            store(yr, o + 2 * stride, cr)
            store(yi, o + 2 * stride, ci)
            store(yr, o + 3 * stride, dr)
            store(yi, o + 3 * stride, di)
    return at + 6 * m


@kernel()
def two_later_stages(
    xr: Floats, xi: Floats, yr: Floats, yi: Floats, points: int, stride: int, table: Floats, at: int
) -> int:
    """Two stages in one pass over memory, which is what large sizes wait for: sixteen points stay in registers."""
    m, n = points >> 2, points >> 4
    quarter, step, sixteenth = stride * m, 4 * stride, stride * n
    for p in range(n):
        t = at + 6 * (m + p)
        for q in range(0, stride, 16):
            i, o = stride * p + q, 16 * stride * p + q
            a = _four(xr, xi, i, quarter, table, at + 6 * p)
            b = _four(xr, xi, i + sixteenth, quarter, table, at + 6 * (p + n))
            c = _four(xr, xi, i + 2 * sixteenth, quarter, table, at + 6 * (p + 2 * n))
            d = _four(xr, xi, i + 3 * sixteenth, quarter, table, at + 6 * (p + 3 * n))
            _next_four(yr, yi, o, step, table, t, a[0], a[1], b[0], b[1], c[0], c[1], d[0], d[1])
            _next_four(yr, yi, o + stride, step, table, t, a[2], a[3], b[2], b[3], c[2], c[3], d[2], d[3])
            _next_four(yr, yi, o + 2 * stride, step, table, t, a[4], a[5], b[4], b[5], c[4], c[5], d[4], d[5])
            _next_four(yr, yi, o + 3 * stride, step, table, t, a[6], a[7], b[6], b[7], c[6], c[7], d[6], d[7])
    return at + 6 * (m + n)


@kernel()
def last_eight(xr: Floats, xi: Floats, yr: Floats, yi: Floats, stride: int, table: Floats, at: int) -> None:
    """The closing stages of four and of two points in one pass."""
    for q in range(0, stride, 16):
        ar, ai, br, bi, cr, ci, dr, di = _four(xr, xi, q, 2 * stride, table, at)
        er, ei, fr, fi, gr, gi, hr, hi = _four(xr, xi, stride + q, 2 * stride, table, at + 6)
        _store_four(yr, yi, q, stride, (ar + er, ai + ei, br + fr, bi + fi, cr + gr, ci + gi, dr + hr, di + hi))
        o = 4 * stride + q
        _store_four(yr, yi, o, stride, (ar - er, ai - ei, br - fr, bi - fi, cr - gr, ci - gi, dr - hr, di - hi))


@kernel()
def last_pair(xr: Floats, xi: Floats, yr: Floats, yi: Floats, half: int) -> None:
    """The closing stage of two points, where the size is not a power of four."""
    for q in range(0, half, 16):
        ar, ai, br, bi = load_wide(xr, q), load_wide(xi, q), load_wide(xr, half + q), load_wide(xi, half + q)
        store(yr, q, ar + br)
        store(yi, q, ai + bi)
        store(yr, half + q, ar - br)
        store(yi, half + q, ai - bi)
