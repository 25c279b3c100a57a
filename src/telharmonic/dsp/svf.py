"""State-variable filters on a bank of eight stereo channels, and on one stereo pair.

Every equaliser band is one second-order **stage**, Simper's trapezoidal form with coefficients from
`dsp.filter_design`. They may change with every sample. For an input ``v0`` and the states ``ic1`` and ``ic2``::

    v3 = v0 - ic2
    t1 = a2 v3 - d1 ic1        t2 = a2 ic1 + a3 v3
    v1 = ic1 + t1              v2 = ic2 + t2
    y  = m0 v0 + m1 v1 + m2 v2
    ic1 = v1 + t1              ic2 = v2 + t2

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
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, LANES, absolute, load, maximum, maximum_across, splat, store

COEFFICIENTS = 6  # d1, a2, a3, m0, m1, m2
STAGE_COEFFICIENTS = COEFFICIENTS * BANK  # numbers to a stage in a bank's `coef` and `delta`
STAGE_STATES = 2 * BANK  # numbers to a stage in a bank's `state`
STEREO_STATES = 4  # numbers to a stage in a stereo pair's `state`

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_DESIGN = "UniTuple(float64, 6)"


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
def _still_form(design):
    """The stage for coefficients that stand: 8 operations instead of 12, and a recursion half as long.

    With p = 2 a2, q = 2 d1, r = 2 a3 the states go on as ``ic1 - q ic1 + p v3`` and ``ic2 + p ic1 + r v3``,
    and v1, v2 put into the output give ``y = d v0 + c1 ic1 + c3 v3``.
    """
    d1, a2, a3, m0, m1, m2 = design
    return a2 + a2, d1 + d1, a3 + a3, m0 + m2, m1 - m1 * d1 + m2 * a2, m1 * a2 - m2 + m2 * a3


@kernel()
def _step(v0, ic1, ic2, form):
    """One frame of a stage: its output and its next states, in lanes or in numbers."""
    p, q, r, d, c1, c3 = form
    v3 = v0 - ic2
    return d * v0 + c1 * ic1 + c3 * v3, ic1 - q * ic1 + p * v3, ic2 + p * ic1 + r * v3


@kernel()
def _load_design(coef, k):
    """The design of eight lanes."""
    d1, a2, a3 = load(coef, k), load(coef, k + 16), load(coef, k + 32)
    return d1, a2, a3, load(coef, k + 48), load(coef, k + 64), load(coef, k + 80)


@kernel()
def _load_states(state, z):
    return load(state, z), load(state, z + LANES), load(state, z + BANK), load(state, z + BANK + LANES)


@kernel()
def _store_states(state, z, i1, j1, i2, j2):
    store(state, z, i1)
    store(state, z + LANES, j1)
    store(state, z + BANK, i2)
    store(state, z + BANK + LANES, j2)


@kernel()
def _one_stage(x, y, coef, stage, state, n):
    """One stage of a bank, both halves in one pass so that two recursions overlap."""
    k, z = stage * STAGE_COEFFICIENTS, stage * STAGE_STATES
    left, right = _still_form(_load_design(coef, k)), _still_form(_load_design(coef, k + LANES))
    i1, j1, i2, j2 = _load_states(state, z)
    for at in range(0, n * BANK, BANK):
        a, i1, i2 = _step(load(x, at), i1, i2, left)
        b, j1, j2 = _step(load(x, at + LANES), j1, j2, right)
        store(y, at, a)
        store(y, at + LANES, b)
    _store_states(state, z, i1, j1, i2, j2)


@kernel()
def _two_stages(x, y, coef, first, second, state, n):
    """Two stages of a bank in one pass: four recursions overlap, a quarter less time than one after the other."""
    k, z = first * STAGE_COEFFICIENTS, first * STAGE_STATES
    m, w = second * STAGE_COEFFICIENTS, second * STAGE_STATES
    left, right = _still_form(_load_design(coef, k)), _still_form(_load_design(coef, k + LANES))
    left_next, right_next = _still_form(_load_design(coef, m)), _still_form(_load_design(coef, m + LANES))
    i1, j1, i2, j2 = _load_states(state, z)
    p1, q1, p2, q2 = _load_states(state, w)
    for at in range(0, n * BANK, BANK):
        a, i1, i2 = _step(load(x, at), i1, i2, left)
        b, j1, j2 = _step(load(x, at + LANES), j1, j2, right)
        a, p1, p2 = _step(a, p1, p2, left_next)
        b, q1, q2 = _step(b, q1, q2, right_next)
        store(y, at, a)
        store(y, at + LANES, b)
    _store_states(state, z, i1, j1, i2, j2)
    _store_states(state, w, p1, q1, p2, q2)


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
    fresh, waiting = True, -1
    for stage in range(stages):
        if _is_flat(coef, stage * STAGE_COEFFICIENTS):
            state[stage * STAGE_STATES : (stage + 1) * STAGE_STATES] = _ZERO
        elif waiting < 0:
            waiting = stage
        else:
            _two_stages(x if fresh else y, y, coef, waiting, stage, state, n)
            fresh, waiting = False, -1
    if waiting >= 0:
        _one_stage(x if fresh else y, y, coef, waiting, state, n)
    elif fresh:
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
            _one_stage(source, y, coef, stage, state, n)
        else:
            _half_stage_ramp(source, y, coef, delta, k, state, z, n, 0)
            _half_stage_ramp(source, y, coef, delta, k + LANES, state, z + LANES, n, LANES)
        fresh = False
    if fresh:
        _copy(x, y, n)


@kernel()
def _stereo_form(coef, stage):
    k = stage * COEFFICIENTS
    return _still_form((coef[k], coef[k + 1], coef[k + 2], coef[k + 3], coef[k + 4], coef[k + 5]))


@kernel()
def _one_stereo_stage(buf, coef, stage, state, n):
    form, z = _stereo_form(coef, stage), stage * STEREO_STATES
    i1, i2, j1, j2 = state[z], state[z + 1], state[z + 2], state[z + 3]
    for at in range(0, 2 * n, 2):
        buf[at], i1, i2 = _step(buf[at], i1, i2, form)
        buf[at + 1], j1, j2 = _step(buf[at + 1], j1, j2, form)
    state[z], state[z + 1], state[z + 2], state[z + 3] = i1, i2, j1, j2


@kernel()
def _two_stereo_stages(buf, coef, first, second, state, n):
    form, z = _stereo_form(coef, first), first * STEREO_STATES
    form_next, w = _stereo_form(coef, second), second * STEREO_STATES
    i1, i2, j1, j2 = state[z], state[z + 1], state[z + 2], state[z + 3]
    p1, p2, q1, q2 = state[w], state[w + 1], state[w + 2], state[w + 3]
    for at in range(0, 2 * n, 2):
        a, i1, i2 = _step(buf[at], i1, i2, form)
        b, j1, j2 = _step(buf[at + 1], j1, j2, form)
        buf[at], p1, p2 = _step(a, p1, p2, form_next)
        buf[at + 1], q1, q2 = _step(b, q1, q2, form_next)
    state[z], state[z + 1], state[z + 2], state[z + 3] = i1, i2, j1, j2
    state[w], state[w + 1], state[w + 2], state[w + 3] = p1, p2, q1, q2


@kernel("void(float32[::1], float32[::1], float32[::1], int64, int64)")
def svf_stereo(buf, coef, state, stages, n):
    """Filter `n` interleaved stereo frames in place through `stages` stages."""
    waiting = -1
    for stage in range(stages):
        k = stage * COEFFICIENTS
        if coef[k + 3] == _ONE and coef[k + 4] == _ZERO and coef[k + 5] == _ZERO:
            state[stage * STEREO_STATES : (stage + 1) * STEREO_STATES] = _ZERO
        elif waiting < 0:
            waiting = stage
        else:
            _two_stereo_stages(buf, coef, waiting, stage, state, n)
            waiting = -1
    if waiting >= 0:
        _one_stereo_stage(buf, coef, waiting, state, n)


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
