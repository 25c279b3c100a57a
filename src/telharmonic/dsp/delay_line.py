"""The delay: stereo sound repeated, each time filtered and a little weaker.

::

    echo  = high_cut(low_cut(line[time]))
    line <- sound + feedback ((1 - cross) echo + cross other side's echo)
    sound = wet echo

============  ==================================================================================
`now`         `DELAY_PARAMETERS` float32: the values at the first frame, see the names below
`delta`       the same, what each gains per frame; a call advances `now`
`state`       a line, as in `dsp.line`
`ints`        the same
============  ==================================================================================
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.copying import clear, is_below
from telharmonic.dsp.lanes import load_pair, multiply_add, shuffle, splat_pair, store
from telharmonic.dsp.line import (
    CHUNK,
    FADE_LEFT,
    FRACTION,
    HEAD,
    HIGH_LEFT,
    HIGH_RIGHT,
    LENGTH,
    LINE,
    LOW_LEFT,
    LOW_RIGHT,
    MARGIN,
    QUIET,
    TAP,
    advance,
    advance_line,
    line_init,
    line_state_size,
    nearest_head,
    read_line,
    write_line,
)
from telharmonic.dsp.memory import view
from telharmonic.dsp.one_pole import high_cut_coefficient, low_cut_amount, low_cut_coefficient

# parameters of the delay effect, in frames and plain factors (`delay_put` converts)
TIME, FEEDBACK, CROSS, LOW_CUT, LOW_AMOUNT, HIGH_CUT, WET = range(7)
DELAY_PARAMETERS = 8

MAXIMUM_TIME_S = 4.0
SHORTEST = 16  # frames: with feedback, the head stays behind the frame being written
_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_QUIET_PEAK = np.float32(1e-9)
_other_side = shuffle([1, 0])


def delay_state_size(sample_rate_hz: int) -> tuple[int, int]:
    """Numbers in `state` (float32) and `ints` (int64) of a delay of up to 4 s."""
    return line_state_size(MAXIMUM_TIME_S, sample_rate_hz)


def delay_init(state: NDArray[np.float32], ints: NDArray[np.int64], sample_rate_hz: int, time_s: float = 0.375) -> None:
    """Lay out and silence a delay whose head stands at `time_s`."""
    line_init(state, ints, MAXIMUM_TIME_S, sample_rate_hz, round(time_s * sample_rate_hz))


@kernel("void(float32[::1], float64, float64, float64, float64, float64, float64, float64)")
def delay_put(row, time_s, feedback, cross, low_hz, high_hz, wet, rate):
    """Write parameters in their units (seconds, factors, Hz, linear gain) into a row of `DELAY_PARAMETERS`."""
    row[TIME] = time_s * rate
    row[FEEDBACK] = feedback
    row[CROSS] = cross
    row[LOW_CUT] = low_cut_coefficient(low_hz, rate)
    row[LOW_AMOUNT] = low_cut_amount(low_hz)
    row[HIGH_CUT] = high_cut_coefficient(high_hz, rate)
    row[WET] = wet


@kernel()
def _repeat(sound, tap, now, delta, state, frames):
    """Filter what the head read into `tap`, and feed it back into `sound`, which goes into the line."""
    feedback, cross, low_cut = splat_pair(now[FEEDBACK]), splat_pair(now[CROSS]), splat_pair(now[LOW_CUT])
    amount, high_cut = splat_pair(now[LOW_AMOUNT]), splat_pair(now[HIGH_CUT])
    feedback_step, cross_step = splat_pair(delta[FEEDBACK]), splat_pair(delta[CROSS])
    low_step, amount_step = splat_pair(delta[LOW_CUT]), splat_pair(delta[LOW_AMOUNT])
    high_step, one = splat_pair(delta[HIGH_CUT]), splat_pair(_ONE)
    low, high = load_pair(state, LOW_LEFT), load_pair(state, HIGH_LEFT)
    for at in range(0, 2 * frames, 2):
        echo = load_pair(tap, at)
        twice, keep = low_cut + low_cut, one - high_cut  # `keep` is exactly 0 where the filter is off
        cut = echo - amount * (low + low_cut * (echo - low))
        low = multiply_add(one - twice, low, twice * echo)
        high = multiply_add(high_cut, cut, keep * high)
        store(tap, at, high)
        store(sound, at, load_pair(sound, at) + feedback * (high + cross * (_other_side(high, high) - high)))
        feedback, cross, low_cut = feedback + feedback_step, cross + cross_step, low_cut + low_step
        amount, high_cut = amount + amount_step, high_cut + high_step
    store(state, LOW_LEFT, low)
    store(state, HIGH_LEFT, high)


@kernel()
def _take_echo(sound, tap, wet, step, frames):
    """Exchange `sound` for the echo; returns whether something sounded."""
    heard = not is_below(sound, 2 * frames, _QUIET_PEAK)
    for frame in range(frames):
        gain = wet + step * np.float32(frame)
        sound[2 * frame], sound[2 * frame + 1] = gain * tap[2 * frame], gain * tap[2 * frame + 1]
    return heard


@kernel()
def _mend(state, ints):
    """Clear a line that a NaN or infinity has entered; without this it would stay for ever."""
    total = state[LOW_LEFT] + state[LOW_RIGHT] + state[HIGH_LEFT] + state[HIGH_RIGHT]
    if not abs(total) < np.float32(1e30):
        state[LOW_LEFT : HIGH_RIGHT + 1] = _ZERO
        state[LINE:] = _ZERO
        ints[QUIET] = 0


@kernel()
def _sleep(sound, now, delta, ints, state, n):
    """Nothing is in the line and nothing comes in: only keep the head in its place."""
    clear(sound, 0, 2 * n)
    goal = now[TIME] + delta[TIME] * np.float32(n)
    ints[HEAD] = min(max(int(np.rint(goal)), SHORTEST), ints[LENGTH] - CHUNK - MARGIN)
    ints[FADE_LEFT] = 0
    state[FRACTION] = _ZERO
    advance(now, delta, DELAY_PARAMETERS, n)


@kernel("void(float32[::1], float32[::1], float32[::1], float32[::1], int64[::1], int64)")
def delay_segment(sound, now, delta, state, ints, n):
    """Replace `n` frames of interleaved stereo `sound` by their echoes. Arrays as in the module's table."""
    if ints[QUIET] > ints[LENGTH] and is_below(sound, 2 * n, _QUIET_PEAK):
        _sleep(sound, now, delta, ints, state, n)
        return
    tap = view(state, TAP, LINE)
    done = 0
    while done < n:
        time = float(now[TIME])
        moving = delta[TIME] != _ZERO
        frames = min(n - done, CHUNK, max(SHORTEST // 2, min(nearest_head(ints), int(time)) - MARGIN))
        goal = time + float(delta[TIME]) * frames
        frames = min(frames, max(SHORTEST // 2, int(goal) - MARGIN))
        goal = time + float(delta[TIME]) * frames if moving else np.rint(time)
        part = view(sound, 2 * done, 2 * (done + frames))
        read_line(state, ints, goal, SHORTEST, tap, frames)
        _repeat(part, tap, now, delta, state, frames)
        write_line(state, ints, part, 0, frames)
        heard = _take_echo(part, tap, now[WET], delta[WET], frames)
        ints[QUIET] = 0 if heard else ints[QUIET] + frames
        advance_line(ints, frames)
        advance(now, delta, DELAY_PARAMETERS, frames)
        done += frames
    _mend(state, ints)


def is_asleep(ints: NDArray[np.int64]) -> bool:
    """Whether nothing has been written into the line for so long that nothing sounds."""
    return bool(ints[QUIET] > ints[LENGTH])
