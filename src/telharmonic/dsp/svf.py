"""State-variable filters on a bank of eight stereo channels; `dsp.svf_stereo` filters one stereo pair.

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
======================  ==========================================================================

All arrays are flat float32. A stage that is flat in every lane (``m0 = 1, m1 = m2 = 0``) is skipped and its
states are cleared, so that it wakes from silence: its output then grows from the flat one as fast as
``m1`` and ``m2`` are ramped, without a step.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import BANK, LANES, absolute, load_wide, maximum, maximum_across, splat_wide, store

COEFFICIENTS = 6  # d1, a2, a3, m0, m1, m2
STAGE_COEFFICIENTS = COEFFICIENTS * BANK  # numbers to a stage in a bank's `coef` and `delta`
STAGE_STATES = 2 * BANK  # numbers to a stage in a bank's `state`

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_DESIGN = "UniTuple(float64, 6)"


@kernel(f"void(float32[::1], int64, int64, {_DESIGN})")
def put_bank(coef, stage, lane, design):
    """Write one channel's `design` into a bank's `coef` (or `delta`), both sides; `lane` 0 to 7."""
    for c in range(COEFFICIENTS):
        at = stage * STAGE_COEFFICIENTS + c * BANK + lane
        coef[at] = design[c]
        coef[at + LANES] = design[c]


@kernel("void(float32[::1], int64, int64)")
def clear_lane(state, stages, lane):
    """Forget what one channel of a bank was playing; `lane` 0 to 7."""
    for row in range(2 * stages):
        state[row * BANK + lane] = 0.0
        state[row * BANK + LANES + lane] = 0.0


@kernel()
def _is_flat(coef, base):
    """Whether a bank's stage leaves every lane as it is."""
    direct = absolute(load_wide(coef, base + 48) - splat_wide(_ONE))
    others = maximum(absolute(load_wide(coef, base + 64)), absolute(load_wide(coef, base + 80)))
    return maximum_across(maximum(direct, others)) == _ZERO


@kernel()
def _is_still(delta, base):
    """Whether nothing of a bank's stage is being ramped."""
    moving = absolute(load_wide(delta, base))
    for at in range(BANK, STAGE_COEFFICIENTS, BANK):
        moving = maximum(moving, absolute(load_wide(delta, base + at)))
    return maximum_across(moving) == _ZERO


@kernel()
def _copy(x, y, n):
    for at in range(0, n * BANK, BANK):
        store(y, at, load_wide(x, at))


@kernel()
def _forget(state, stage):
    store(state, stage * STAGE_STATES, splat_wide(_ZERO))
    store(state, stage * STAGE_STATES + BANK, splat_wide(_ZERO))


@kernel()
def still_form(design):
    """The stage for coefficients that stand: 8 operations instead of 12, and a recursion half as long.

    With p = 2 a2, q = 2 d1, r = 2 a3 the states go on as ``ic1 - q ic1 + p v3`` and ``ic2 + p ic1 + r v3``,
    and v1, v2 put into the output give ``y = d v0 + c1 ic1 + c3 v3``.
    """
    d1, a2, a3, m0, m1, m2 = design
    return a2 + a2, d1 + d1, a3 + a3, m0 + m2, m1 - m1 * d1 + m2 * a2, m1 * a2 - m2 + m2 * a3


@kernel()
def step(v0, ic1, ic2, form):
    """One frame of a stage: its output and its next states, in lanes or in numbers."""
    p, q, r, d, c1, c3 = form
    v3 = v0 - ic2
    return d * v0 + c1 * ic1 + c3 * v3, ic1 - q * ic1 + p * v3, ic2 + p * ic1 + r * v3


@kernel()
def _load_design(coef, k):
    """The design of sixteen lanes."""
    d1, a2, a3 = load_wide(coef, k), load_wide(coef, k + 16), load_wide(coef, k + 32)
    return d1, a2, a3, load_wide(coef, k + 48), load_wide(coef, k + 64), load_wide(coef, k + 80)


@kernel()
def _begin_stage(coef, state, stage):
    """The form of a stage that stands, and its two states."""
    form, z = still_form(_load_design(coef, stage * STAGE_COEFFICIENTS)), stage * STAGE_STATES
    return form, load_wide(state, z), load_wide(state, z + BANK)


@kernel()
def _end_stage(state, stage, ic1, ic2):
    store(state, stage * STAGE_STATES, ic1)
    store(state, stage * STAGE_STATES + BANK, ic2)


@kernel()
def _one_stage(x, y, coef, stage, state, n):
    form, ic1, ic2 = _begin_stage(coef, state, stage)
    for at in range(0, n * BANK, BANK):
        a, ic1, ic2 = step(load_wide(x, at), ic1, ic2, form)
        store(y, at, a)
    _end_stage(state, stage, ic1, ic2)


@kernel()
def _two_stages(x, y, coef, first, second, state, n):
    """Two stages of a bank in one pass, so that two recursions overlap."""
    form, i1, i2 = _begin_stage(coef, state, first)
    form_next, j1, j2 = _begin_stage(coef, state, second)
    for at in range(0, n * BANK, BANK):
        a, i1, i2 = step(load_wide(x, at), i1, i2, form)
        a, j1, j2 = step(a, j1, j2, form_next)
        store(y, at, a)
    _end_stage(state, first, i1, i2)
    _end_stage(state, second, j1, j2)


@kernel()
def _three_stages(x, y, coef, stages, state, n):
    """Three stages in one pass: as many as AVX-512 has registers for."""
    form, i1, i2 = _begin_stage(coef, state, stages[0])
    form_second, j1, j2 = _begin_stage(coef, state, stages[1])
    form_third, k1, k2 = _begin_stage(coef, state, stages[2])
    for at in range(0, n * BANK, BANK):
        a, i1, i2 = step(load_wide(x, at), i1, i2, form)
        a, j1, j2 = step(a, j1, j2, form_second)
        a, k1, k2 = step(a, k1, k2, form_third)
        store(y, at, a)
    _end_stage(state, stages[0], i1, i2)
    _end_stage(state, stages[1], j1, j2)
    _end_stage(state, stages[2], k1, k2)


@kernel()
def _stage_ramp(x, y, coef, delta, stage, state, n):
    """One stage while its coefficients move with every frame."""
    k, z = stage * STAGE_COEFFICIENTS, stage * STAGE_STATES
    d1, a2, a3, m0, m1, m2 = _load_design(coef, k)
    e1, b2, b3, n0, n1, n2 = _load_design(delta, k)
    i1, i2 = load_wide(state, z), load_wide(state, z + BANK)
    for at in range(0, n * BANK, BANK):
        v0 = load_wide(x, at)
        v3 = v0 - i2
        t1 = a2 * v3 - d1 * i1
        t2 = a2 * i1 + a3 * v3
        v1, v2 = i1 + t1, i2 + t2
        i1, i2 = v1 + t1, v2 + t2
        store(y, at, m0 * v0 + m1 * v1 + m2 * v2)
        d1, a2, a3, m0, m1, m2 = d1 + e1, a2 + b2, a3 + b3, m0 + n0, m1 + n1, m2 + n2
    _end_stage(state, stage, i1, i2)
    store(coef, k, d1)
    store(coef, k + 16, a2)
    store(coef, k + 32, a3)
    store(coef, k + 48, m0)
    store(coef, k + 64, m1)
    store(coef, k + 80, m2)


@kernel("void(float32[::1], float32[::1], float32[::1], float32[::1], int64, int64)")
def svf_bank(x, y, coef, state, stages, n):
    """Filter `n` frames of a bank through `stages` stages, from `x` into `y` (which may be `x`)."""
    fresh, first, second = True, -1, -1  # whether y holds nothing yet; stages that wait for a third
    for stage in range(stages):
        if _is_flat(coef, stage * STAGE_COEFFICIENTS):
            _forget(state, stage)
        elif first < 0:
            first = stage
        elif second < 0:
            second = stage
        else:
            _three_stages(x if fresh else y, y, coef, (first, second, stage), state, n)
            fresh, first, second = False, -1, -1
    if second >= 0:
        _two_stages(x if fresh else y, y, coef, first, second, state, n)
    elif first >= 0:
        _one_stage(x if fresh else y, y, coef, first, state, n)
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
        k = stage * STAGE_COEFFICIENTS
        still = _is_still(delta, k)
        if still and _is_flat(coef, k):
            _forget(state, stage)
            continue
        source = x if fresh else y
        if still:
            _one_stage(source, y, coef, stage, state, n)
        else:
            _stage_ramp(source, y, coef, delta, stage, state, n)
        fresh = False
    if fresh:
        _copy(x, y, n)
