"""State-variable filters on one stereo pair: the recursion of `dsp.svf`, four stages at once in eight lanes.

A single pair leaves a processor waiting for its own results: a frame of one stage takes as long as a frame of
four. So four stages work side by side, each two frames behind the one before it, and what falls short of
four goes one by one.

======================  ==========================================================================
sound                   ``[frame][2]``, interleaved
coefficients            ``coef[stage * 6 + c]``, c = d1 a2 a3 m0 m1 m2
states                  ``state[stage * 4 + {0: ic1 left, 1: ic2 left, 2: ic1 right, 3: ic2 right}]``
======================  ==========================================================================

All arrays are flat float32. A stage that is flat leaves every bit as it is, and its states are cleared.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import load, load_pair, multiply_add, shuffle, splat, store, where_greater
from telharmonic.dsp.svf import COEFFICIENTS, step, still_form

STEREO_STATES = 4  # numbers to a stage in `state`

_GROUP = 4  # stages that work side by side
_BEHIND = 2  # frames from one to the next: time for a result to cross the lanes
_LAST = _BEHIND * (_GROUP - 1)

_ZERO, _ONE, _HALF = np.float32(0.0), np.float32(1.0), np.float32(0.5)
_two = shuffle([0, 0, 8, 8, 0, 0, 8, 8])
_four = shuffle([0, 1, 2, 3, 8, 9, 10, 11])
_first_states, _second_states = shuffle([0, 2, 4, 6, 8, 10, 12, 14]), shuffle([1, 3, 5, 7, 9, 11, 13, 15])
_weave_low, _weave_high = shuffle([0, 8, 1, 9, 2, 10, 3, 11]), shuffle([4, 12, 5, 13, 6, 14, 7, 15])
_widen = shuffle([0, 1, 0, 1, 0, 1, 0, 1])
_enter = shuffle([0, 1, 8, 9, 10, 11, 12, 13])  # (frame, results): each stage takes what the one before it made
_leave = shuffle([6, 7])


@kernel("void(float32[::1], int64, UniTuple(float64, 6))")
def put_stereo(coef, stage, design):
    """Write `design` into a stereo pair's `coef` (or `delta`)."""
    for c in range(COEFFICIENTS):
        coef[stage * COEFFICIENTS + c] = design[c]


@kernel()
def _each(a, b, c, d):
    """A number of each of four stages, for both sides."""
    return _four(_two(splat(a), splat(b)), _two(splat(c), splat(d)))


@kernel()
def _spread(coef, c):
    return _each(coef[c], coef[COEFFICIENTS + c], coef[2 * COEFFICIENTS + c], coef[3 * COEFFICIENTS + c])


@kernel()
def _step(v0, ic1, ic2, form):
    """`svf.step` in an order that the compiler may not change: edges and middle must round alike."""
    p, minus_q, r, d, c1, c3 = form
    v3 = v0 - ic2
    direct = multiply_add(c1, ic1, d * v0)
    ahead1, ahead2 = multiply_add(minus_q, ic1, ic1), multiply_add(p, ic1, ic2)
    return multiply_add(c3, v3, direct), multiply_add(p, v3, ahead1), multiply_add(r, v3, ahead2)


@kernel()
def _edge(buf, time, n, form, ic1, ic2, results):
    """A step in which some stages have no frame yet, or none any more: their states stay."""
    frame = _widen(load_pair(buf, 2 * time), load_pair(buf, 2 * time)) if time < n else splat(_ZERO)
    made, next1, next2 = _step(_enter(frame, results), ic1, ic2, form)
    begin = _each(_HALF, _BEHIND + _HALF, 2 * _BEHIND + _HALF, 3 * _BEHIND + _HALF)
    now, end = splat(np.float32(time + 1)), begin + splat(np.float32(n))
    ic1 = where_greater(now, begin, where_greater(end, now, next1, ic1), ic1)
    ic2 = where_greater(now, begin, where_greater(end, now, next2, ic2), ic2)
    if time >= _LAST:
        store(buf, 2 * (time - _LAST), _leave(made, made))
    return made, ic1, ic2


@kernel()
def _four_stages(buf, coef, state, n):
    """Filter through four stages side by side."""
    d1, a2, a3 = _spread(coef, 0), _spread(coef, 1), _spread(coef, 2)
    p, q, r, d, c1, c3 = still_form((d1, a2, a3, _spread(coef, 3), _spread(coef, 4), _spread(coef, 5)))
    form = p, splat(_ZERO) - q, r, d, c1, c3
    low, high = load(state, 0), load(state, 8)
    ic1, ic2 = _first_states(low, high), _second_states(low, high)
    before, last = splat(_ZERO), splat(_ZERO)  # results of two steps ago and of one
    for time in range(_LAST):
        made, ic1, ic2 = _edge(buf, time, n, form, ic1, ic2, before)
        before, last = last, made
    for time in range(_LAST, n):
        frame = load_pair(buf, 2 * time)
        made, ic1, ic2 = _step(_enter(_widen(frame, frame), before), ic1, ic2, form)
        store(buf, 2 * (time - _LAST), _leave(made, made))
        before, last = last, made
    for time in range(max(_LAST, n), n + _LAST):
        made, ic1, ic2 = _edge(buf, time, n, form, ic1, ic2, before)
        before, last = last, made
    store(state, 0, _weave_low(ic1, ic2))
    store(state, 8, _weave_high(ic1, ic2))


@kernel()
def _is_flat(coef, stage):
    k = stage * COEFFICIENTS
    return coef[k + 3] == _ONE and coef[k + 4] == _ZERO and coef[k + 5] == _ZERO


@kernel()
def _form(coef, stage):
    k = stage * COEFFICIENTS
    return still_form((coef[k], coef[k + 1], coef[k + 2], coef[k + 3], coef[k + 4], coef[k + 5]))


@kernel()
def _one_stage(buf, coef, stage, state, n):
    form, z = _form(coef, stage), stage * STEREO_STATES
    i1, i2, j1, j2 = state[z], state[z + 1], state[z + 2], state[z + 3]
    for at in range(0, 2 * n, 2):
        buf[at], i1, i2 = step(buf[at], i1, i2, form)
        buf[at + 1], j1, j2 = step(buf[at + 1], j1, j2, form)
    state[z], state[z + 1], state[z + 2], state[z + 3] = i1, i2, j1, j2


@kernel("void(float32[::1], float32[::1], float32[::1], int64, int64)")
def svf_stereo(buf, coef, state, stages, n):
    """Filter `n` interleaved stereo frames in place through `stages` stages."""
    stage = 0
    while stage < stages:
        count = _GROUP if stage + _GROUP <= stages else 1
        active = 0
        for member in range(stage, stage + count):
            active += 0 if _is_flat(coef, member) else 1
        if count == _GROUP and active > 1:
            _four_stages(buf, coef[stage * COEFFICIENTS :], state[stage * STEREO_STATES :], n)
        for member in range(stage, stage + count):
            if _is_flat(coef, member):
                for at in range(member * STEREO_STATES, (member + 1) * STEREO_STATES):
                    state[at] = _ZERO
            elif count == 1 or active == 1:
                _one_stage(buf, coef, member, state, n)
        stage += count


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
