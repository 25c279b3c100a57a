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
from telharmonic.dsp.lanes import load_pair, multiply_add, splat_pair, store
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
from telharmonic.dsp.memory import view
from telharmonic.dsp.one_pole import high_cut_coefficient, low_cut_amount, low_cut_coefficient

PREDELAY, LOW_DAMP, LOW_AMOUNT, HIGH_DAMP, WET = range(5)
REVERB_PARAMETERS = 8
MAXIMUM_PREDELAY_S = 0.5

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)


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
def _is_open(now, delta):
    """Whether both filters are off, and stay so."""
    still = delta[LOW_AMOUNT] == _ZERO and delta[HIGH_DAMP] == _ZERO
    return still and now[LOW_AMOUNT] == _ZERO and now[HIGH_DAMP] == _ONE


@kernel()
def _scale(sound, now, delta, state, frames):
    """What `_damp` comes to with both filters off; the low one forgets what it heard, and wakes from silence."""
    store(state, LOW_LEFT, splat_pair(_ZERO))
    store(state, HIGH_LEFT, load_pair(sound, 2 * frames - 2))
    wet, step = now[WET], delta[WET]
    if wet == _ONE and step == _ZERO:
        return
    for frame in range(frames):
        gain = wet + step * np.float32(frame)
        sound[2 * frame] *= gain
        sound[2 * frame + 1] *= gain


@kernel()
def _damp(sound, now, delta, state, frames):
    """Filter and scale `frames` frames."""
    low_cut, amount = splat_pair(now[LOW_DAMP]), splat_pair(now[LOW_AMOUNT])
    high_cut, wet, one = splat_pair(now[HIGH_DAMP]), splat_pair(now[WET]), splat_pair(_ONE)
    low_step, amount_step = splat_pair(delta[LOW_DAMP]), splat_pair(delta[LOW_AMOUNT])
    high_step, wet_step = splat_pair(delta[HIGH_DAMP]), splat_pair(delta[WET])
    low, high = load_pair(state, LOW_LEFT), load_pair(state, HIGH_LEFT)
    for at in range(0, 2 * frames, 2):
        heard = load_pair(sound, at)
        twice, keep = low_cut + low_cut, one - high_cut  # `keep` is exactly 0 where the filter is off
        cut = heard - amount * (low + low_cut * (heard - low))
        low = multiply_add(one - twice, low, twice * heard)
        high = multiply_add(high_cut, cut, keep * high)
        store(sound, at, wet * high)
        low_cut, amount, high_cut, wet = low_cut + low_step, amount + amount_step, high_cut + high_step, wet + wet_step
    store(state, LOW_LEFT, low)
    store(state, HIGH_LEFT, high)


@kernel()
def _mend(state):
    """Forget a NaN or infinity that came by."""
    if not abs(state[LOW_LEFT] + state[LOW_RIGHT] + state[HIGH_LEFT] + state[HIGH_RIGHT]) < np.float32(1e30):
        store(state, LOW_LEFT, splat_pair(_ZERO))
        store(state, HIGH_LEFT, splat_pair(_ZERO))


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
        part = view(sound, 2 * first, 2 * (first + frames))
        write_line(state, ints, part, 0, frames)
        goal = float(now[PREDELAY]) + float(delta[PREDELAY]) * frames
        if delta[PREDELAY] == np.float32(0.0):
            goal = np.rint(goal)
        read_line(state, ints, goal, 0, part, frames)
        advance_line(ints, frames)
        room, places = view(state, convolver, len(state)), view(ints, LINE_INTS, len(ints))
        convolve(part, room, places, scratch, tables, frames)
        if _is_open(now, delta):
            _scale(part, now, delta, state, frames)
        else:
            _damp(part, now, delta, state, frames)
        _mend(state)
        advance(now, delta, REVERB_PARAMETERS, frames)
