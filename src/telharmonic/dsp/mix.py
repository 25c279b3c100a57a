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
    maximum,
    maximum_across,
    shuffle,
    splat,
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

_halves_low, _halves_high = shuffle([0, 1, 2, 3, 8, 9, 10, 11]), shuffle([4, 5, 6, 7, 12, 13, 14, 15])
_pairs_low, _pairs_high = shuffle([0, 1, 8, 9, 4, 5, 12, 13]), shuffle([2, 3, 10, 11, 6, 7, 14, 15])
_even, _odd = shuffle([0, 2, 8, 10, 4, 6, 12, 14]), shuffle([1, 3, 9, 11, 5, 7, 13, 15])


@kernel()
def _largest(array, at):
    """The largest magnitude in one row of sixteen."""
    return maximum_across(maximum(absolute(load(array, at)), absolute(load(array, at + LANES))))


@kernel("void(float32[::1], float32[::1], float32[::1], float32[::1], int64)")
def gain_bank(x, y, gain, delta, n):
    """``y = x * gain``: input gain and polarity, one row of sixteen; `y` may be `x`."""
    left, right = load(gain, 0), load(gain, LANES)
    left_step, right_step = load(delta, 0), load(delta, LANES)
    for at in range(0, n * BANK, BANK):
        store(y, at, load(x, at) * left)
        store(y, at + LANES, load(x, at + LANES) * right)
        left, right = left + left_step, right + right_step
    store(gain, 0, left)
    store(gain, LANES, right)


@kernel()
def _sum_each(a, b, c, d, e, f, g, h):
    """The sums across of eight values as the lanes of one, each added in the order of `sum_across`."""
    ae, bf = _halves_low(a, e) + _halves_high(a, e), _halves_low(b, f) + _halves_high(b, f)
    cg, dh = _halves_low(c, g) + _halves_high(c, g), _halves_low(d, h) + _halves_high(d, h)
    abef, cdgh = _pairs_low(ae, bf) + _pairs_high(ae, bf), _pairs_low(cg, dh) + _pairs_high(cg, dh)
    return _even(abef, cdgh) + _odd(abef, cdgh)


@kernel()
def _add_to_stereo(y, gain, row, busses, first, n):
    """Add a bank to an interleaved stereo bus, four frames at a time."""
    p, q = load(gain, row), load(gain, row + LANES)
    whole = n & ~3
    for frame in range(0, whole, 4):
        at, to = frame * BANK, first + 2 * frame
        sums = _sum_each(
            load(y, at) * p,
            load(y, at + 8) * q,
            load(y, at + 16) * p,
            load(y, at + 24) * q,
            load(y, at + 32) * p,
            load(y, at + 40) * q,
            load(y, at + 48) * p,
            load(y, at + 56) * q,
        )
        store(busses, to, load(busses, to) + sums)
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
    p, q = load(gain, METER_ROW), load(gain, METER_ROW + LANES)
    p_step, q_step = load(delta, METER_ROW), load(delta, METER_ROW + LANES)
    peak, peak_right = load(meter, 0), load(meter, LANES)
    zero = splat(_ZERO)
    square, square_right, raw, raw_right = zero, zero, zero, zero
    for at in range(0, n * BANK, BANK):
        a, b = load(y, at), load(y, at + LANES)
        raw, raw_right = raw + a * a, raw_right + b * b
        a, b = a * p, b * q
        peak, peak_right = maximum(absolute(a), peak), maximum(absolute(b), peak_right)
        square, square_right = square + a * a, square_right + b * b
        p, q = p + p_step, q + q_step
    limit, one = splat(_RUNAWAY_SQUARE), splat(_ONE)
    lost = maximum(where_greater(limit, raw, zero, one), where_greater(limit, raw_right, zero, one))
    if maximum_across(lost) > _ZERO:
        return True
    store(meter, 0, peak)
    store(meter, LANES, peak_right)
    store(meter, BANK, load(meter, BANK) + square)
    store(meter, BANK + LANES, load(meter, BANK + LANES) + square_right)
    store(gain, METER_ROW, p)
    store(gain, METER_ROW + LANES, q)
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
