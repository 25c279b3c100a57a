"""A bank's channels added up: input gain, the gain matrix into busses, the meters and the NaN guard.

======================  ==========================================================================
bank sound              ``[frame][16]``: lanes 0-7 left, 8-15 right (see `dsp.lanes`)
`gain`, `delta`         ``gain[row * 16 + lane]``. Row 0 (`METER_ROW`) is what the meters see, that is the
                        channel after its fader and pan; row 1 + d is the way into destination d
`busses`                one flat float32 array that holds every destination; sound is added to what is there
`routes`                flat int64, `ROUTE` numbers to a destination: where in `busses` its left and its right
                        sample of frame 0 are, and the step to the next frame. An interleaved stereo bus
                        that begins at b is ``(b, b + 1, 2)``; lane l of a bank at b is ``(b + l, b + 8 + l, 16)``
`meter`                 ``meter[lane]`` peak, raised; ``meter[16 + lane]`` sum of squares, added to; the reader
                        sets both to 0
`bad`                   ``bad[lane]``, eight numbers, set to 1 for a channel that gave NaN, infinity or more than
                        `RUNAWAY`; it is silent for these frames, in the mix, in `y` and in the meters
======================  ==========================================================================

Frame i uses ``gain + i * delta``, and `gain` ends at ``+ n * delta``. A destination whose row and delta are
all zero costs nothing. Sums across lanes are taken in one fixed order, whatever `n` is.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import (
    BANK,
    LANES,
    absolute,
    load,
    load_wide,
    maximum,
    maximum_across,
    shuffle,
    splat_wide,
    store,
    sum_across,
    where_greater,
)

METER_ROW = 0
FIRST_DESTINATION_ROW = 1
ROUTE = 3  # numbers to a destination in `routes`
METERS = 2 * BANK  # numbers in `meter`: 16 peaks, 16 sums of squares
RUNAWAY = 1e9  # +180 dBFS: no setting of ours reaches it, a filter that has lost itself does

_f = np.float32
_ZERO, _ONE = _f(0.0), _f(1.0)
_RUNAWAY_SQUARE = _f(RUNAWAY * RUNAWAY)


def _in_halves(mask):
    """`mask`, for values of eight lanes, applied to the left and to the right half of two wide ones."""
    return [lane % LANES + BANK * (lane // LANES) + half for half in (0, LANES) for lane in mask]


_halves_low, _halves_high = (
    shuffle(_in_halves([*part, *(lane + 8 for lane in part)])) for part in ([0, 1, 2, 3], [4, 5, 6, 7])
)
_pairs_low, _pairs_high = (
    shuffle(_in_halves([0, 1, 8, 9, 4, 5, 12, 13])),
    shuffle(_in_halves([2, 3, 10, 11, 6, 7, 14, 15])),
)
_even, _odd = shuffle(_in_halves([0, 2, 8, 10, 4, 6, 12, 14])), shuffle(_in_halves([1, 3, 9, 11, 5, 7, 13, 15]))
_interleave = shuffle([lane // 2 + LANES * (lane % 2) for lane in range(BANK)])


@kernel()
def _largest(array, at):
    """The largest magnitude in one row of sixteen."""
    return maximum_across(absolute(load_wide(array, at)))


@kernel("void(float32[::1], float32[::1], float32[::1], float32[::1], int64)")
def gain_bank(x, y, gain, delta, n):
    """``y = x * gain``: input gain and polarity, one row of sixteen; `y` may be `x`."""
    level, step = load_wide(gain, 0), load_wide(delta, 0)
    for at in range(0, n * BANK, BANK):
        store(y, at, load_wide(x, at) * level)
        level = level + step
    store(gain, 0, level)


@kernel()
def _sum_each(a, b, c, d, e, f, g, h):
    """The sums across both halves of eight frames: left sums, then right sums, added in the order of `sum_across`."""
    ae, bf = _halves_low(a, e) + _halves_high(a, e), _halves_low(b, f) + _halves_high(b, f)
    cg, dh = _halves_low(c, g) + _halves_high(c, g), _halves_low(d, h) + _halves_high(d, h)
    abef, cdgh = _pairs_low(ae, bf) + _pairs_high(ae, bf), _pairs_low(cg, dh) + _pairs_high(cg, dh)
    return _even(abef, cdgh) + _odd(abef, cdgh)


@kernel()
def _add_to_stereo(y, gain, row, busses, first, n):
    """Add a bank to an interleaved stereo bus, eight frames at a time."""
    level = load_wide(gain, row)
    whole = n & ~7
    for frame in range(0, whole, 8):
        at, to = frame * BANK, first + 2 * frame
        sums = _sum_each(
            load_wide(y, at) * level,
            load_wide(y, at + BANK) * level,
            load_wide(y, at + 2 * BANK) * level,
            load_wide(y, at + 3 * BANK) * level,
            load_wide(y, at + 4 * BANK) * level,
            load_wide(y, at + 5 * BANK) * level,
            load_wide(y, at + 6 * BANK) * level,
            load_wide(y, at + 7 * BANK) * level,
        )
        store(busses, to, load_wide(busses, to) + _interleave(sums, sums))
    return whole


@kernel()
def _add_to(y, gain, delta, row, busses, left, right, step, start, n):
    """Add a bank to any destination, frame by frame from `start`, moving its gains."""
    p, q = load(gain, row), load(gain, row + LANES)
    p_step, q_step = load(delta, row), load(delta, row + LANES)
    for frame in range(start, n):
        at, to = frame * BANK, frame * step
        busses[left + to] += sum_across(load(y, at) * p)
        busses[right + to] += sum_across(load(y, at + LANES) * q)
        p, q = p + p_step, q + q_step
    store(gain, row, p)
    store(gain, row + LANES, q)


@kernel()
def _measure(y, gain, delta, meter, n):
    """Add `n` frames to the meters; if a lane has run away, leave them alone and say True."""
    level, step = load_wide(gain, METER_ROW), load_wide(delta, METER_ROW)
    zero = splat_wide(_ZERO)
    peak, square, raw = load_wide(meter, 0), zero, zero
    for at in range(0, n * BANK, BANK):
        a = load_wide(y, at)
        raw = raw + a * a
        a = a * level
        peak = maximum(absolute(a), peak)
        square = square + a * a
        level = level + step
    if maximum_across(where_greater(splat_wide(_RUNAWAY_SQUARE), raw, zero, splat_wide(_ONE))) > _ZERO:
        return True
    store(meter, 0, peak)
    store(meter, BANK, load_wide(meter, BANK) + square)
    store(gain, METER_ROW, level)
    return False


@kernel()
def _silence_bad(y, bad, n):
    """Find the channels that have run away, flag them and silence both their sides."""
    for lane in range(LANES):
        total = _ZERO
        for at in range(lane, n * BANK, LANES):
            total += y[at] * y[at]
        if not total < _RUNAWAY_SQUARE:
            bad[lane] = _ONE
            for at in range(lane, n * BANK, LANES):
                y[at] = _ZERO


@kernel(
    "void(float32[::1], float32[::1], float32[::1], float32[::1], int64[::1], int64, float32[::1], float32[::1], int64)"
)
def mix_bank(y, gain, delta, busses, routes, destinations, meter, bad, n):
    """Meter `n` frames of a bank and add them to its `destinations`; layouts in the module's docstring."""
    if _measure(y, gain, delta, meter, n):
        _silence_bad(y, bad, n)
        _measure(y, gain, delta, meter, n)
    for destination in range(destinations):
        row, route = (FIRST_DESTINATION_ROW + destination) * BANK, destination * ROUTE
        moving = _largest(delta, row) > _ZERO
        if not moving and _largest(gain, row) == _ZERO:
            continue
        left, right, step = routes[route], routes[route + 1], routes[route + 2]
        done = 0
        if step == 2 and right == left + 1 and not moving:
            done = _add_to_stereo(y, gain, row, busses, left, n)
        _add_to(y, gain, delta, row, busses, left, right, step, done, n)
