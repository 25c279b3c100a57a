"""A stereo delay line whose head glides or cross-fades, and the delay effect made of it.

A head moves to a new time in one of two ways. Slow changes (up to `FASTEST` frames a frame, as from a long
ramp) are followed like tape, with a bend in pitch. Faster ones (a knob set to a new value) cross-fade from
the old place to the new in 20 ms: following them would play the line many times too fast. A head at rest
stands on a whole frame, so a constant delay changes no sample.

A delay in use repeats what it hears::

    echo  = high_cut(low_cut(line[time]))
    line <- sound + feedback ((1 - cross) echo + cross other side's echo)
    sound = wet echo

============  ==================================================================================
`now`         `DELAY_PARAMETERS` float32: the values at the first frame, see the names below
`delta`       the same, what each gains per frame; a call advances `now`
`state`       head's fraction, filter states, one chunk of what the head read, then the line
`ints`        place in the line, its length, the head and its cross-fade, frames of quiet
============  ==================================================================================
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.copying import copy_floats
from telharmonic.dsp.one_pole import high_cut_coefficient, low_cut_amount, low_cut_coefficient

# parameters of the delay effect, in frames and plain factors (`delay_put` converts)
TIME, FEEDBACK, CROSS, LOW_CUT, LOW_AMOUNT, HIGH_CUT, WET = range(7)
DELAY_PARAMETERS = 8

# state: the head's fraction, low-cut and high-cut states (left, right), a chunk, the line
FRACTION, LOW_LEFT, LOW_RIGHT, HIGH_LEFT, HIGH_RIGHT = range(5)
CHUNK = 120  # frames worked on at a time
_TAP = 8
LINE = _TAP + 2 * CHUNK

# ints
PLACE, LENGTH, HEAD, NEXT_HEAD, FADE_LEFT, FADE_FRAMES, QUIET = range(7)
LINE_INTS = 8

MAXIMUM_TIME_S = 4.0
FADE_S = 0.02
FASTEST = 0.5  # frames that the head may move per frame before it cross-fades instead
SHORTEST = 16  # frames: with feedback, the head stays behind the frame being written
_MARGIN = 4  # frames at the far end that interpolation needs

_ZERO, _HALF, _ONE = np.float32(0.0), np.float32(0.5), np.float32(1.0)
_QUIET_PEAK = np.float32(1e-9)


def line_state_size(longest_s: float, sample_rate_hz: int) -> tuple[int, int]:
    """Numbers in `state` and `ints` of a line that holds `longest_s` seconds."""
    return LINE + 2 * _length(longest_s, sample_rate_hz), LINE_INTS


def line_init(
    state: NDArray[np.float32], ints: NDArray[np.int64], longest_s: float, sample_rate_hz: int, head: int
) -> None:
    """Lay out and silence a line; its head stands `head` frames back."""
    state[:] = 0
    ints[:] = 0
    ints[LENGTH] = _length(longest_s, sample_rate_hz)
    ints[HEAD] = head
    ints[FADE_FRAMES] = round(FADE_S * sample_rate_hz)


def _length(longest_s: float, sample_rate_hz: int) -> int:
    frames = round(longest_s * sample_rate_hz) + CHUNK + 2 * _MARGIN
    return -(-frames // 8) * 8  # what lies behind the line stays aligned


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
def write_line(state, ints, sound, first, frames):
    """Put `frames` frames of interleaved `sound` where the line's place is, without advancing it."""
    length, place = ints[LENGTH], ints[PLACE]
    part = min(frames, length - place)
    copy_floats(sound, 2 * first, state, LINE + 2 * place, 2 * part)
    copy_floats(sound, 2 * (first + part), state, LINE, 2 * (frames - part))


@kernel()
def advance_line(ints, frames):
    """Move the line's place on."""
    place = ints[PLACE] + frames
    ints[PLACE] = place if place < ints[LENGTH] else place - ints[LENGTH]


@kernel()
def _read_still(state, ints, whole, out, first, frames):
    """Copy `frames` frames from `whole` frames back."""
    length = ints[LENGTH]
    at = ints[PLACE] + first - whole
    at += length if at < 0 else 0
    at -= length if at >= length else 0
    part = min(frames, length - at)
    copy_floats(state, LINE + 2 * at, out, 2 * first, 2 * part)
    copy_floats(state, LINE, out, 2 * (first + part), 2 * (frames - part))


@kernel(inline=True)
def _hermite(a, b, c, d, f):
    """Third-order curve from `b` (f = 0) to `c` (f = 1) with the slopes of its neighbours (Catmull-Rom)."""
    slope = _HALF * (c - a)
    bend = a - np.float32(2.5) * b + np.float32(2.0) * c - _HALF * d
    twist = _HALF * (d - a) + np.float32(1.5) * (b - c)
    return ((twist * f + bend) * f + slope) * f + b


@kernel()
def _read_moving(state, ints, head, step, out, first, frames):
    """Read `frames` frames, `head` frames back at the first and `step` further back at each one after."""
    length = ints[LENGTH]
    for frame in range(frames):
        back = head + step * (frame + 1)
        whole = int(back)
        f = np.float32(back - whole)
        b = ints[PLACE] + first + frame - whole
        b += length if b < 0 else 0
        b -= length if b >= length else 0
        a = b + 1 if b + 1 < length else 0
        a = b if whole < 1 else a  # nothing is newer than the newest
        c = b - 1 if b > 0 else length - 1
        d = c - 1 if c > 0 else length - 1
        to = 2 * (first + frame)
        a, b, c, d = LINE + 2 * a, LINE + 2 * b, LINE + 2 * c, LINE + 2 * d
        out[to] = _hermite(state[a], state[b], state[c], state[d], f)
        out[to + 1] = _hermite(state[a + 1], state[b + 1], state[c + 1], state[d + 1], f)


@kernel()
def _read_fading(state, ints, head, out, first, frames):
    """Cross-fade from `head` to the next head."""
    _read_moving(state, ints, head, 0.0, out, first, frames)
    length, step = ints[LENGTH], _ONE / np.float32(ints[FADE_FRAMES])
    done = np.float32(ints[FADE_FRAMES] - ints[FADE_LEFT])
    at = ints[PLACE] + first - ints[NEXT_HEAD]
    at += length if at < 0 else 0
    for frame in range(frames):
        at -= length if at >= length else 0
        weight = (done + np.float32(frame + 1)) * step
        to = 2 * (first + frame)
        out[to] += weight * (state[LINE + 2 * at] - out[to])
        out[to + 1] += weight * (state[LINE + 2 * at + 1] - out[to + 1])
        at += 1


@kernel()
def read_line(state, ints, goal, shortest, out, frames):
    """Fill `out` (interleaved) with `frames` frames, the head arriving `goal` frames back at the last.

    A goal that is a whole frame leaves the head at rest. `frames` may not exceed `CHUNK`, nor, where the
    frames being read are not written yet, the time from them to the head.
    """
    goal = min(max(goal, float(shortest)), float(ints[LENGTH] - CHUNK - _MARGIN))
    done = 0
    while done < frames:
        part = frames - done
        head = ints[HEAD] + float(state[FRACTION])
        if ints[FADE_LEFT] > 0:
            part = min(part, ints[FADE_LEFT])
            _read_fading(state, ints, head, out, done, part)
            ints[FADE_LEFT] -= part
            if ints[FADE_LEFT] == 0:
                ints[HEAD] = ints[NEXT_HEAD]
                state[FRACTION] = _ZERO
        elif head == goal and state[FRACTION] == _ZERO:
            _read_still(state, ints, ints[HEAD], out, done, part)
        elif abs(goal - head) > FASTEST * part:
            ints[NEXT_HEAD] = int(np.rint(goal))
            ints[FADE_LEFT] = ints[FADE_FRAMES]
            continue
        else:
            _read_moving(state, ints, head, (goal - head) / part, out, done, part)
            ints[HEAD] = int(goal)
            state[FRACTION] = np.float32(goal - int(goal))
        done += part


@kernel()
def nearest_head(ints):
    """The fewest frames back that a head reads from now."""
    return min(ints[HEAD], ints[NEXT_HEAD]) if ints[FADE_LEFT] > 0 else ints[HEAD]


@kernel()
def _repeat(sound, tap, now, delta, state, frames):
    """Filter what the head read into `tap`, and feed it back into `sound`, which goes into the line."""
    feedback, cross, low_cut = now[FEEDBACK], now[CROSS], now[LOW_CUT]
    amount, high_cut = now[LOW_AMOUNT], now[HIGH_CUT]
    feedback_step, cross_step, low_step = delta[FEEDBACK], delta[CROSS], delta[LOW_CUT]
    amount_step, high_step = delta[LOW_AMOUNT], delta[HIGH_CUT]
    ll, lr, hl, hr = state[LOW_LEFT], state[LOW_RIGHT], state[HIGH_LEFT], state[HIGH_RIGHT]
    for frame in range(frames):
        left, right = tap[2 * frame], tap[2 * frame + 1]
        twice, keep = low_cut + low_cut, _ONE - high_cut  # `keep` is exactly 0 where the filter is off
        cut_left, cut_right = (
            left - amount * (ll + low_cut * (left - ll)),
            right - amount * (lr + low_cut * (right - lr)),
        )
        ll, lr = (_ONE - twice) * ll + twice * left, (_ONE - twice) * lr + twice * right
        hl, hr = high_cut * cut_left + keep * hl, high_cut * cut_right + keep * hr
        tap[2 * frame], tap[2 * frame + 1] = hl, hr
        sound[2 * frame] += feedback * (hl + cross * (hr - hl))
        sound[2 * frame + 1] += feedback * (hr + cross * (hl - hr))
        feedback, cross, low_cut = feedback + feedback_step, cross + cross_step, low_cut + low_step
        amount, high_cut = amount + amount_step, high_cut + high_step
    state[LOW_LEFT], state[LOW_RIGHT], state[HIGH_LEFT], state[HIGH_RIGHT] = ll, lr, hl, hr


@kernel()
def _take_echo(sound, tap, wet, step, frames):
    """Exchange `sound` for the echo; returns whether something sounded."""
    heard = False
    for frame in range(frames):
        left, right = sound[2 * frame], sound[2 * frame + 1]
        heard |= not (abs(left) <= _QUIET_PEAK and abs(right) <= _QUIET_PEAK)
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
def advance(now, delta, count, frames):
    """Move the first `count` parameters on by `frames`."""
    for index in range(count):
        now[index] += delta[index] * np.float32(frames)


@kernel()
def _sleep(sound, now, delta, ints, state, n):
    """Nothing is in the line and nothing comes in: only keep the head in its place."""
    sound[: 2 * n] = _ZERO
    goal = now[TIME] + delta[TIME] * np.float32(n)
    ints[HEAD] = min(max(int(np.rint(goal)), SHORTEST), ints[LENGTH] - CHUNK - _MARGIN)
    ints[FADE_LEFT] = 0
    state[FRACTION] = _ZERO
    advance(now, delta, DELAY_PARAMETERS, n)


@kernel()
def _is_quiet(sound, n):
    for at in range(2 * n):  # noqa: SIM110
        if not abs(sound[at]) <= _QUIET_PEAK:
            return False
    return True


@kernel("void(float32[::1], float32[::1], float32[::1], float32[::1], int64[::1], int64)")
def delay_segment(sound, now, delta, state, ints, n):
    """Replace `n` frames of interleaved stereo `sound` by their echoes. Arrays as in the module's table."""
    if ints[QUIET] > ints[LENGTH] and _is_quiet(sound, n):
        _sleep(sound, now, delta, ints, state, n)
        return
    tap = state[_TAP:LINE]
    done = 0
    while done < n:
        time = float(now[TIME])
        moving = delta[TIME] != _ZERO
        frames = min(n - done, CHUNK, max(SHORTEST // 2, min(nearest_head(ints), int(time)) - _MARGIN))
        goal = time + float(delta[TIME]) * frames
        frames = min(frames, max(SHORTEST // 2, int(goal) - _MARGIN))
        goal = time + float(delta[TIME]) * frames if moving else np.rint(time)
        part = sound[2 * done : 2 * (done + frames)]
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
