"""A reverb: pre-delay, convolution with a room's response, damping of low and high frequencies, level.

============  ==================================================================================
`now`         `REVERB_PARAMETERS` float32: the values at the first frame, see the names below
`delta`       the same, what each gains per frame; a call advances `now`
`state`       the pre-delay's line (`dsp.line`), then the convolver (`dsp.convolver_layout`)
`ints`        the same
============  ==================================================================================
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp import convolver_layout
from telharmonic.dsp.compile import kernel
from telharmonic.dsp.convolution import convolve
from telharmonic.dsp.convolver_layout import convolver_init, convolver_state_size
from telharmonic.dsp.impulse import Impulse
from telharmonic.dsp.line import (
    CHUNK,
    HIGH_LEFT,
    HIGH_RIGHT,
    LENGTH,
    LINE,
    LINE_INTS,
    LOW_LEFT,
    LOW_RIGHT,
    advance,
    advance_line,
    line_init,
    line_state_size,
    read_line,
    write_line,
)
from telharmonic.dsp.one_pole import high_cut_coefficient, low_cut_amount, low_cut_coefficient

PREDELAY, LOW_DAMP, LOW_AMOUNT, HIGH_DAMP, WET = range(5)
REVERB_PARAMETERS = 8
MAXIMUM_PREDELAY_S = 0.5

_ONE = np.float32(1.0)


def reverb_state_size(frames: int, sample_rate_hz: int) -> tuple[int, int]:
    """Numbers in `state` (float32) and `ints` (int64) of a reverb for responses of up to `frames`."""
    line, convolver = line_state_size(MAXIMUM_PREDELAY_S, sample_rate_hz), convolver_state_size(frames)
    return line[0] + convolver[0], line[1] + convolver[1]


def reverb_init(
    state: NDArray[np.float32],
    ints: NDArray[np.int64],
    frames: int,
    sample_rate_hz: int,
    phase: float = 0.0,
    impulse: Impulse | None = None,
    predelay_s: float = 0.0,
) -> None:
    """Lay out and silence a reverb; `phase` and `impulse` as in `convolver_init`, the head at `predelay_s`."""
    line, line_ints = line_state_size(MAXIMUM_PREDELAY_S, sample_rate_hz)
    line_init(state[:line], ints[:line_ints], MAXIMUM_PREDELAY_S, sample_rate_hz, round(predelay_s * sample_rate_hz))
    convolver_init(state[line:], ints[line_ints:], frames, phase, impulse)


def offer_impulse(ints: NDArray[np.int64], impulse: Impulse) -> None:
    """Cross-fade to another response (not longer than `frames` of `reverb_init`); the caller keeps it alive."""
    convolver_layout.offer_impulse(ints[LINE_INTS:], impulse)


def is_settled(ints: NDArray[np.int64]) -> bool:
    """Whether no cross-fade to another response is under way or waiting."""
    return convolver_layout.is_settled(ints[LINE_INTS:])


def is_asleep(ints: NDArray[np.int64]) -> bool:
    """Whether its input has been silent for longer than its tail."""
    return convolver_layout.is_asleep(ints[LINE_INTS:])


@kernel("void(float32[::1], float64, float64, float64, float64, float64)")
def reverb_put(row, predelay_s, low_hz, high_hz, wet, rate):
    """Write parameters in their units (seconds, Hz, linear gain) into a row of `REVERB_PARAMETERS`."""
    row[PREDELAY] = predelay_s * rate
    row[LOW_DAMP] = low_cut_coefficient(low_hz, rate)
    row[LOW_AMOUNT] = low_cut_amount(low_hz)
    row[HIGH_DAMP] = high_cut_coefficient(high_hz, rate)
    row[WET] = wet


@kernel()
def _damp(sound, now, delta, state, frames):
    """Filter and scale `frames` frames."""
    low_cut, amount, high_cut, wet = now[LOW_DAMP], now[LOW_AMOUNT], now[HIGH_DAMP], now[WET]
    low_step, amount_step, high_step, wet_step = delta[LOW_DAMP], delta[LOW_AMOUNT], delta[HIGH_DAMP], delta[WET]
    ll, lr, hl, hr = state[LOW_LEFT], state[LOW_RIGHT], state[HIGH_LEFT], state[HIGH_RIGHT]
    for frame in range(frames):
        left, right = sound[2 * frame], sound[2 * frame + 1]
        twice, keep = low_cut + low_cut, _ONE - high_cut  # `keep` is exactly 0 where the filter is off
        cut_left, cut_right = (
            left - amount * (ll + low_cut * (left - ll)),
            right - amount * (lr + low_cut * (right - lr)),
        )
        ll, lr = (_ONE - twice) * ll + twice * left, (_ONE - twice) * lr + twice * right
        hl, hr = high_cut * cut_left + keep * hl, high_cut * cut_right + keep * hr
        sound[2 * frame], sound[2 * frame + 1] = wet * hl, wet * hr
        low_cut, amount, high_cut, wet = low_cut + low_step, amount + amount_step, high_cut + high_step, wet + wet_step
    if abs(ll + lr + hl + hr) < np.float32(1e30):
        state[LOW_LEFT], state[LOW_RIGHT], state[HIGH_LEFT], state[HIGH_RIGHT] = ll, lr, hl, hr
    else:  # a NaN or infinity came by: forget it
        state[LOW_LEFT : HIGH_RIGHT + 1] = np.float32(0.0)


@kernel("void(float32[::1], float32[::1], float32[::1], float32[::1], int64[::1], float32[::1], float32[::1], int64)")
def reverb_segment(sound, now, delta, state, ints, scratch, tables, n):
    """Replace `n` frames of interleaved stereo `sound` by their reverberation.

    Parameters
    ----------
    sound : float32 (2 n,)
    now, delta, state, ints : as in the module's table
    scratch : float32 (SCRATCH_SIZE,), shared by all reverbs of a thread
    tables : `convolution.TABLES`
    n : frames, any number; whole quanta on the quantum grid are cheapest
    """
    convolver = LINE + 2 * ints[LENGTH]
    for first in range(0, n, CHUNK):
        frames = min(CHUNK, n - first)
        part = sound[2 * first : 2 * (first + frames)]
        write_line(state, ints, part, 0, frames)
        goal = float(now[PREDELAY]) + float(delta[PREDELAY]) * frames
        if delta[PREDELAY] == np.float32(0.0):
            goal = np.rint(goal)
        read_line(state, ints, goal, 0, part, frames)
        advance_line(ints, frames)
        convolve(part, state[convolver:], ints[LINE_INTS:], scratch, tables, frames)
        _damp(part, now, delta, state, frames)
        advance(now, delta, REVERB_PARAMETERS, frames)
