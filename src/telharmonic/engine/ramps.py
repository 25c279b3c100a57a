"""Parameters that move: each is a straight line in its own law from where it stood to where it shall be.

**Values** are one flat float64 array in **law units**: decibels for `Law.DB`, natural logarithms for
`Law.LOG`, 0 and 1 for switches, the number itself for `Law.LINEAR`. While a parameter moves, its line is kept
in `RAMP_DOUBLES` and `RAMP_INTS` numbers beside it, and its index in a list of active ones, so that standing
parameters cost nothing. There are three lists, since these are cut into segments separately: channels;
effects on auxes, whose values are computed once a quantum; busses with the master.

An **event** begins a ramp, fills a routing slot, moves the song or sounds a ping, at a frame of the quantum that
is rendered next; a list of events is sorted by frame and emptied by each kernel call.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import math

from telharmonic.dsp.compile import kernel
from telharmonic.protocol.parameters import SILENCE_DB, Law, Parameter, Value

DECLICK_S = 0.01  # no change takes less
SEGMENT_FRAMES = 24  # how long gains and coefficients go straight while anything moves: 0.5 ms at 48 kHz

IN_LAW, IN_GAIN = 0, 1  # how a ramp goes: straight in its law, or (short fades from and to silence) in linear gain

RAMP_DOUBLES, RAMP_FROM, RAMP_TO = 2, 0, 1
RAMP_INTS, RAMP_START, RAMP_END, RAMP_MODE, RAMP_ACTIVE = 4, 0, 1, 2, 3
LISTS, CHANNELS, EFFECTS, BUSSES = 3, 0, 1, 2

EVENT_INTS = 4  # numbers to an event in the integer table; its value is in the float64 table
EVENT_FRAME, EVENT_KIND, EVENT_INDEX, EVENT_EXTRA = 0, 1, 2, 3
RAMP, SLOT, JUMP, PING = 0, 1, 2, 3

_SILENCE = SILENCE_DB


def law_value(row: Parameter, value: Value) -> float:
    """A checked value in law units (choices have none: 0)."""
    if row.law is Law.CHOICE or isinstance(value, str):
        return 0.0
    return math.log(value) if row.law is Law.LOG else float(value)


def ramp_mode(row: Parameter, ramp_s: float | None) -> int:
    """Short fades of faders go in linear gain: in decibels, the way to silence would be over in a millisecond."""
    short = ramp_s is None or ramp_s <= DECLICK_S
    return IN_GAIN if short and row.law is Law.DB and row.minimum <= SILENCE_DB else IN_LAW


@kernel("float64(float64)")
def gain_of(gain_db):
    """Linear gain; 0 at and below -120 dB."""
    return 0.0 if gain_db <= _SILENCE else 10.0 ** (gain_db / 20.0)


@kernel("float64(float64)")
def db_of(gain):
    """Decibels, not below -120."""
    return _SILENCE if gain <= 1e-6 else 20.0 * math.log10(gain)


@kernel("float64(float64, float64, float64, int64)")
def _between(a, b, way, mode):
    if mode == IN_LAW:
        return a + (b - a) * way
    from_gain = gain_of(a)
    return db_of(from_gain + (gain_of(b) - from_gain) * way)


@kernel(
    "void(float64[::1], float64[::1], int64[::1], int64[::1], int64[::1], int64, int64, int64, float64, int64, int64)"
)
def begin_ramp(values, lines, marks, active, counts, which, index, frame, target, frames, mode):
    """Let a parameter go from where it stands to `target` in `frames` (1 or more) frames from `frame` on.

    Parameters
    ----------
    values, lines, marks : the parameters' values, RAMP_DOUBLES and RAMP_INTS numbers of each
    active, counts : int64, the list `which` of active indexes (from ``active[0]`` on) and the lists' lengths
    """
    line, mark = index * RAMP_DOUBLES, index * RAMP_INTS
    lines[line + RAMP_FROM] = values[index]
    lines[line + RAMP_TO] = target
    marks[mark + RAMP_START] = frame
    marks[mark + RAMP_END] = frame + frames
    marks[mark + RAMP_MODE] = mode
    if marks[mark + RAMP_ACTIVE] == 0:
        marks[mark + RAMP_ACTIVE] = 1
        active[counts[which]] = index
        counts[which] += 1


@kernel("int64(int64[::1], int64[::1], int64, int64, int64)")
def next_end(marks, active, count, frame, limit):
    """Frames from `frame` until the first active ramp ends, not above `limit`."""
    for number in range(count):
        limit = min(limit, marks[active[number] * RAMP_INTS + RAMP_END] - frame)
    return limit


@kernel("int64(float64[::1], float64[::1], int64[::1], int64[::1], int64, int64[::1], int64[::1], int64[::1], int64)")
def advance_ramps(values, lines, marks, active, count, owners, bits, dirty, frame):
    """Bring every active parameter to its value at `frame`; returns how many still move after it.

    What is derived from a parameter that moved is marked: its bits are set in ``dirty[owner]``.
    """
    left = 0
    for number in range(count):
        index = active[number]
        line, mark = index * RAMP_DOUBLES, index * RAMP_INTS
        start, end = marks[mark + RAMP_START], marks[mark + RAMP_END]
        if frame >= end:
            values[index] = lines[line + RAMP_TO]
            marks[mark + RAMP_ACTIVE] = 0
        else:
            way = (frame - start) / (end - start)
            values[index] = _between(lines[line + RAMP_FROM], lines[line + RAMP_TO], way, marks[mark + RAMP_MODE])
            active[left] = index
            left += 1
        dirty[owners[index]] |= bits[index]
    return left
