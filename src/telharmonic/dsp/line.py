"""A stereo line whose head glides or cross-fades from one time to another.

A head moves to a new time in one of two ways. Slow changes (up to `FASTEST` frames a frame, as from a long
ramp) are followed like tape, with a bend in pitch. Faster ones (a knob set to a new value) cross-fade from
the old place to the new in 20 ms: following them would play the line many times too fast. A head at rest
stands on a whole frame, so a constant delay changes no sample.

============  ==================================================================================
`state`       the head's fraction, four filter states for whoever uses the line, room for one
              chunk of what the head read, then the line, interleaved
`ints`        place in the line, its length, the head, where it fades to, frames of the fade left
              and in all, frames of quiet (kept by the user of the line)
============  ==================================================================================
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.copying import copy_floats

# state
FRACTION, LOW_LEFT, LOW_RIGHT, HIGH_LEFT, HIGH_RIGHT = range(5)
CHUNK = 120  # frames worked on at a time
TAP = 16  # what lies behind begins on a cache line
LINE = TAP + 2 * CHUNK

# ints
PLACE, LENGTH, HEAD, NEXT_HEAD, FADE_LEFT, FADE_FRAMES, QUIET = range(7)
LINE_INTS = 8

FADE_S = 0.02
FASTEST = 0.5  # frames that the head may move per frame before it cross-fades instead
MARGIN = 4  # frames at the far end that interpolation needs

_ZERO, _HALF, _ONE = np.float32(0.0), np.float32(0.5), np.float32(1.0)


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
    frames = round(longest_s * sample_rate_hz) + CHUNK + 2 * MARGIN
    return -(-frames // 8) * 8  # what lies behind the line stays aligned


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
    goal = min(max(goal, float(shortest)), float(ints[LENGTH] - CHUNK - MARGIN))
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
def advance(now, delta, count, frames):
    """Move the first `count` parameters on by `frames`."""
    for index in range(count):
        now[index] += delta[index] * np.float32(frames)
