"""Events inside a quantum: what begins at which frame."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

from telharmonic.dsp.compile import kernel
from telharmonic.engine.arena import (
    ACTIVE,
    BITS,
    DIRTY,
    EVENT_ROOM,
    EVENT_VALUES,
    EVENTS,
    EVENTS_DUE,
    EVENTS_TAKEN,
    HEADS,
    LINES,
    MARKS,
    OWNERS,
    PING_STATE,
    RAMPS,
    RATE,
    VALUE,
    VALUES,
    section,
)
from telharmonic.engine.ramps import (
    EVENT_EXTRA,
    EVENT_FRAME,
    EVENT_INDEX,
    EVENT_INTS,
    EVENT_KIND,
    IN_LAW,
    JUMP,
    RAMP,
    SLOT,
    advance_ramps,
    begin_ramp,
    next_end,
)
from telharmonic.sources.heads import heads_silent, move_heads, release_heads
from telharmonic.sources.ping import PING_STATE as PING_INTS
from telharmonic.sources.ping import POSITION, TURN

MODE_STEP = 1 << 40  # an event's extra number: the ramp's frames, plus its mode times this


@kernel("void(int64[::1], float64[::1], int64, int64, int64, float64, int64, int64)")
def _ramp(ints, doubles, which, index, frame, target, frames, mode):
    values, lines = section(doubles, ints, VALUE), section(doubles, ints, LINES)
    active = section(ints, ints, ACTIVE)[which * ints[VALUES] : (which + 1) * ints[VALUES]]
    counts = ints[RAMPS : RAMPS + 3]
    begin_ramp(values, lines, section(ints, ints, MARKS), active, counts, which, index, frame, target, frames, mode)


@kernel("void(int64[::1], float64[::1], int64, int64, int64, int64)")
def _jump(ints, doubles, which, frame, playing, position):
    """Move the players' heads, and open or shut the test tones, whose gate is the last of all values."""
    heads, fade = section(ints, ints, HEADS), ints[RATE] // 100
    if playing != 0:
        move_heads(heads, position, fade, position == 0 and heads_silent(heads))
    else:
        release_heads(heads)
    _ramp(ints, doubles, which, ints[VALUES] - 1, frame, float(playing), fade, IN_LAW)


@kernel("void(int64[::1], float64[::1], int64, int64)")
def take_events(ints, doubles, which, frame):
    """Begin everything of one list that is due at `frame` or before."""
    first = which * EVENT_ROOM
    while ints[EVENTS_TAKEN + which] < ints[EVENTS_DUE + which]:
        number = first + ints[EVENTS_TAKEN + which]
        event = section(ints, ints, EVENTS)[number * EVENT_INTS : (number + 1) * EVENT_INTS]
        if event[EVENT_FRAME] > frame:
            return
        ints[EVENTS_TAKEN + which] += 1
        index, extra, value = event[EVENT_INDEX], event[EVENT_EXTRA], section(doubles, ints, EVENT_VALUES)[number]
        if event[EVENT_KIND] == RAMP:
            _ramp(ints, doubles, which, index, frame, value, extra % MODE_STEP, extra // MODE_STEP)
        elif event[EVENT_KIND] == SLOT:
            ints[index] = extra
        elif event[EVENT_KIND] == JUMP:
            _jump(ints, doubles, which, frame, index, extra)
        else:
            state = section(ints, ints, PING_STATE)[index * PING_INTS : (index + 1) * PING_INTS]
            state[POSITION], state[TURN] = 0, extra


@kernel("int64(int64[::1], int64, int64, int64)")
def frames_until_event(ints, which, frame, limit):
    """Frames from `frame` until the list's next event, not above `limit`."""
    if ints[EVENTS_TAKEN + which] >= ints[EVENTS_DUE + which]:
        return limit
    number = which * EVENT_ROOM + ints[EVENTS_TAKEN + which]
    return min(limit, section(ints, ints, EVENTS)[number * EVENT_INTS + EVENT_FRAME] - frame)


@kernel("int64(int64[::1], int64, int64, int64)")
def frames_until_end(ints, which, frame, limit):
    """Frames from `frame` until the list's first ramp ends, not above `limit`."""
    active = section(ints, ints, ACTIVE)[which * ints[VALUES] : (which + 1) * ints[VALUES]]
    return next_end(section(ints, ints, MARKS), active, ints[RAMPS + which], frame, limit)


@kernel("void(int64[::1], float64[::1], int64, int64)")
def advance(ints, doubles, which, frame):
    """Bring the list's moving values to where they are at `frame`, and mark what is derived from them."""
    active = section(ints, ints, ACTIVE)[which * ints[VALUES] : (which + 1) * ints[VALUES]]
    ints[RAMPS + which] = advance_ramps(
        section(doubles, ints, VALUE),
        section(doubles, ints, LINES),
        section(ints, ints, MARKS),
        active,
        ints[RAMPS + which],
        section(ints, ints, OWNERS),
        section(ints, ints, BITS),
        section(ints, ints, DIRTY),
        frame,
    )
