"""State-variable filters: the designs, a bank of eight stereo channels, and one stereo pair.

Every equaliser band is one second-order **stage** in Simper's trapezoidal form. It has the same transfer
function as the bilinear biquads of the RBJ cookbook, and its coefficients may change with every sample.
For an input ``v0`` and the states ``ic1`` and ``ic2``::

    v3 = v0 - ic2
    t1 = a2 v3 - d1 ic1        t2 = a2 ic1 + a3 v3
    v1 = ic1 + t1              v2 = ic2 + t2
    y  = m0 v0 + m1 v1 + m2 v2
    ic1 = v1 + t1              ic2 = v2 + t2

A **design** is the tuple ``(d1, a2, a3, m0, m1, m2)``. Simper keeps ``a1 = 1 / (1 + g (g + k))``; we keep
``d1 = 1 - a1``, because at low frequencies ``a1`` is so near 1 that float32 loses the damping: a peak of
18 dB, Q 18, at 20 Hz missed float64 by 3e-5 with ``a1`` and misses it by 1e-7 with ``d1``.

======================  ==========================================================================
bank sound              ``[frame][16]``: lanes 0-7 left, 8-15 right (see `dsp.lanes`)
bank coefficients       ``coef[stage * STAGE_COEFFICIENTS + c * 16 + lane]``, c = d1 a2 a3 m0 m1 m2
bank states             ``state[stage * STAGE_STATES + {0: ic1, 16: ic2} + lane]``
stereo sound            ``[frame][2]``, interleaved
stereo coefficients     ``coef[stage * 6 + c]``
stereo states           ``state[stage * 4 + {0: ic1 left, 1: ic2 left, 2: ic1 right, 3: ic2 right}]``
======================  ==========================================================================

All arrays are flat float32. A stage that is flat in every lane (``m0 = 1, m1 = m2 = 0``) is skipped and its
states are cleared, so that it wakes from silence: its output then grows from the flat one as fast as
``m1`` and ``m2`` are ramped, without a step.

References
----------
A. Simper, "Linear Trapezoidal Integrated State Variable Filter With Low Noise Optimisation", Cytomic 2013;
R. Bristow-Johnson, "Audio EQ Cookbook", W3C Note 2021.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import math

import numpy as np

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, LANES, absolute, load, maximum, maximum_across, splat, store

Design = tuple[float, float, float, float, float, float]

COEFFICIENTS = 6  # d1, a2, a3, m0, m1, m2
STAGE_COEFFICIENTS = COEFFICIENTS * BANK  # numbers to a stage in a bank's `coef` and `delta`
STAGE_STATES = 2 * BANK  # numbers to a stage in a bank's `state`
STEREO_STATES = 4  # numbers to a stage in a stereo pair's `state`
MAXIMUM_OF_RATE = 0.49  # designs clamp their frequency to this part of the rate: tan() ends at one half

FLAT: Design = (0.0, 0.0, 0.0, 1.0, 0.0, 0.0)

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_DESIGN = "UniTuple(float64, 6)"


@kernel("float64(float64, float64)")
def _warp(freq_hz, rate):
    """The integrator gain of a frequency: the bilinear transform's warping."""
    return math.tan(math.pi * min(freq_hz / rate, MAXIMUM_OF_RATE))


@kernel(f"{_DESIGN}(float64, float64, float64, float64, float64)")
def _design(g, k, m0, m1, m2):
    a1 = 1.0 / (1.0 + g * (g + k))
    return (g * (g + k) * a1, g * a1, g * g * a1, m0, m1, m2)


@kernel(f"{_DESIGN}(float64, float64, float64)")
def low_pass(freq_hz, q, rate):
    """Second-order low-pass, 12 dB an octave; `q` 0.7071 is Butterworth. Equals the cookbook's LPF.

    Like all designs here it may be called from Python and from kernels, checks nothing, and returns a `Design`.
    """
    return _design(_warp(freq_hz, rate), 1.0 / q, 0.0, 0.0, 1.0)


@kernel(f"{_DESIGN}(float64, float64, float64)")
def high_pass(freq_hz, q, rate):
    """Second-order high-pass, 12 dB an octave; `q` 0.7071 is Butterworth. Equals the cookbook's HPF."""
    k = 1.0 / q
    return _design(_warp(freq_hz, rate), k, 1.0, -k, -1.0)


@kernel(f"{_DESIGN}(float64, float64, float64, float64)")
def peak(freq_hz, gain_db, q, rate):
    """Bell of `gain_db` at `freq_hz`. Equals the cookbook's peakingEQ."""
    a = 10.0 ** (gain_db / 40.0)
    k = 1.0 / (q * a)
    return _design(_warp(freq_hz, rate), k, 1.0, k * (a * a - 1.0), 0.0)


@kernel(f"{_DESIGN}(float64, float64, float64, float64)")
def low_shelf(freq_hz, gain_db, q, rate):
    """Shelf of `gain_db` below `freq_hz`. Equals the cookbook's lowShelf with alpha from Q."""
    a = 10.0 ** (gain_db / 40.0)
    k = 1.0 / q
    return _design(_warp(freq_hz, rate) / math.sqrt(a), k, 1.0, k * (a - 1.0), a * a - 1.0)


@kernel(f"{_DESIGN}(float64, float64, float64, float64)")
def high_shelf(freq_hz, gain_db, q, rate):
    """Shelf of `gain_db` above `freq_hz`. Equals the cookbook's highShelf with alpha from Q."""
    a = 10.0 ** (gain_db / 40.0)
    k = 1.0 / q
    return _design(_warp(freq_hz, rate) * math.sqrt(a), k, a * a, k * (1.0 - a) * a, 1.0 - a * a)


@kernel(f"{_DESIGN}(float64, float64)")
def one_pole_low_pass(freq_hz, rate):
    """First-order low-pass, 6 dB an octave, as a stage: (s + 1) / (s + 1)^2, its pole and zero cancelling."""
    return _design(_warp(freq_hz, rate), 2.0, 0.0, 1.0, 1.0)


@kernel(f"{_DESIGN}(float64, float64)")
def one_pole_high_pass(freq_hz, rate):
    """First-order high-pass, 6 dB an octave, as a stage: s (s + 1) / (s + 1)^2."""
    return _design(_warp(freq_hz, rate), 2.0, 1.0, -1.0, -1.0)


@kernel(f"{_DESIGN}({_DESIGN}, float64)")
def blend(design, amount):
    """`design` cross-faded with the flat stage: 0 leaves the sound exactly as it is, 1 is the whole filter."""
    d1, a2, a3, m0, m1, m2 = design
    return (d1, a2, a3, 1.0 + amount * (m0 - 1.0), amount * m1, amount * m2)


@kernel(f"void(float32[::1], int64, int64, {_DESIGN})")
def put_bank(coef, stage, lane, design):
    """Write one channel's `design` into a bank's `coef` (or `delta`), both sides; `lane` 0 to 7."""
    for c in range(COEFFICIENTS):
        at = stage * STAGE_COEFFICIENTS + c * BANK + lane
        coef[at] = design[c]
        coef[at + LANES] = design[c]


@kernel(f"void(float32[::1], int64, {_DESIGN})")
def put_stereo(coef, stage, design):
    """Write `design` into a stereo pair's `coef` (or `delta`)."""
    for c in range(COEFFICIENTS):
        coef[stage * COEFFICIENTS + c] = design[c]


@kernel("void(float32[::1], int64, int64)")
def clear_lane(state, stages, lane):
    """Forget what one channel of a bank was playing; `lane` 0 to 7."""
    for row in range(2 * stages):
        state[row * BANK + lane] = 0.0
        state[row * BANK + LANES + lane] = 0.0


@kernel()
def _is_flat(coef, base):
    """Whether a bank's stage leaves every lane as it is."""
    one = splat(_ONE)
    low = maximum(absolute(load(coef, base + 48) - one), absolute(load(coef, base + 56) - one))
    mid = maximum(absolute(load(coef, base + 64)), absolute(load(coef, base + 72)))
    high = maximum(absolute(load(coef, base + 80)), absolute(load(coef, base + 88)))
    return maximum_across(maximum(low, maximum(mid, high))) == _ZERO


@kernel()
def _is_still(delta, base):
    """Whether nothing of a bank's stage is being ramped."""
    moving = absolute(load(delta, base))
    for at in range(LANES, STAGE_COEFFICIENTS, LANES):
        moving = maximum(moving, absolute(load(delta, base + at)))
    return maximum_across(moving) == _ZERO


@kernel()
def _copy(x, y, n):
    for at in range(0, n * BANK, LANES):
        store(y, at, load(x, at))


@kernel()
def _still_form(d1, a2, a3, m0, m1, m2):
    """The stage for coefficients that stand: 8 operations instead of 12, and a recursion half as long.

    With p = 2 a2, q = 2 d1, r = 2 a3 the states go on as ``ic1 - q ic1 + p v3`` and ``ic2 + p ic1 + r v3``,
    and v1, v2 put into the output give ``y = d v0 + c1 ic1 + c3 v3``.
    """
    c1 = m1 - m1 * d1 + m2 * a2
    return a2 + a2, d1 + d1, a3 + a3, m0 + m2, c1, m1 * a2 - m2 + m2 * a3


@kernel()
def _load_design(coef, k):
    """The design of eight lanes."""
    return (
        load(coef, k),
        load(coef, k + 16),
        load(coef, k + 32),
        load(coef, k + 48),
        load(coef, k + 64),
        load(coef, k + 80),
    )


@kernel()
def _stage(x, y, coef, k, state, z, n):
    """One stage of a bank, both halves in one pass so that two recursions overlap."""
    p, q, r, d, c1, c3 = _still_form(*_load_design(coef, k))
    s, t, u, e, b1, b3 = _still_form(*_load_design(coef, k + LANES))
    i1, j1, i2, j2 = load(state, z), load(state, z + 8), load(state, z + 16), load(state, z + 24)
    for at in range(0, n * BANK, BANK):
        v0, w0 = load(x, at), load(x, at + 8)
        v3, w3 = v0 - i2, w0 - j2
        store(y, at, d * v0 + c1 * i1 + c3 * v3)
        store(y, at + 8, e * w0 + b1 * j1 + b3 * w3)
        i2, j2 = i2 + p * i1 + r * v3, j2 + s * j1 + u * w3
        i1, j1 = i1 - q * i1 + p * v3, j1 - t * j1 + s * w3
    store(state, z, i1)
    store(state, z + 8, j1)
    store(state, z + 16, i2)
    store(state, z + 24, j2)


@kernel()
def _half_stage_ramp(x, y, coef, delta, k, state, z, n, half):
    """One stage of the left (`half` 0) or right (8) lanes while its coefficients move with every frame."""
    d1, a2, a3, m0, m1, m2 = _load_design(coef, k)
    i1, i2 = load(state, z), load(state, z + 16)
    for at in range(half, n * BANK, BANK):
        v0 = load(x, at)
        v3 = v0 - i2
        t1 = a2 * v3 - d1 * i1
        t2 = a2 * i1 + a3 * v3
        v1, v2 = i1 + t1, i2 + t2
        i1, i2 = v1 + t1, v2 + t2
        store(y, at, m0 * v0 + m1 * v1 + m2 * v2)
        d1, a2, a3 = d1 + load(delta, k), a2 + load(delta, k + 16), a3 + load(delta, k + 32)
        m0, m1, m2 = m0 + load(delta, k + 48), m1 + load(delta, k + 64), m2 + load(delta, k + 80)
    store(state, z, i1)
    store(state, z + 16, i2)
    store(coef, k, d1)
    store(coef, k + 16, a2)
    store(coef, k + 32, a3)
    store(coef, k + 48, m0)
    store(coef, k + 64, m1)
    store(coef, k + 80, m2)


@kernel("void(float32[::1], float32[::1], float32[::1], float32[::1], int64, int64)")
def svf_bank(x, y, coef, state, stages, n):
    """Filter `n` frames of a bank through `stages` stages, from `x` into `y` (which may be `x`)."""
    fresh = True
    for stage in range(stages):
        k, z = stage * STAGE_COEFFICIENTS, stage * STAGE_STATES
        if _is_flat(coef, k):
            state[z : z + STAGE_STATES] = _ZERO
            continue
        _stage(x if fresh else y, y, coef, k, state, z, n)
        fresh = False
    if fresh:
        _copy(x, y, n)


@kernel("void(float32[::1], float32[::1], float32[::1], float32[::1], float32[::1], int64, int64)")
def svf_bank_ramp(x, y, coef, delta, state, stages, n):
    """`svf_bank` while coefficients move: frame i uses ``coef + i * delta``, and `coef` ends at ``+ n * delta``.

    Stages whose `delta` is all zero run as in `svf_bank`. Rounding gathers in `coef`, so the caller writes the
    exact values where its ramp's segment ends.
    """
    fresh = True
    for stage in range(stages):
        k, z = stage * STAGE_COEFFICIENTS, stage * STAGE_STATES
        still = _is_still(delta, k)
        if still and _is_flat(coef, k):
            state[z : z + STAGE_STATES] = _ZERO
            continue
        source = x if fresh else y
        if still:
            _stage(source, y, coef, k, state, z, n)
        else:
            _half_stage_ramp(source, y, coef, delta, k, state, z, n, 0)
            _half_stage_ramp(source, y, coef, delta, k + LANES, state, z + LANES, n, LANES)
        fresh = False
    if fresh:
        _copy(x, y, n)


@kernel("void(float32[::1], float32[::1], float32[::1], int64, int64)")
def svf_stereo(buf, coef, state, stages, n):
    """Filter `n` interleaved stereo frames in place through `stages` stages."""
    for stage in range(stages):
        k, z = stage * COEFFICIENTS, stage * STEREO_STATES
        if coef[k + 3] == _ONE and coef[k + 4] == _ZERO and coef[k + 5] == _ZERO:
            state[z : z + STEREO_STATES] = _ZERO
            continue
        p, q, r, d, c1, c3 = _still_form(coef[k], coef[k + 1], coef[k + 2], coef[k + 3], coef[k + 4], coef[k + 5])
        i1, i2, j1, j2 = state[z], state[z + 1], state[z + 2], state[z + 3]
        for at in range(0, 2 * n, 2):
            v0, w0 = buf[at], buf[at + 1]
            v3, w3 = v0 - i2, w0 - j2
            buf[at], buf[at + 1] = d * v0 + c1 * i1 + c3 * v3, d * w0 + c1 * j1 + c3 * w3
            i2, j2 = i2 + p * i1 + r * v3, j2 + p * j1 + r * w3
            i1, j1 = i1 - q * i1 + p * v3, j1 - q * j1 + p * w3
        state[z], state[z + 1], state[z + 2], state[z + 3] = i1, i2, j1, j2


@kernel("void(float32[::1], float32[::1], float32[::1], float32[::1], int64, int64)")
def svf_stereo_ramp(buf, coef, delta, state, stages, n):
    """`svf_stereo` while coefficients move: frame i uses ``coef + i * delta``; `coef` ends at ``+ n * delta``."""
    for stage in range(stages):
        k, z = stage * COEFFICIENTS, stage * STEREO_STATES
        d1, a2, a3, m0, m1, m2 = coef[k], coef[k + 1], coef[k + 2], coef[k + 3], coef[k + 4], coef[k + 5]
        e1, b2, b3, n0, n1, n2 = delta[k], delta[k + 1], delta[k + 2], delta[k + 3], delta[k + 4], delta[k + 5]
        i1, i2, j1, j2 = state[z], state[z + 1], state[z + 2], state[z + 3]
        for at in range(0, 2 * n, 2):
            v0, w0 = buf[at], buf[at + 1]
            v3, w3 = v0 - i2, w0 - j2
            t1, u1 = a2 * v3 - d1 * i1, a2 * w3 - d1 * j1
            t2, u2 = a2 * i1 + a3 * v3, a2 * j1 + a3 * w3
            v1, w1, v2, w2 = i1 + t1, j1 + u1, i2 + t2, j2 + u2
            i1, j1, i2, j2 = v1 + t1, w1 + u1, v2 + t2, w2 + u2
            buf[at] = m0 * v0 + m1 * v1 + m2 * v2
            buf[at + 1] = m0 * w0 + m1 * w1 + m2 * w2
            d1, a2, a3, m0, m1, m2 = d1 + e1, a2 + b2, a3 + b3, m0 + n0, m1 + n1, m2 + n2
        state[z], state[z + 1], state[z + 2], state[z + 3] = i1, i2, j1, j2
        coef[k], coef[k + 1], coef[k + 2], coef[k + 3], coef[k + 4], coef[k + 5] = d1, a2, a3, m0, m1, m2
