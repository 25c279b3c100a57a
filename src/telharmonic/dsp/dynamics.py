"""A feed-forward compressor for a bank of eight stereo channels.

The **level** of a channel is ``max(|left|, |right|)`` of its key, sample by sample, so that both sides turn
down together. Everything is computed in **bits** (log2; one bit is 6.0206 dB). The gain computer is a
quadratic soft knee; what it wants is held by a peak detector that falls at the release rate, and
approached from below at the attack rate::

    over      = log2(level) - threshold
    wanted    = slope * (t^2 / (2 knee) + max(over - knee / 2, 0)),   t = over + knee / 2 held in [0, knee]
    held      = max(wanted, held + release * (wanted - held))
    reduction = min(held, reduction + attack * (held - reduction))
    y         = y * 2^(amount * (makeup - reduction))

A time constant is the time in which 63 % of a step of the wanted reduction is done. The detector holds on
between the peaks of a tone, so the static curve is that of the peak level for tones whose period is short
beside the release, and the attack does not wait for the next peak.

========================  ================================================================================
`params`, `delta`         ``params[ROW + lane]``, eight lanes to a row: THRESHOLD (bits, 0 is full scale),
                          SLOPE (1 - 1 / ratio), KNEE (bits), MAKEUP (bits), AMOUNT (0 is an exact bypass,
                          1 is on; ramp it to switch), ATTACK and RELEASE (`smoothing`; their `delta` is ignored)
`state`                   ``state[ROW + lane]``: REDUCTION and HELD, in bits
`reduction`               ``reduction[lane]``: raised to the largest reduction in dB; the reader sets it to 0
========================  ================================================================================

All arrays are flat float32. The key is a bank too: pass `y` itself where every channel listens to itself,
or a copy in which `copy_lane` has put other channels.

References
----------
D. Giannoulis, M. Massberg, J. D. Reiss, "Digital Dynamic Range Compressor Design - A Tutorial and Analysis",
J. Audio Eng. Soc. 60(6), 2012: log-domain feed-forward design, soft knee, smooth decoupled peak detector; here
the attack's pole is left out on the way down, where it would lengthen the release.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import math

import numpy as np

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import (
    BANK,
    LANES,
    absolute,
    both,
    exponent,
    high_half,
    like,
    load,
    load_wide,
    low_half,
    mantissa,
    maximum,
    maximum_across,
    minimum,
    multiply_add,
    power_of_two,
    shuffle,
    splat,
    splat_wide,
    store,
    truncate,
    where_greater,
)

THRESHOLD, SLOPE, KNEE, MAKEUP, AMOUNT, ATTACK, RELEASE = (row * LANES for row in range(7))
COMPRESSOR_PARAMETERS = 7 * LANES  # numbers in `params` and in `delta`
REDUCTION, HELD = 0, LANES
COMPRESSOR_STATES = 2 * LANES  # numbers in `state`

DB_PER_BIT = 20.0 * math.log10(2.0)

_f = np.float32
_FLOOR = _f(1e-9)  # -180 dB: the level of silence, so that its logarithm is finite
_HARD_KNEE = _f(1e-4)  # bits: the narrowest knee, so that its inverse is finite
_DB = _f(DB_PER_BIT)
_ZERO, _HALF, _ONE, _BIAS, _TOP = _f(0.0), _f(0.5), _f(1.0), _f(127.0), _f(126.0)
# log2(1 + u) = u * polynomial(u), fitted to 1.6e-5 bits (1e-4 dB), exact at both ends so that octaves join
_L0, _L1, _L2, _L3, _L4 = _f(1.44191694), _f(-0.70909555), _f(0.41560348), _f(-0.19357278), _f(0.0451479)
# 2^r on [0, 1], fitted to 1.3e-7, exact at both ends so that a gain of 0 bits is exactly 1
_E1, _E2, _E3, _E4, _E5 = _f(0.69315298), _f(0.24014712), _f(0.05585529), _f(0.00894775), _f(0.00189685)

_lefts = shuffle([*range(LANES), *range(BANK, BANK + LANES)])  # of two frames
_rights = shuffle([*range(LANES, BANK), *range(BANK + LANES, 2 * BANK)])
_first_frame, _second_frame = shuffle([*range(LANES)] * 2), shuffle([*range(LANES, BANK)] * 2)


@kernel("float64(float64, float64)")
def smoothing(time_s, rate):
    """Coefficient of a one-pole smoother that does 63 % of a step in `time_s` seconds at `rate` frames a second."""
    return 1.0 - math.exp(-1.0 / (time_s * rate))


@kernel("void(float32[::1], int64, float64, float64, float64, float64)")
def put_curve(params, lane, threshold_db, ratio, knee_db, makeup_db):
    """Write one channel's static curve (threshold dBFS, ratio to 1, knee dB, make-up dB) into `params`."""
    params[THRESHOLD + lane] = threshold_db / DB_PER_BIT
    params[SLOPE + lane] = 1.0 - 1.0 / ratio
    params[KNEE + lane] = knee_db / DB_PER_BIT
    params[MAKEUP + lane] = makeup_db / DB_PER_BIT


@kernel("void(float32[::1], int64, float64, float64, float64)")
def put_times(params, lane, attack_s, release_s, rate):
    """Write one channel's time constants, in seconds, into `params`."""
    params[ATTACK + lane] = smoothing(attack_s, rate)
    params[RELEASE + lane] = smoothing(release_s, rate)


@kernel("void(float32[::1], int64, float32[::1], int64, int64)")
def copy_lane(source, source_lane, target, target_lane, n):
    """Copy one stereo channel of a bank into a lane of another: how a side-chain's key is put together."""
    for at in range(0, n * BANK, BANK):
        target[at + target_lane] = source[at + source_lane]
        target[at + LANES + target_lane] = source[at + LANES + source_lane]


@kernel()
def log2_lanes(x):
    """Base-2 logarithm of positive normal lanes, within 2e-5."""
    u = mantissa(x) - like(x, _ONE)
    tail = like(x, _L1) + u * (like(x, _L2) + u * (like(x, _L3) + u * like(x, _L4)))
    return exponent(x) + u * (like(x, _L0) + u * tail)


@kernel()
def exp2_lanes(x):
    """2 to the power of each lane, within 2e-7 of itself; exactly 1 at 0; `x` is held in -126 to 126."""
    shifted = maximum(minimum(x, like(x, _TOP)), like(x, -_TOP)) + like(x, _BIAS)
    whole = truncate(shifted)
    r = shifted - whole
    tail = like(x, _E2) + r * (like(x, _E3) + r * (like(x, _E4) + r * like(x, _E5)))
    return (like(x, _ONE) + r * (like(x, _E1) + r * tail)) * power_of_two(whole)


@kernel()
def _wanted(level, threshold, slope, knee):
    """The gain computer: bits of reduction that these levels ask for, before smoothing."""
    zero, half = like(level, _ZERO), knee * like(level, _HALF)
    over = log2_lanes(maximum(level, like(level, _FLOOR))) - threshold
    inside = minimum(maximum(over + half, zero), knee)
    return slope * (inside * inside * (like(level, _HALF) / knee) + maximum(over - half, zero))


@kernel()
def _smooth(wanted, held, reduction, times):
    """One frame of the detector and of the attack: what is held, and the reduction."""
    release, keep, attack, approach = times
    held = maximum(wanted, multiply_add(keep, held, release * wanted))
    return held, minimum(held, multiply_add(approach, reduction, attack * held))


@kernel()
def _times(params):
    """Shares of the new and of the old; they add up to exactly 1, so that what stands still stays."""
    one = splat(_ONE)
    keep, approach = one - load(params, RELEASE), one - load(params, ATTACK)
    return one - keep, keep, one - approach, approach


@kernel()
def _twice(params, row):
    return both(load(params, row), load(params, row))


@kernel()
def _compress_still(y, key, params, state, n):
    """Compress with parameters that stand, two frames at a time; returns the largest reduction in bits."""
    threshold, slope, makeup = _twice(params, THRESHOLD), _twice(params, SLOPE), _twice(params, MAKEUP)
    amount, times = _twice(params, AMOUNT), _times(params)
    knee = maximum(_twice(params, KNEE), splat_wide(_HARD_KNEE))
    reduction, held, most = load(state, REDUCTION), load(state, HELD), splat_wide(_ZERO)
    whole = n // 2 * 2 * BANK
    for at in range(0, whole, 2 * BANK):
        first, second = load_wide(key, at), load_wide(key, at + BANK)
        level = maximum(absolute(_lefts(first, second)), absolute(_rights(first, second)))
        wanted = _wanted(level, threshold, slope, knee)
        held, before = _smooth(low_half(wanted, wanted), held, reduction, times)
        held, reduction = _smooth(high_half(wanted, wanted), held, before, times)
        reductions = both(before, reduction)
        gains = exp2_lanes(amount * (makeup - reductions))
        most = maximum(amount * reductions, most)
        store(y, at, load_wide(y, at) * _first_frame(gains, gains))
        store(y, at + BANK, load_wide(y, at + BANK) * _second_frame(gains, gains))
    if whole < n * BANK:
        frame = load_wide(key, whole)
        wanted = _wanted(
            maximum(absolute(_lefts(frame, frame)), absolute(_rights(frame, frame))), threshold, slope, knee
        )
        held, reduction = _smooth(low_half(wanted, wanted), held, reduction, times)
        reductions = both(reduction, reduction)
        most = maximum(amount * reductions, most)
        store(y, whole, load_wide(y, whole) * exp2_lanes(amount * (makeup - reductions)))
    store(state, REDUCTION, reduction)
    store(state, HELD, held)
    return maximum(low_half(most, most), high_half(most, most))


@kernel()
def _compress_ramp(y, key, params, delta, state, n):
    """Compress while parameters move with every frame; returns the largest reduction in bits."""
    threshold, slope, makeup = load(params, THRESHOLD), load(params, SLOPE), load(params, MAKEUP)
    amount, width, times = load(params, AMOUNT), load(params, KNEE), _times(params)
    reduction, held, most = load(state, REDUCTION), load(state, HELD), splat(_ZERO)
    for at in range(0, n * BANK, BANK):
        knee = maximum(width, splat(_HARD_KNEE))
        level = maximum(absolute(load(key, at)), absolute(load(key, at + LANES)))
        held, reduction = _smooth(_wanted(level, threshold, slope, knee), held, reduction, times)
        gain = exp2_lanes(amount * (makeup - reduction))
        most = maximum(amount * reduction, most)
        store(y, at, load_wide(y, at) * both(gain, gain))
        threshold, slope = threshold + load(delta, THRESHOLD), slope + load(delta, SLOPE)
        width, makeup, amount = width + load(delta, KNEE), makeup + load(delta, MAKEUP), amount + load(delta, AMOUNT)
    store(state, REDUCTION, reduction)
    store(state, HELD, held)
    store(params, THRESHOLD, threshold)
    store(params, SLOPE, slope)
    store(params, KNEE, width)
    store(params, MAKEUP, makeup)
    store(params, AMOUNT, amount)
    return most


@kernel()
def _is_moving(delta):
    """Whether any parameter but the time constants is being ramped."""
    moving = absolute(load(delta, THRESHOLD))
    for row in range(SLOPE, ATTACK, LANES):
        moving = maximum(moving, absolute(load(delta, row)))
    return maximum_across(moving) > _ZERO


@kernel("void(float32[::1], float32[::1], float32[::1], float32[::1], float32[::1], float32[::1], int64)")
def compress_bank(y, key, params, delta, state, reduction, n):
    """Compress `n` frames of a bank in place by the level of `key`.

    Frame i uses ``params + i * delta`` and `params` ends at ``+ n * delta``; rounding gathers there, so the
    caller writes the exact values where its ramp's segment ends. A channel that ends with an amount of 0 forgets
    its reduction; when all eight are off nothing is computed.
    """
    zero = splat(_ZERO)
    moving = _is_moving(delta)
    if not moving and maximum_across(load(params, AMOUNT)) == _ZERO:
        store(state, REDUCTION, zero)
        store(state, HELD, zero)
        return
    most = _compress_ramp(y, key, params, delta, state, n) if moving else _compress_still(y, key, params, state, n)
    amount = load(params, AMOUNT)
    store(state, REDUCTION, where_greater(amount, zero, load(state, REDUCTION), zero))
    store(state, HELD, where_greater(amount, zero, load(state, HELD), zero))
    store(reduction, 0, maximum(most * splat(_DB), load(reduction, 0)))
